extension Report {
    /// The list as a page of Markdown: a title, the facts, and a table with all columns.
    ///
    /// Texts of others stand in it; none of them ends a cell or becomes markup.
    package func markdown(title: String) -> String {
        var text = "# \(title)\n\n"
        for fact in facts where fact.value != .none {
            text += "- \(fact.name.replacing("_", with: " ")): \(Self.markdownCell(fact.value))\n"
        }
        if !facts.isEmpty { text += "\n" }
        guard case .table(let columns, let rows) = content else { return text }
        guard !rows.isEmpty else { return text + whenEmpty + "\n" }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        text += line(columns.map { $0.key.replacing("_", with: " ") })
        text += line(columns.map { _ in "---" })
        for row in rows { text += line(row.cells.map(Self.markdownCell)) }
        for note in notes { text += "\n\(note)\n" }
        return text
    }

    private static func markdownCell(_ value: OutputValue) -> String {
        var text = ""
        for character in visible(value.cell) {
            // CommonMark §2.4: any punctuation may be escaped, and then means itself.
            if #"\`*_{}[]<>#|~!"#.contains(character) { text.append("\\") }
            text.append(character)
        }
        return text
    }
}
