/// What an inquiry or an act answers: rows under columns or one thing with its members, and what is to be said about it.
///
/// The command line, the operator API and the console show the same report: ``document(fields:)`` is exactly what `--json`
/// prints and what the API answers.
public struct Report: Sendable, Hashable {
    /// One column of a list.
    public struct Column: Sendable, Hashable {
        /// The member's name in JSON.
        public let key: String
        /// The head above it.
        public let title: String
        /// Whether it shows only where it is asked for, and in JSON.
        public let isDetail: Bool

        /// A column.
        public init(key: String, title: String, isDetail: Bool = false) {
            self.key = key
            self.title = title
            self.isDetail = isDetail
        }
    }

    /// One row of a list.
    public struct Row: Sendable, Hashable {
        /// The values, in the columns' order.
        public let cells: [OutputValue]
        /// How each value is to be taken, in the same order.
        public let tones: [Tone]

        /// A row.
        public init(cells: [OutputValue], tones: [Tone]) {
            self.cells = cells
            self.tones = tones
        }
    }

    /// What it holds.
    public enum Content: Sendable, Hashable {
        /// A list.
        case table(columns: [Column], rows: [Row])
        /// One thing.
        case record([OutputValue.Member])
    }

    /// What it is; JSON says `"schema": "portvakt/<schema>/v1"`.
    public let schema: String
    /// What it holds.
    public let content: Content
    /// Facts about the whole of a list, beside `items` in JSON.
    public let facts: [OutputValue.Member]
    /// What a person reads when a list is empty.
    public let whenEmpty: String
    /// What is worth a warning, a line each.
    public var warnings: [String] = []
    /// What else is worth saying, a line each.
    public var notes: [String] = []
    /// What the answer means for whoever decides by it; nil: nothing but itself.
    public var verdict: Verdict?

    /// A report of those parts.
    public init(
        schema: String,
        content: Content,
        facts: [OutputValue.Member] = [],
        whenEmpty: String = "nothing found"
    ) {
        self.schema = schema
        self.content = content
        self.facts = facts
        self.whenEmpty = whenEmpty
    }

    /// A list.
    public init<Element>(_ table: Table<Element>, warnings: [String] = [], notes: [String] = []) {
        let columns = table.columns.map { column in
            Column(key: column.key, title: column.title, isDetail: column.visibility == .detail)
        }
        let rows = table.rows.map { row in
            Row(cells: table.columns.map { $0.value(row) }, tones: table.columns.map { $0.style(row) })
        }
        self.init(
            schema: table.schema,
            content: .table(columns: columns, rows: rows),
            facts: table.facts,
            whenEmpty: table.whenEmpty
        )
        self.warnings = warnings
        self.notes = notes
    }

    /// One thing.
    public init(_ record: Record, warnings: [String] = [], notes: [String] = []) {
        self.init(schema: record.schema, content: .record(record.members))
        self.warnings = warnings
        self.notes = notes
    }
}

extension Report {
    /// A member of a record, or a fact of a list; nothing when there is none of that name.
    public subscript(name: String) -> OutputValue {
        if case .record(let members) = content { return OutputValue.object(members)[name] }
        return OutputValue.object(facts)[name]
    }

    /// The same record with further members at its end.
    public func adding(_ members: [OutputValue.Member]) -> Report {
        guard case .record(let own) = content else { return self }
        var report = Report(schema: schema, content: .record(own + members), whenEmpty: whenEmpty)
        (report.warnings, report.notes, report.verdict) = (warnings, notes, verdict)
        return report
    }
}

extension Report {
    /// What a script decides by: the command line says it on stderr and exits with another code than 0.
    public struct Verdict: Sendable, Hashable {
        /// How it ends.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// What was asked is not so (exit 3).
            case negative
            /// Something wants attention, or changes are pending (exit 2).
            case attention
        }

        /// How it ends.
        public let kind: Kind
        /// The word for scripts.
        public let code: String
        /// The sentence for people.
        public let message: String
        /// What to do.
        public let hint: String?

        /// A verdict.
        public init(_ kind: Kind, _ code: String, _ message: String, hint: String? = nil) {
            self.kind = kind
            self.code = code
            self.message = message
            self.hint = hint
        }
    }
}
