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
        guard consists(text, atMost: Self.maximumLength, of: { $0 > 0x20 && $0 < 0x7F }) else {
            throw IdentifierParseError()
        }
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
        let isAllowed = consists(text, atMost: Self.maximumLength) { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isAllowed else { throw IdentifierParseError() }
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
    public init(high: UInt64, low: UInt64) {
        rawValue = String(unsafeUninitializedCapacity: 32) { text in
            for (index, half) in [high, low].enumerated() {
                for place in 0..<16 {
                    let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * place)) & 0x0F
                    text[16 * index + place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                }
            }
            return 32
        }
    }

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

/// Whether a text has at least one byte, at most `limit`, and none but those allowed.
private func consists(_ text: some StringProtocol, atMost limit: Int, of isAllowed: (UInt8) -> Bool) -> Bool {
    // A step over a collection that the compiler does not know costs a call through a table, and every request has some
    // identifiers: their bytes are looked at where they lie.
    let judgement = text.utf8.withContiguousStorageIfAvailable { bytes in
        !bytes.isEmpty && bytes.count <= limit && bytes.allSatisfy(isAllowed)
    }
    return judgement ?? (!text.isEmpty && text.utf8.count <= limit && text.utf8.allSatisfy(isAllowed))
}

private func isLowerHexadecimal(_ byte: UInt8) -> Bool {
    (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
}
