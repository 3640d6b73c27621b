import Vocabulary

/// One value of a command's result, before a format is chosen: every format is written from these.
indirect enum OutputValue: Sendable, Hashable {
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
    struct Member: Sendable, Hashable {
        /// The name, snake_case as everywhere on our wire.
        let name: String
        /// The value.
        let value: OutputValue

        /// A named value.
        init(_ name: String, _ value: some OutputRepresentable) {
            self.name = name
            self.value = value.output
        }
    }

    /// The value in one cell of a table or of TSV.
    var cell: String {
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
protocol OutputRepresentable {
    /// The value as output.
    var output: OutputValue { get }
}

extension OutputValue: OutputRepresentable {
    var output: OutputValue { self }
}

extension String: OutputRepresentable {
    var output: OutputValue { .text(self) }
}

extension Int: OutputRepresentable {
    var output: OutputValue { .number(Int64(self)) }
}

extension Int64: OutputRepresentable {
    var output: OutputValue { .number(self) }
}

extension Bool: OutputRepresentable {
    var output: OutputValue { .flag(self) }
}

extension Timestamp: OutputRepresentable {
    var output: OutputValue { .time(self) }
}

extension Seconds: OutputRepresentable {
    var output: OutputValue { .number(count) }
}

extension CalendarDate: OutputRepresentable {
    var output: OutputValue { .text(description) }
}

extension OrganisationNumber: OutputRepresentable {
    var output: OutputValue { .text(description) }
}

extension ScopeName: OutputRepresentable {
    var output: OutputValue { .text(rawValue) }
}

extension ScopePrefix: OutputRepresentable {
    var output: OutputValue { .text(rawValue) }
}

extension ClientID: OutputRepresentable {
    var output: OutputValue { .text(rawValue) }
}

extension KeyID: OutputRepresentable {
    var output: OutputValue { .text(rawValue) }
}

extension TokenID: OutputRepresentable {
    var output: OutputValue { .text(rawValue) }
}

extension TraceID: OutputRepresentable {
    var output: OutputValue { .text(rawValue) }
}

extension Issuer: OutputRepresentable {
    var output: OutputValue { .text(rawValue) }
}

extension Optional: OutputRepresentable where Wrapped: OutputRepresentable {
    var output: OutputValue { self?.output ?? .none }
}

extension Array: OutputRepresentable where Element: OutputRepresentable {
    var output: OutputValue { .list(map(\.output)) }
}
