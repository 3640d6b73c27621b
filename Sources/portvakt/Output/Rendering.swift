import Yams

/// How results are written: the format, the fields asked for, and whether colours are wanted.
struct Rendering: Sendable {
    /// The format.
    let format: OutputFormat
    /// The fields of `--fields`, in the order asked; all when empty.
    let fields: [String]
    /// Whether tables are coloured.
    let coloured: Bool

    /// The text of a table.
    ///
    /// - Throws: `CLIError` (usage) when `--fields` names a column that does not exist.
    func text<Row>(of table: Table<Row>) throws(CLIError) -> String {
        let structured = format == .json || format == .jsonl || format == .yaml
        let columns = try chosen(from: table.columns, key: \.key) { structured || $0.visibility == .everywhere }
        switch format {
        case .table: return aligned(table.rows, under: columns)
        case .tsv: return table.rows.map { row in line(columns.map { $0.value(row).cell }) }.joined()
        case .id: return table.rows.map { row in (table.columns.first?.value(row).cell ?? "") + "\n" }.joined()
        case .jsonl: return items(of: table.rows, columns).map { $0.json(indented: false) + "\n" }.joined()
        case .json, .yaml:
            let head = [OutputValue.Member("schema", fullSchemaName(table.schema))] + table.facts
            return try document(.object(head + [.init("items", items(of: table.rows, columns))]))
        }
    }

    /// The text of a record.
    ///
    /// - Throws: `CLIError` (usage) when `--fields` names a member that does not exist.
    func text(of record: Record) throws(CLIError) -> String {
        let members = try chosen(from: record.members, key: \.name) { _ in true }
        let whole = OutputValue.object([.init("schema", fullSchemaName(record.schema))] + members)
        switch format {
        case .table:
            let width = members.map(\.name.count).max() ?? 0
            return members.map { member in
                let name = member.name.padding(to: width)
                return (TextStyle.faint.apply(name, coloured: coloured) + "  " + visible(member.value.cell))
                    .trimmedEnd + "\n"
            }.joined()
        case .tsv: return members.map { line([$0.name, $0.value.cell]) }.joined()
        case .id: return (record.members.first?.value.cell ?? "") + "\n"
        case .jsonl: return whole.json(indented: false) + "\n"
        case .json, .yaml: return try document(whole)
        }
    }

    private func document(_ value: OutputValue) throws(CLIError) -> String {
        guard format == .yaml else { return value.json() + "\n" }
        do {
            return try Yams.serialize(node: value.yaml, allowUnicode: true)
        } catch {
            throw CLIError("output_failed", "cannot write YAML: \(error)")
        }
    }

    private func chosen<Element>(
        from all: [Element],
        key: KeyPath<Element, String>,
        shownByDefault: (Element) -> Bool
    ) throws(CLIError) -> [Element] {
        guard !fields.isEmpty else { return all.filter(shownByDefault) }
        var chosen: [Element] = []
        for field in fields {
            guard let element = all.first(where: { $0[keyPath: key] == field }) else {
                let known = all.map { "`\($0[keyPath: key])`" }.joined(separator: ", ")
                throw .usage("there is no field `\(visible(field))`", hint: "the fields are \(known)")
            }
            chosen.append(element)
        }
        return chosen
    }

    private func items<Row>(of rows: [Row], _ columns: [Column<Row>]) -> [OutputValue] {
        rows.map { row in .object(columns.map { .init($0.key, $0.value(row)) }) }
    }

    private func line(_ cells: [String]) -> String {
        // A backslash is doubled so that the escapes for tab and line end can be read back.
        cells.map { visible($0.replacing("\\", with: "\\\\")) }.joined(separator: "\t") + "\n"
    }

    private func aligned<Row>(_ rows: [Row], under columns: [Column<Row>]) -> String {
        guard !rows.isEmpty else { return "" }
        let values = rows.map { row in columns.map { $0.value(row) } }
        let cells = values.map { $0.map { visible($0.cell) } }
        let widths = columns.indices.map { index in
            cells.reduce(columns[index].title.count) { max($0, $1[index].count) }
        }
        let flushRight = columns.indices.map { index in
            values.allSatisfy { if case .number = $0[index] { true } else { $0[index] == .none } }
                && values.contains { $0[index] != .none }
        }
        func laidOut(_ texts: [String], style: (Int) -> TextStyle) -> String {
            texts.indices.map { index in
                let space = String(repeating: " ", count: widths[index] - texts[index].count)
                let text = style(index).apply(texts[index], coloured: coloured)
                return flushRight[index] ? space + text : text + space
            }.joined(separator: "  ").trimmedEnd + "\n"
        }
        let head = laidOut(columns.map(\.title)) { _ in .bold }
        return zip(rows, cells).reduce(into: head) { text, pair in
            text += laidOut(pair.1) { columns[$0].style(pair.0) }
        }
    }
}

extension String {
    /// The text, filled with spaces to a width.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var trimmedEnd: String { String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]) }
}
