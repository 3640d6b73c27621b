import Administration
import Organisations
import Vocabulary

/// What hangs on organisations that the register says are closed, bankrupt, unknown or moved.
package struct ReportOnRegister: Inquiry {
    package static let name = "org-report"
    package static let summary =
        "List what hangs on organisations that the register says are closed, bankrupt, unknown or moved."
    package static let parameters = [
        Parameter("org", .organisation, "Only what hangs on this organisation."),
        Parameter("moved_within", .span, "Units under a new unit above for so long; 90d if not given."),
        Parameter("check", .flag, "Say that something wants attention when anything is listed."),
    ]
    package let arguments: Arguments
    private let only: OrganisationNumber?
    private let movedWithin: Seconds
    private let isCheck: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        only = try arguments.organisation("org")
        movedWithin = try arguments.span("moved_within") ?? .days(90)
        isCheck = try arguments.flag("check")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let found = try RegisterReport(from: reader, at: context.now, movedSince: context.now - movedWithin)
        let entries = found.entries.filter { only == nil || $0.number == only }
        let rows = entries.flatMap { entry in
            // An organisation sees what hangs on itself, and what another has with it.
            entry.holdings.filter { context.viewer.isOne(of: entry.number, $0.other) }
                .map { Line(entry: entry, holding: $0) }
        }
        let organisations = Set(rows.map(\.entry.number)).count
        var report = Report(
            Table(
                "org-report",
                rows,
                facts: [.init("organisations", context.viewer == .operator ? entries.count : organisations)],
                whenEmpty: "nothing hangs on a closed, bankrupt, unknown or moved organisation",
                columns: Self.columns
            )
        )
        if isCheck, !rows.isEmpty {
            report.verdict = Report.Verdict(
                .attention,
                "register_attention",
                "\(rows.count) things hang on \(organisations) organisations that should be looked at"
            )
        }
        return report
    }

    /// One thing that hangs on an organisation.
    private struct Line: Sendable {
        let entry: RegisterReport.Entry
        let holding: Holding
    }

    private static let columns: [Column<Line>] = [
        Column("organisation_number", title: "ORG") { $0.entry.number },
        Column("name") { $0.entry.name },
        Column("state", .detail) { $0.entry.state.word },
        Column("status", style: { $0.entry.state.tone }) { $0.entry.state.words },
        Column("since") {
            $0.entry.state.since.map { "\($0)" } ?? $0.entry.seen.map { "seen \(CalendarDate(of: $0))" }
        },
        Column("seen", .detail) { $0.entry.seen },
        Column("successors") { line in
            line.entry.successors.map { "\($0.number)" + ($0.units > 1 ? " (\($0.units) units)" : "") }
        },
        Column("kind") { $0.holding.kind.rawValue },
        Column("id") { $0.holding.id },
        Column("part") { $0.holding.part.rawValue },
        Column("other") { $0.holding.other },
        Column("held_since", .detail) { $0.holding.since },
        Column("to_do") { $0.holding.remedy(of: $0.entry) },
    ]
}

extension RegisterReport.State {
    /// The state as scripts compare it.
    fileprivate var word: String {
        switch self {
        case .closed: "closed"
        case .mainUnitClosed: "main_unit_closed"
        case .unknown: "unknown"
        case .distressed(let distress): distress.bankrupt ? "bankrupt" : "winding_up"
        case .moved: "moved"
        }
    }

    /// The state for people.
    fileprivate var words: String {
        switch self {
        case .closed: "deleted"
        case .mainUnitClosed(let mainUnit, _): "main unit \(mainUnit) deleted"
        case .unknown: "not in the register"
        case .distressed(let distress):
            [
                distress.bankrupt ? "bankrupt" : nil, distress.windingUp ? "winding up" : nil,
                distress.compulsoryWindingUp ? "compulsory winding-up" : nil,
            ]
            .compactMap { $0 }.joined(separator: ", ")
        case .moved(let from, let to): "under \(to), before \(from)"
        }
    }

    /// Since when, by the register.
    fileprivate var since: CalendarDate? {
        switch self {
        case .closed(let day), .mainUnitClosed(_, let day): day
        case .distressed(let distress):
            [distress.bankruptSince, distress.windingUpSince, distress.compulsoryWindingUpSince].compactMap { $0 }.min()
        case .unknown, .moved: nil
        }
    }

    fileprivate var tone: Tone {
        switch self {
        case .closed, .mainUnitClosed, .unknown: .bad
        case .distressed, .moved: .warning
        }
    }
}

extension Holding {
    /// What to do, as a command where there is one.
    fileprivate func remedy(of entry: RegisterReport.Entry) -> String {
        switch entry.state {
        case .distressed: "decide; the setting `organisation_distress` says whether tokens are issued"
        case .moved: "see that it still holds under the new unit above"
        case .unknown: "check the number, and that the register is imported whole; else \(removal(of: entry.number))"
        case .closed, .mainUnitClosed: removal(of: entry.number)
        }
    }

    private func removal(of number: OrganisationNumber) -> String {
        // The identifier of an entry is that of its client and its value.
        let id = id.split(separator: " ").map { ShellWord.quoted(String($0)) }.joined(separator: " ")
        return switch (kind, part) {
        case (.prefix, _): "`portvakt prefix assign \(id) ORG` to who takes over"
        case (.access, _): "`portvakt access revoke \(id) \(number)`"
        case (.client, _): "`portvakt client disable \(id)`"
        case (.onBehalfOf, _): "`portvakt client onbehalfof remove \(id)`"
        case (.delegation, .supplier): revocation(from: other, to: number)
        case (.delegation, _): revocation(from: number, to: other)
        case (.supplier, _): "ends with the last delegation between the two"
        case (.resource, _): "`portvakt resource update` with another owner, or `portvakt resource delete \(id)`"
        case (.accessList, _): "`portvakt accesslist delete \(id)`"
        case (.accessListMember, _): "`portvakt accesslist remove \(id) \(number)`"
        case (.system, _): "`portvakt system delete \(id)`"
        case (.systemUser, _): "`portvakt systemuser delete \(id)`"
        case (.clientDelegation, _): "`portvakt systemuser clients remove \(id) \(number)`"
        case (.consent, _): "`portvakt consent revoke \(id)`"
        }
    }

    private func revocation(from consumer: OrganisationNumber?, to supplier: OrganisationNumber?) -> String {
        let (consumer, supplier) = (consumer.map { "\($0)" } ?? "ORG", supplier.map { "\($0)" } ?? "ORG")
        return
            "`portvakt delegation revoke --consumer \(consumer) --supplier \(supplier) --resource \(ShellWord.quoted(id))`"
    }
}
