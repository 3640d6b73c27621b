public import JOSE
public import Vocabulary

extension OutputValue: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { self }
}

extension String: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(self) }
}

extension Int: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .number(Int64(self)) }
}

extension Int64: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .number(self) }
}

extension Bool: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .flag(self) }
}

extension Timestamp: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .time(self) }
}

extension Seconds: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .number(count) }
}

extension CalendarDate: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(description) }
}

extension OrganisationNumber: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(description) }
}

extension ScopeName: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(rawValue) }
}

extension ScopePrefix: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(rawValue) }
}

extension ClientID: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(rawValue) }
}

extension KeyID: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(rawValue) }
}

extension TokenID: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(rawValue) }
}

extension TraceID: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(rawValue) }
}

extension Issuer: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .text(rawValue) }
}

extension Optional: OutputRepresentable where Wrapped: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { self?.output ?? .none }
}

extension Array: OutputRepresentable where Element: OutputRepresentable {
    /// The value as output.
    public var output: OutputValue { .list(map(\.output)) }
}

extension JSONValue: OutputRepresentable {
    /// The value as output, its members in their order and its numbers as they were written.
    public var output: OutputValue {
        switch self {
        case .null: .none
        case .bool(let flag): .flag(flag)
        case .number(let number): number.integer.map { .number($0) } ?? .numeral(number.source)
        case .string(let text): .text(text)
        case .array(let elements): .list(elements.map(\.output))
        case .object(let object): object.output
        }
    }
}

extension JSONObject: OutputRepresentable {
    /// The members as output.
    public var output: OutputValue { .object(members.map { .init($0.name, $0.value) }) }
}
