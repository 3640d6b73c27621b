/// A text was not of the form that the identifier demands.
public struct IdentifierParseError: Error, Equatable, Sendable {}

/// The identifier of a client (`client_id`, the assertion's `iss`): a lower-case UUID that we drew, or an older free name.
///
/// 1 to 255 printable ASCII characters without space; `eidas-` is kept for e-seal holders and refused at registration.
public struct ClientID: Sendable, Hashable, CustomStringConvertible {
    /// The longest identifier, in bytes.
    public static let maximumLength = 255

    /// The identifier as written.
    public let rawValue: String

    /// Parses an identifier.
    ///
    /// - Throws: `IdentifierParseError` when it is empty, too long, or holds a space or anything outside printable ASCII.
    public init(parsing text: some StringProtocol) throws(IdentifierParseError) {
        guard isPrintable(text, atMost: Self.maximumLength) else { throw IdentifierParseError() }
        rawValue = String(text)
    }

    /// The identifier as written.
    public var description: String { rawValue }
}

/// The identifier of a key within one client or one key set (`kid`): 1 to 255 of letters, digits, `.`, `_`, `-`.
public struct KeyID: Sendable, Hashable, CustomStringConvertible {
    /// The longest identifier, in bytes.
    public static let maximumLength = 255

    /// The identifier as written.
    public let rawValue: String

    /// Parses an identifier.
    ///
    /// - Throws: `IdentifierParseError` when it is empty, too long or holds another character.
    public init(parsing text: some StringProtocol) throws(IdentifierParseError) {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, isPrintable(text, atMost: Self.maximumLength) else { throw IdentifierParseError() }
        rawValue = String(text)
    }

    /// The identifier as written.
    public var description: String { rawValue }
}

/// The identifier of an access token (`jti`): 256 random bits in base64url, 43 characters.
public struct TokenID: Sendable, Hashable, CustomStringConvertible {
    /// The identifier as written.
    public let rawValue: String

    /// Wraps an identifier that a source of identifiers made.
    public init(_ rawValue: String) { self.rawValue = rawValue }

    /// The identifier as written.
    public var description: String { rawValue }
}

/// The identifier of one request: 128 random bits, 32 lower-case hexadecimal digits, never all zero (W3C Trace Context).
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    /// The 32 digits.
    public let rawValue: String

    /// The identifier of 128 bits.
    public init(high: UInt64, low: UInt64) { rawValue = hexadecimal(high) + hexadecimal(low) }

    /// Parses 32 lower-case hexadecimal digits.
    ///
    /// - Throws: `IdentifierParseError` for anything else, also for all zeros.
    public init(parsing text: some StringProtocol) throws(IdentifierParseError) {
        guard text.utf8.count == 32, text.utf8.contains(where: { $0 != UInt8(ascii: "0") }),
            text.utf8.allSatisfy({ isLowerHexadecimal($0) })
        else { throw IdentifierParseError() }
        rawValue = String(text)
    }

    /// The 32 digits.
    public var description: String { rawValue }
}

private func isPrintable(_ text: some StringProtocol, atMost limit: Int) -> Bool {
    !text.isEmpty && text.utf8.count <= limit && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
}

private func isLowerHexadecimal(_ byte: UInt8) -> Bool {
    (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
