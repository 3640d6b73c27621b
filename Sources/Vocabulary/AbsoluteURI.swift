/// A URI with a scheme and without a fragment (absolute-URI of RFC 3986 §4.3), as an audience or a resource is written.
///
/// Kept byte for byte; two spellings of one place are two URIs (RFC 3986 §6.2.1, RFC 8707 §2).
public struct AbsoluteURI: Sendable, Hashable {
    /// Why a text is no such URI.
    public enum ParseError: Error, Equatable, Sendable {
        /// Longer than ``maximumLength``.
        case length
        /// No scheme, nothing after it, or a character that a URI does not hold.
        case form
        /// `http` or `https` without a host.
        case host
        /// A fragment, which RFC 8707 §2 forbids.
        case fragment
    }

    /// The longest URI, in bytes.
    public static let maximumLength = 1_024

    /// The URI as written.
    public let rawValue: String

    /// Parses a URI.
    ///
    /// - Throws: `.length`, `.fragment`, `.form`, `.host`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        guard text.utf8.count <= Self.maximumLength else { throw .length }
        guard !text.utf8.contains(UInt8(ascii: "#")) else { throw .fragment }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(text.utf8[..<colon]) else {
            throw .form
        }
        let rest = text.utf8[text.utf8.index(after: colon)...]
        guard !rest.isEmpty, Self.isWellFormed(rest) else { throw .form }
        let scheme = text[..<colon].lowercased()
        if scheme == "http" || scheme == "https" {
            let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            guard rest.starts(with: "//".utf8), let first = authority.first, first != UInt8(ascii: ":") else {
                throw .host
            }
        }
        rawValue = String(text)
    }

    // RFC 3986 §3.1.
    private static func isScheme(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    // RFC 3986 §2: reserved and unreserved characters, and percent signs with two hexadecimal digits.
    private static func isWellFormed(_ bytes: some Collection<UInt8>) -> Bool {
        var digitsDue = 0
        for byte in bytes {
            if digitsDue > 0 {
                guard isHexadecimal(byte) else { return false }
                digitsDue -= 1
            } else if byte == UInt8(ascii: "%") {
                digitsDue = 2
            } else if !isLetter(byte), !isDigit(byte), !"-._~:/?[]@!$&'()*+,;=".utf8.contains(byte) {
                return false
            }
        }
        return digitsDue == 0
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}

extension AbsoluteURI: CustomStringConvertible {
    /// The URI as written.
    public var description: String { rawValue }
}
