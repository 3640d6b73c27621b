import Administration
import ArgumentParser
import Operations
import Organisations
import SQLiteStorage
import Vocabulary

/// `portvakt org report`.
struct OrgReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "List what hangs on organisations that the register says are closed, bankrupt, unknown or moved.",
        discussion: """
            Access, clients, delegations, system users, consents and the rest are never removed for what the register says; \
            here they stand, one a line, with since when it is so and what to do. A merger shows by where the sub-units of the \
            closed unit went, as the open register names no successor. With `--check` it exits with 2 when anything is listed.
            """
    )

    @Option(help: ArgumentHelp("Only what hangs on this organisation.", valueName: "org"))
    var org: String?

    @Option(help: ArgumentHelp("Show units under a new unit above for so long (default: 90d).", valueName: "time"))
    var movedWithin = "90d"

    @Flag(help: "Exit with 2 when anything is listed.")
    var check = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let only = try org.map { text throws(CLIError) in try Typed.organisation(text) }
        let now = options.now
        let movedSince = now - (try Typed.span(movedWithin, option: "--moved-within"))
        let report = try options.look { try RegisterReport(from: $0, at: now, movedSince: movedSince) }
        let entries = report.entries.filter { only == nil || $0.number == only }
        let rows = entries.flatMap { entry in entry.holdings.map { Line(entry: entry, holding: $0) } }
        try options.print(
            Table(
                "org-report",
                rows,
                facts: [.init("organisations", entries.count)],
                whenEmpty: "nothing hangs on a closed, bankrupt, unknown or moved organisation",
                columns: columns
            )
        )
        guard check, !rows.isEmpty else { return }
        throw CLIError(
            "register_attention",
            "\(rows.count) things hang on \(entries.count) organisations that should be looked at",
            status: .attention
        )
    }

    /// One thing that hangs on an organisation.
    struct Line: Sendable {
        let entry: RegisterReport.Entry
        let holding: Holding
    }

    private var columns: [Column<Line>] {
        [
            Column("organisation_number", title: "ORG") { $0.entry.number },
            Column("name") { $0.entry.name },
            Column("state", .detail) { $0.entry.state.word },
            Column("status", style: { $0.entry.state.style }) { $0.entry.state.words },
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

    fileprivate var style: TextStyle {
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
        switch (kind, part) {
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
        return "`portvakt delegation revoke --consumer \(consumer) --supplier \(supplier) --resource \(id)`"
    }
}
