/// A list of rows under typed columns: the result of `list`, `check`, `tail`.
///
/// Columns are given once; the aligned table, TSV, JSON, YAML and ids all come from them.
public struct Table<Row> {
    /// What the rows are; JSON says `"schema": "portvakt/<schema>/v1"`.
    public let schema: String
    /// The rows, in the order shown.
    public let rows: [Row]
    /// The columns, in the order shown.
    public let columns: [Column<Row>]
    /// Facts about the whole, beside `items` in JSON; not in the table.
    public let facts: [OutputValue.Member]
    /// What a person reads, on stderr, when there is no row.
    public let whenEmpty: String

    /// A table; its first column is the id that `--output id` prints.
    public init(
        _ schema: String,
        _ rows: [Row],
        facts: [OutputValue.Member] = [],
        whenEmpty: String = "nothing found",
        columns: [Column<Row>]
    ) {
        self.schema = schema
        self.rows = rows
        self.columns = columns
        self.facts = facts
        self.whenEmpty = whenEmpty
    }
}

extension Table: Sendable where Row: Sendable {}

/// One column of a table.
public struct Column<Row>: Sendable {
    /// Where a column shows.
    public enum Visibility: Sendable {
        /// In every format.
        case everywhere
        /// In JSON and YAML, and in tables when `--fields` asks for it.
        case detail
    }

    /// The member's name in JSON, the name for `--fields`.
    public let key: String
    /// The head in a table.
    public let title: String
    /// Where it shows.
    public let visibility: Visibility
    /// The value of a row.
    public let value: @Sendable (Row) -> OutputValue
    /// How a row's cell is to be taken.
    public let style: @Sendable (Row) -> Tone

    /// A column; the title is the key in capitals unless given.
    public init(
        _ key: String,
        title: String? = nil,
        _ visibility: Visibility = .everywhere,
        style: @escaping @Sendable (Row) -> Tone = { _ in .plain },
        value: @escaping @Sendable (Row) -> some OutputRepresentable & SendableMetatype
    ) {
        self.key = key
        self.title = title ?? key.uppercased().replacing("_", with: " ")
        self.visibility = visibility
        self.style = style
        self.value = { value($0).output }
    }
}

/// One thing with its members: the result of `show`, `create`, `request`.
///
/// JSON is one flat object, `{"schema": …, "client_id": …}`; a table has one line for each member.
public struct Record: Sendable {
    /// What it is; JSON says `"schema": "portvakt/<schema>/v1"`.
    public let schema: String
    /// The members in the order shown; the first is the id that `--output id` prints.
    public let members: [OutputValue.Member]

    /// A record.
    public init(_ schema: String, _ members: [OutputValue.Member]) {
        self.schema = schema
        self.members = members
    }
}

/// The schema's full name as JSON carries it.
public func fullSchemaName(_ schema: String) -> String { "portvakt/\(schema)/v1" }
