public import JOSE

/// The `resource` of a request (RFC 8707 §2), kept in the JSON form and order that it came in.
///
/// Maskinporten documents an array; several of its clients send one string, and both work.
public enum ResourceIndicator: Sendable, Hashable {
    /// One string.
    case one(String)
    /// An array of strings.
    case many([String])

    /// The most resources in one request.
    static let maximumCount = 20

    /// The longest resource in bytes.
    static let maximumLength = 1_024

    /// Parses the claim; nil when there is none.
    ///
    /// - Throws: `.claim` for another JSON type, `.resource(_, .malformed)` for no absolute URI without fragment.
    init?(parsing member: JSONValue?) throws(Refusal) {
        switch member {
        case nil: return nil
        case .string(let text):
            try Self.check(text)
            self = .one(text)
        case .array(let elements):
            guard !elements.isEmpty else { return nil }
            guard elements.count <= Self.maximumCount else { throw .claim("resource", fault: .tooLong) }
            var values: [String] = []
            for element in elements {
                guard case .string(let text) = element else { throw .claim("resource", fault: .malformed) }
                try Self.check(text)
                values.append(text)
            }
            self = .many(values)
        default: throw .claim("resource", fault: .malformed)
        }
    }

    /// The resources in the order asked.
    public var values: [String] {
        switch self {
        case .one(let value): [value]
        case .many(let values): values
        }
    }

    /// The `aud` claim made of it, in the same JSON form.
    public var claim: JSONValue {
        switch self {
        case .one(let value): .string(value)
        case .many(let values): .array(values.map(JSONValue.string))
        }
    }

    /// RFC 8707 §2: an absolute URI (RFC 3986 §4.3) without a fragment, every byte printable ASCII.
    private static func check(_ text: String) throws(Refusal) {
        guard text.utf8.count <= maximumLength else { throw .claim("resource", fault: .tooLong) }
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        let rest = text.utf8.dropFirst(scheme.count + 1)
        let allowed = text.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"\"<>\\^`{|}#".utf8.contains(byte)
        }
        guard allowed, let first = scheme.first, isLetter(first), !rest.isEmpty,
            scheme.allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { throw .resource(text, .malformed) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
