public import JOSE

extension OutputValue {
    /// The value as JSON; times become texts.
    public var jsonValue: JSONValue {
        switch self {
        case .none: .null
        case .text(let text): .string(text)
        case .number(let number): .integer(number)
        // Whoever made it took it from a JSON document.
        case .numeral(let text): (try? JSONValue(parsing: text)) ?? .string(text)
        case .flag(let flag): .bool(flag)
        case .time(let time): .string("\(time)")
        case .list(let values): .array(values.map(\.jsonValue))
        case .object(let members): .object(Self.jsonObject(of: members))
        }
    }

    /// Members as a JSON object.
    public static func jsonObject(of members: [Member]) -> JSONObject {
        var object = JSONObject()
        for member in members { object[member.name] = member.value.jsonValue }
        return object
    }
}
