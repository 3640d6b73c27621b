import Operations
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
    func text<Row>(of table: Table<Row>) throws(CLIError) -> String { try text(of: Report(table)) }

    /// The text of a record.
    ///
    /// - Throws: `CLIError` (usage) when `--fields` names a member that does not exist.
    func text(of record: Record) throws(CLIError) -> String { try text(of: Report(record)) }

    /// The text of a report.
    ///
    /// - Throws: `CLIError` (usage) when `--fields` names a field that does not exist.
    func text(of report: Report) throws(CLIError) -> String {
        let chosen: Report
        do throws(Report.UnknownField) { chosen = try report.selecting(fields) } catch {
            let known = error.known.map { "`\($0)`" }.joined(separator: ", ")
            throw .usage("there is no field `\(visible(error.field))`", hint: "the fields are \(known)")
        }
        switch format {
        case .table: return lines(chosen.withoutDetails)
        case .tsv: return chosen.withoutDetails.tabSeparated
        case .id: return Self.ids(report)
        case .jsonl: return Self.jsonLines(chosen)
        case .json: return chosen.json
        case .yaml:
            do {
                return try Yams.serialize(node: chosen.document.yaml, allowUnicode: true)
            } catch {
                throw CLIError("output_failed", "cannot write YAML: \(error)")
            }
        }
    }

    /// The first column of all there are, whatever fields were asked for.
    private static func ids(_ report: Report) -> String {
        switch report.content {
        case .record(let members): (members.first?.value.cell ?? "") + "\n"
        case .table(_, let rows): rows.map { ($0.cells.first?.cell ?? "") + "\n" }.joined()
        }
    }

    private static func jsonLines(_ report: Report) -> String {
        switch report.content {
        case .record: report.document.json(indented: false) + "\n"
        case .table: report.items.map { $0.json(indented: false) + "\n" }.joined()
        }
    }

    private func lines(_ report: Report) -> String {
        switch report.content {
        case .table(let columns, let rows): return aligned(rows, under: columns)
        case .record(let all):
            // What has no value is news to scripts only, or to whoever asked for it.
            let members = fields.isEmpty ? all.filter { !$0.value.cell.isEmpty } : all
            let width = members.map(\.name.count).max() ?? 0
            return members.map { member in
                let name = member.name.padding(to: width)
                return (TextStyle.faint.apply(name, coloured: coloured) + "  " + visible(member.value.cell))
                    .trimmedEnd + "\n"
            }.joined()
        }
    }

    private func aligned(_ rows: [Report.Row], under columns: [Report.Column]) -> String {
        guard !rows.isEmpty else { return "" }
        let cells = rows.map { $0.cells.map { visible($0.cell) } }
        let widths = columns.indices.map { index in
            cells.reduce(columns[index].title.count) { max($0, $1[index].count) }
        }
        let flushRight = columns.indices.map { index in
            rows.allSatisfy { if case .number = $0.cells[index] { true } else { $0.cells[index] == .none } }
                && rows.contains { $0.cells[index] != .none }
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
            text += laidOut(pair.1) { pair.0.tones[$0] }
        }
    }
}

extension String {
    /// The text, filled with spaces to a width.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var trimmedEnd: String { String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]) }
}
