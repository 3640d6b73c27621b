public import Vocabulary

/// One value of a command's result, before a format is chosen: every format is written from these.
public indirect enum OutputValue: Sendable, Hashable {
    /// Nothing known: `null` in JSON, empty in a table.
    case none
    /// A text.
    case text(String)
    /// A whole number; set flush right in tables.
    case number(Int64)
    /// A number in the text of JSON's grammar, as somebody else wrote it: `1.5`.
    case numeral(String)
    /// Yes or no.
    case flag(Bool)
    /// A point in time; RFC 3339 in UTC.
    case time(Timestamp)
    /// Several values; comma-separated in a table.
    case list([OutputValue])
    /// Named values, in the order given.
    case object([Member])

    /// A named value.
    public struct Member: Sendable, Hashable {
        /// The name, snake_case as everywhere on our wire.
        public let name: String
        /// The value.
        public let value: OutputValue

        /// A named value.
        public init(_ name: String, _ value: some OutputRepresentable) {
            self.name = name
            self.value = value.output
        }
    }

    /// The member of that name; nothing when there is none.
    public subscript(name: String) -> OutputValue {
        guard case .object(let members) = self else { return .none }
        return members.first { $0.name == name }?.value ?? .none
    }

    /// The value in one cell of a table or of TSV.
    public var cell: String {
        switch self {
        case .none: ""
        case .text(let text): text
        case .number(let number): String(number)
        case .numeral(let text): text
        case .flag(let flag): flag ? "yes" : "no"
        case .time(let time): time.description
        case .list(let values): values.map(\.cell).joined(separator: ",")
        case .object(let members): members.map { "\($0.name)=\($0.value.cell)" }.joined(separator: " ")
        }
    }
}

/// What can stand in a command's result.
public protocol OutputRepresentable {
    /// The value as output.
    var output: OutputValue { get }
}
