import Operations
import Vocabulary

extension ListPage {
    /// The rows of a report as a table.
    func table(of report: Report, _ call: PageCall, links: Bool = true) -> TableView {
        let scene = call.scene
        let rows = report.rowsByKey.map { row in columns.map { ReportCell.cell($0.key, row, scene, call) } }
        let isFiltered = filters.contains { call.query?[$0.name] != nil }
        var view = TableView(
            title: scene.text(title),
            id: id,
            note: note(on: report, call),
            heads: links
                ? heads(call) : columns.map { TableView.Head(title: scene.text($0.title), isNumber: $0.isNumber) },
            rows: rows,
            whenEmpty: scene.text(isFiltered ? whenNoneFits : whenEmpty)
        )
        view.commands =
            call.viewer.organisation == nil
            ? commands.map { call.command(scene.text($0.purpose), $0.words) } : []
        guard links else { return view }
        turn(&view, report, call)
        var isCut = false
        if case .number(let total)? = report.value("total") { isCut = total > Self.rowsOfFile }
        view.exports = ["csv", "json"].map { format in
            TableView.Export(
                format: format.uppercased()
                    + (isCut ? scene.text(", the first ", ", de første ") + Self.rowsOfFile.grouped : ""),
                address: call.path + ".\(format)" + call.queryText(setting: ["offset": nil])
            )
        }
        return view
    }

    /// What is worth saying of the rows: what the inquiry notes, and the moment that they are as of.
    private func note(on report: Report, _ call: PageCall) -> String? {
        var notes = report.notes
        if filters.contains(where: { $0.name == "at" }), let moment = call.query?["at"] {
            notes.append(
                call.scene.text(
                    "Rights as they were at \(moment) (UTC), a day to its end; the last tokens are those of today.",
                    "Rettigheter slik de var \(moment) (UTC), en dag til dens slutt; siste token er dagens."
                )
            )
        }
        return notes.isEmpty ? nil : notes.joined(separator: " ")
    }

    /// The heads, each sorting by its column; a second time the other way.
    private func heads(_ call: PageCall) -> [TableView.Head] {
        let present = call.query?["sort"] ?? order
        let isDescending = call.query?["descending"] != nil
        return columns.map { column in
            var head = TableView.Head(title: call.scene.text(column.title), isNumber: column.isNumber)
            guard let order = column.order else { return head }
            let isPresent = order == present
            if isPresent { head.order = isDescending ? .descending : .ascending }
            head.link =
                call.path
                + call.queryText(setting: [
                    "sort": order, "descending": isPresent && !isDescending ? "1" : nil, "offset": nil,
                ])
            return head
        }
    }

    /// Which rows are shown of how many, and the way to the others.
    private func turn(_ view: inout TableView, _ report: Report, _ call: PageCall) {
        guard case .number(let offset)? = report.value("offset") else { return }
        let shown = Int64(view.rows.count)
        let hasMore: Bool
        let whole: String
        if case .number(let total)? = report.value("total") {
            hasMore = offset + shown < total
            whole = call.scene.text("of \(total.grouped)", "av \(total.grouped)")
        } else {
            hasMore = report.value("more") == .flag(true)
            whole = ""
        }
        if shown > 0 { view.span = "\((offset + 1).grouped)–\((offset + shown).grouped) \(whole)" }
        let size = Self.rowsOfPage
        if offset > 0 {
            let before = max(0, offset - size)
            view.previous = call.path + call.queryText(setting: ["offset": before == 0 ? nil : String(before)])
        }
        if hasMore { view.next = call.path + call.queryText(setting: ["offset": String(offset + size)]) }
    }
}

extension PageCall {
    /// The query with other values for some names, ready to stand behind the path.
    func queryText(setting changes: [String: String?]) -> String {
        var pairs: [(String, String)] = []
        for name in query?.names ?? [] where !changes.keys.contains(name) {
            if let value = query?[name] { pairs.append((name, value)) }
        }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let value { pairs.append((name, value)) }
        }
        guard !pairs.isEmpty else { return "" }
        return "?" + pairs.map { "\(Address.encode($0.0))=\(Address.encode($0.1))" }.joined(separator: "&")
    }
}

/// Addresses of the console's pages.
enum Address {
    /// A value as it stands in a query (RFC 3986 §2.3).
    static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "/"):
                String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    static func scope(_ name: String) -> String { "/console/scope?scope=\(encode(name))" }
    static func organisation(_ number: String) -> String { "/console/organisation?org=\(encode(number))" }
    static func client(_ id: String) -> String { "/console/client?client=\(encode(id))" }
    static func record(_ sequence: Int64) -> String { "/console/record?sequence=\(sequence)" }
    static func trace(_ id: String) -> String { "/console/audit?trace=\(encode(id))" }
}

extension Report {
    /// The rows, each as values by the keys of their columns, with how they are to be taken.
    var rowsByKey: [[String: (value: OutputValue, tone: Tone)]] {
        guard case .table(let columns, let rows) = content else { return [] }
        return rows.map { row in
            var byKey: [String: (value: OutputValue, tone: Tone)] = [:]
            for (index, column) in columns.enumerated() { byKey[column.key] = (row.cells[index], row.tones[index]) }
            return byKey
        }
    }
}
