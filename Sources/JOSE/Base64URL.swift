internal import LibCrypto

/// Why a text is not strict base64.
public enum Base64URLError: Error, Equatable, Sendable {
    /// A byte outside the alphabet, at this offset of the text: white space, `+`, `/` and non-ASCII included.
    case character(offset: Int)
    /// No bytes encode to so many characters.
    case length
    /// Padding where the form has none, or none where the form demands it.
    case padding
    /// The last character carries unused bits that are not zero.
    case unusedBits
}

/// Base64url without padding, as JOSE has it (RFC 7515 §2, RFC 4648 §5), strict.
///
/// Each byte string has one spelling. Two spellings of one token would defeat lists of tokens and replay keys.
public enum Base64URL {
    /// The text of bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: Base64Codec.encode(Array(bytes), form: .url), as: UTF8.self)
    }

    /// Writes the text of bytes at the end of a buffer.
    public static func encode(_ bytes: [UInt8], into text: inout [UInt8]) {
        Base64Codec.encode(bytes, form: .url, into: &text)
    }

    /// The bytes of a text.
    ///
    /// - Throws: `Base64URLError`.
    public static func decode(_ text: some StringProtocol) throws(Base64URLError) -> [UInt8] {
        try decode(text.utf8)
    }

    /// The bytes of a text given as UTF-8.
    ///
    /// - Throws: `Base64URLError`.
    public static func decode(_ text: some Collection<UInt8>) throws(Base64URLError) -> [UInt8] {
        let text = Array(text)
        return try decode(text, in: 0..<text.count)
    }

    static func decode(_ text: [UInt8], in range: Range<Int>) throws(Base64URLError) -> [UInt8] {
        do throws(Base64Codec.Fault) {
            return try Base64Codec.decode(text, in: range, form: .url)
        } catch {
            throw Base64URLError(error)
        }
    }
}

/// Base64 with padding, as `x5c` has it (RFC 7515 §4.1.6, RFC 4648 §4), strict.
public enum Base64 {
    /// The text of bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: Base64Codec.encode(Array(bytes), form: .standard), as: UTF8.self)
    }

    /// The bytes of a text.
    ///
    /// - Throws: `Base64URLError`.
    public static func decode(_ text: some StringProtocol) throws(Base64URLError) -> [UInt8] {
        let text = Array(text.utf8)
        do throws(Base64Codec.Fault) {
            return try Base64Codec.decode(text, in: 0..<text.count, form: .standard)
        } catch {
            throw Base64URLError(error)
        }
    }
}

extension Base64URLError {
    fileprivate init(_ fault: Base64Codec.Fault) {
        self =
            switch fault {
            case .character(let offset): .character(offset: offset)
            case .length: .length
            case .padding: .padding
            case .unusedBits: .unusedBits
            }
    }
}

extension Base64URLError: CustomStringConvertible {
    /// One line, the rest of a sentence that begins with what was read.
    public var description: String {
        switch self {
        case .character(let offset): "a character outside the alphabet at offset \(offset)"
        case .length: "a length that no bytes encode to"
        case .padding: "wrong padding"
        case .unusedBits: "unused bits that are not zero"
        }
    }
}
