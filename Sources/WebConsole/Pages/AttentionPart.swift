import Operations
import Vocabulary

/// What needs attention, on the first page: the list that feed and webhooks tell too.
enum AttentionPart {
    /// The most things that are shown.
    private static let most = 12

    /// The part.
    static func section(_ call: PageCall) async throws(PageFault) -> Section {
        let scene = call.scene
        let report = try await call.ask(ListAttention.self, [:])
        let items = report.rowsByKey.compactMap { item($0, call) }
        return .attention(
            AttentionView(
                title: scene.text("Needs attention", "Krever oppmerksomhet"),
                items: Array(items.prefix(most)),
                whenEmpty: scene.text("Nothing wants attention.", "Ingenting krever oppmerksomhet."),
                more: items.count > most
                    ? scene.text("and \(items.count - most) more", "og \(items.count - most) til") : nil
            )
        )
    }

    /// The words with what stands in backticks as code.
    private static func pieces(of words: String) -> [Cell.Piece] {
        words.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 0 ? .plain(String(part)) : .code(String(part))
        }
    }

    private static func item(_ row: ReportCell.Row, _ call: PageCall) -> AttentionView.Item? {
        guard let english = row["words"]?.value.cell, let severity = row["severity"]?.value.cell else { return nil }
        let norwegian = row["words_nb"]?.value.cell ?? ""
        let words = call.scene.text(english, norwegian.isEmpty ? english : norwegian)
        var what = Cell(pieces: pieces(of: words))
        if let party = row["party_orgno"]?.value.cell, !party.isEmpty {
            what.pieces.append(.codeLink(party, to: Address.organisation(party)))
        }
        if case .time(let end)? = row["until"]?.value { what.pieces.append(.time(end)) }
        let command = row["command"]?.value.cell ?? ""
        return AttentionView.Item(
            tone: severity == "critical" || severity == "urgent" ? .bad : .warning,
            what: what,
            // An organisation's viewer has no data folder to run it on.
            command: command.isEmpty || call.viewer.organisation != nil
                ? nil : "\(command) \(call.console.installation.commandSuffix)"
        )
    }
}
