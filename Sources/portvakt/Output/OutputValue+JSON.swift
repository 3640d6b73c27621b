import JOSE

extension JSONValue: OutputRepresentable {
    /// The value as output, its members in their order and its numbers as they were written.
    var output: OutputValue {
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
    var output: OutputValue { .object(members.map { .init($0.name, $0.value) }) }
}
