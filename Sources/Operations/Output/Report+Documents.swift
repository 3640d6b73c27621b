// The forms in which a report is handed out. What people see on a terminal is for the command line to lay out.
extension Report {
    /// A field was asked for that the report does not have.
    public struct UnknownField: Error, Sendable, Hashable {
        /// What was asked for.
        public let field: String
        /// What there is.
        public let known: [String]

        /// A field that is not there.
        public init(field: String, known: [String]) {
            self.field = field
            self.known = known
        }
    }

    /// The report with only those fields, in that order; all of them when none is named.
    public func selecting(_ fields: [String]) throws(UnknownField) -> Report {
        guard !fields.isEmpty else { return self }
        let content: Content
        switch self.content {
        case .record(let members):
            content = .record(try Self.indices(of: fields, in: members.map(\.name)).map { members[$0] })
        case .table(let columns, let rows):
            let chosen = try Self.indices(of: fields, in: columns.map(\.key))
            content = .table(
                // What was asked for is no detail.
                columns: chosen.map { Column(key: columns[$0].key, title: columns[$0].title) },
                rows: rows.map { row in
                    Row(cells: chosen.map { row.cells[$0] }, tones: chosen.map { row.tones[$0] })
                }
            )
        }
        var report = Report(schema: schema, content: content, facts: facts, whenEmpty: whenEmpty)
        (report.warnings, report.notes, report.verdict) = (warnings, notes, verdict)
        return report
    }

    /// The report without the columns that show only where they are asked for.
    public var withoutDetails: Report {
        guard case .table(let columns, _) = content else { return self }
        let shown = columns.filter { !$0.isDetail }.map(\.key)
        return (try? selecting(shown)) ?? self
    }

    /// The items of a list, each an object; a record is one.
    public var items: [OutputValue] {
        switch content {
        case .record(let members): [.object(members)]
        case .table(let columns, let rows):
            rows.map { row in .object(zip(columns, row.cells).map { .init($0.key, $1) }) }
        }
    }

    /// The JSON document: `{"schema", …}` of a record, `{"schema", facts…, "items"}` of a list.
    public var document: OutputValue {
        let head = [OutputValue.Member("schema", fullSchemaName(schema))]
        return switch content {
        case .record(let members): .object(head + members)
        case .table: .object(head + facts + [.init("items", items)])
        }
    }

    /// The JSON document as text, indented by two spaces, with a line end.
    public var json: String { document.json() + "\n" }

    /// Tab-separated cells without a head; of a record a line for each member.
    public var tabSeparated: String {
        func line(_ cells: [String]) -> String {
            // A backslash is doubled so that the escapes for tab and line end can be read back.
            cells.map { visible($0.replacing("\\", with: "\\\\")) }.joined(separator: "\t") + "\n"
        }
        return switch content {
        case .record(let members): members.map { line([$0.name, $0.value.cell]) }.joined()
        case .table(_, let rows): rows.map { line($0.cells.map(\.cell)) }.joined()
        }
    }

    /// Comma-separated values with a head of keys (RFC 4180).
    ///
    /// What a spreadsheet would take for a formula gets an apostrophe before it: names in here are not ours.
    public var commaSeparated: String {
        func line(_ cells: [String]) -> String { cells.map(Self.quoted).joined(separator: ",") + "\r\n" }
        switch content {
        case .record(let members):
            return line(members.map(\.name)) + line(members.map { Self.harmless($0.value) })
        case .table(let columns, let rows):
            return line(columns.map(\.key)) + rows.map { line($0.cells.map(Self.harmless)) }.joined()
        }
    }

    private static func harmless(_ value: OutputValue) -> String {
        let text = value.cell
        if case .number = value { return text }
        var harmless = ""
        // A cell begins at its beginning, and wherever a spreadsheet that is set to other separators (`;` in Norway) or reads
        // lines before quotation marks sees one begin.
        var beginsCell = true
        for scalar in text.unicodeScalars {
            if beginsCell, beginsFormula(scalar) { harmless.append("'") }
            harmless.unicodeScalars.append(scalar)
            beginsCell =
                switch scalar {
                case ";", "\t", "\r", "\n": true
                // Before a formula's sign these are passed over.
                case " ", "\"", "\u{A0}": beginsCell
                default: beginsCell && scalar.properties.generalCategory == .format
                }
        }
        return harmless
    }

    /// By scalars, as spreadsheets read: a sign with a combining mark behind it is another character, and a formula still.
    private static func beginsFormula(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // The wide forms count in some of them.
        case "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        default: false
        }
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    private static func indices(of fields: [String], in known: [String]) throws(UnknownField) -> [Int] {
        var indices: [Int] = []
        for field in fields {
            guard let index = known.firstIndex(of: field) else { throw UnknownField(field: field, known: known) }
            indices.append(index)
        }
        return indices
    }
}
