package import Attention
import Vocabulary

/// What operators must not miss.
package struct ListAttention: Inquiry {
    package static let name = "attention-list"
    package static let summary = "List what wants attention: what ends, has ended, or is not as it should be."
    package static let parameters = [
        Parameter("severity", .text, "Only what is as pressing as this or more: notice, warning, urgent or critical."),
        Parameter("org", .organisation, "Only what concerns this organisation."),
    ]
    package let arguments: Arguments
    /// What lies outside the store, where whoever asks has looked at it; else what a server saw when it last looked.
    package var surroundings: AttentionSurroundings?
    private let least: AttentionItem.Severity
    private let organisation: OrganisationNumber?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        organisation = try arguments.organisation("org")
        guard let word = try arguments.text("severity") else {
            least = .notice
            return
        }
        guard let severity = AttentionItem.Severity(word: word) else {
            throw .usage("`\(word)` is no severity", hint: "notice, warning, urgent or critical")
        }
        least = severity
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let records = try reader.attentionRecords().filter { $0.resolved == nil }
        var items = AttentionList.items(try reader.attentionFacts(at: context.now), surroundings, at: context.now)
        if surroundings == nil {
            items += records.map(\.item).filter { AttentionSurroundings.kinds.contains($0.kind) }
        }
        let known = Dictionary(records.map { ($0.item.id, $0.appeared) }) { first, _ in first }
        let rows = AttentionList.sorted(items).filter { item in
            item.severity >= least && organisation.map { item.concerns($0) } ?? true
                && context.viewer.organisation.map { item.concerns($0) } ?? true
        }
        let counts = AttentionItem.Severity.allCases.reversed().map { severity in
            OutputValue.Member(severity.word, rows.count { $0.severity == severity })
        }
        return Report(
            Table(
                "attention-list",
                rows,
                facts: counts,
                whenEmpty: "nothing wants attention",
                columns: Self.columns(known)
            )
        )
    }

    private static func columns(_ known: [String: Timestamp]) -> [Column<AttentionItem>] {
        [
            Column("id", .detail) { $0.id },
            Column("severity", style: { $0.severity.tone }) { $0.severity.word },
            Column("kind") { $0.kind.rawValue },
            Column("party_orgno", title: "PARTY") { $0.party },
            Column("other_orgno", .detail) { $0.other },
            Column("since", .detail) { $0.since ?? known[$0.id] },
            Column("until") { $0.until },
            Column("words") { $0.words },
            Column("words_nb", .detail) { $0.norwegianWords },
            Column("command") { $0.command },
        ]
    }
}

extension AttentionItem.Severity {
    /// How it is to be taken.
    package var tone: Tone {
        switch self {
        case .notice: .plain
        case .warning, .urgent: .warning
        case .critical: .bad
        }
    }
}
