/// The name of a scope, `prefix:subscope`, as `skatteetaten:inntekt/v2.read`.
///
/// The whole is a scope-token of RFC 6749 §3.3: printable ASCII without space, `"` and `\`, at most 255 bytes.
public struct ScopeName: Sendable, Hashable {
    /// Why a text is no scope name.
    public enum ParseError: Error, Equatable, Sendable {
        /// A byte that a scope-token must not hold.
        case character
        /// No colon, or nothing before or after the first one.
        case form
        /// More than 255 bytes.
        case length
        /// The part before the colon is not a prefix (``ScopePrefix``).
        case prefix
    }

    /// The longest name, in bytes.
    public static let maximumLength = 255

    /// The name as written.
    public let rawValue: String

    /// What stands before the first colon: who owns the scope.
    public let prefix: ScopePrefix

    /// Parses a name.
    ///
    /// - Throws: `.length`, `.character` (RFC 6749 §3.3), `.form` without a prefix and a subscope, `.prefix`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        try self.init(parsing: Array(text.utf8)[...])
    }

    /// Parses a name that is given as UTF-8, as ``init(parsing:)-(StringProtocol)`` does.
    ///
    /// - Throws: `ParseError`.
    public init(parsing text: ArraySlice<UInt8>) throws(ParseError) {
        guard text.count <= Self.maximumLength else { throw .length }
        var colon: Int?
        for index in text.indices {
            guard Self.isScopeTokenByte(text[index]) else { throw .character }
            if colon == nil, text[index] == UInt8(ascii: ":") { colon = index }
        }
        guard let colon, colon > text.startIndex, colon + 1 < text.endIndex else { throw .form }
        do { prefix = try ScopePrefix(parsing: text[..<colon]) } catch { throw .prefix }
        rawValue = String(decoding: text, as: UTF8.self)
    }

    /// The name made of a prefix and a subscope; parsed as a whole.
    public init(prefix: ScopePrefix, subscope: String) throws(ParseError) {
        try self.init(parsing: "\(prefix):\(subscope)")
    }

    /// What stands after the first colon.
    public var subscope: String { String(rawValue.dropFirst(prefix.rawValue.count + 1)) }

    /// %x21 / %x23-5B / %x5D-7E of RFC 6749 §3.3.
    public static func isScopeTokenByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}

extension ScopeName {
    /// Whether both are the same bytes; the prefix is a part of them.
    public static func == (left: ScopeName, right: ScopeName) -> Bool { left.rawValue == right.rawValue }

    /// Hashes the name; the prefix is a part of it.
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension ScopeName: CustomStringConvertible, Comparable {
    /// The name as written.
    public var description: String { rawValue }

    /// Orders by bytes.
    public static func < (left: ScopeName, right: ScopeName) -> Bool { left.rawValue < right.rawValue }
}

/// The prefix of scope names that one organisation owns: 1 to 64 of `a-z`, `0-9`, `-`, `_`, `.`, not starting with a sign.
public struct ScopePrefix: Sendable, Hashable {
    /// The text is no prefix.
    public struct ParseError: Error, Equatable, Sendable {}

    /// The longest prefix, in bytes.
    public static let maximumLength = 64

    /// Prefixes that belong to the operator's organisation whatever is assigned (`krr` by name only).
    public static let reserved: Set<String> = ["idporten", "altinn", "krr", "portvakt"]

    /// The prefix as written.
    public let rawValue: String

    /// Parses a prefix.
    ///
    /// - Throws: `ParseError` when it is empty, too long or holds another character.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        try self.init(parsing: Array(text.utf8)[...])
    }

    /// Parses a prefix that is given as UTF-8.
    ///
    /// - Throws: `ParseError`.
    public init(parsing text: ArraySlice<UInt8>) throws(ParseError) {
        guard let first = text.first, text.count <= Self.maximumLength, Self.isAlphanumeric(first) else {
            throw ParseError()
        }
        for byte in text where !Self.isAlphanumeric(byte) && !Self.isSign(byte) { throw ParseError() }
        rawValue = String(decoding: text, as: UTF8.self)
    }

    /// Whether only the operator's organisation may own it.
    public var isReserved: Bool { Self.reserved.contains(rawValue) }

    private static func isSign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
}

extension ScopePrefix: CustomStringConvertible, Comparable {
    /// The prefix as written.
    public var description: String { rawValue }

    /// Orders by bytes.
    public static func < (left: ScopePrefix, right: ScopePrefix) -> Bool { left.rawValue < right.rawValue }
}
