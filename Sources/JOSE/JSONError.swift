/// What a JSON text may cost whoever reads it.
public struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects inside each other; 1 is an object of plain values.
    public var maximumDepth: Int
    /// Bytes of the text.
    public var maximumBytes: Int
    /// Members of one object.
    public var maximumMembers: Int

    /// 16 deep, 1 MiB, 1,000 members.
    public static let `default` = JSONLimits()

    /// Limits; those not named are the default ones.
    public init(maximumDepth: Int = 16, maximumBytes: Int = 1_048_576, maximumMembers: Int = 1_000) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
        self.maximumMembers = maximumMembers
    }
}

/// Why a text is not the strict JSON that we read.
public struct JSONError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Kind: Equatable, Sendable {
        /// The text is longer than the limit.
        case tooLong
        /// Arrays and objects are nested deeper than the limit.
        case tooDeep
        /// An object has more members than the limit.
        case tooManyMembers
        /// A byte order mark (RFC 8259 §8.1).
        case byteOrderMark
        /// The text ends in the middle of a value, or before one.
        case unexpectedEnd
        /// A byte that cannot stand there.
        case unexpectedByte
        /// Something follows the value.
        case trailingBytes
        /// A number outside the grammar: `01`, `1.`, `+1`, `.5`.
        case number
        /// A backslash followed by something else than the grammar has.
        case escape
        /// A control character that stands in a string unescaped.
        case controlCharacter
        /// Half of a surrogate pair (RFC 8259 §8.2).
        case loneSurrogate
        /// Bytes that are not UTF-8.
        case utf8
        /// A name that stood in the same object before, possibly in other escapes (RFC 7515 §4).
        case duplicateMember(String)
    }

    /// What is wrong.
    public let kind: Kind
    /// Where, in bytes from the beginning.
    public let offset: Int

    /// An error at a place.
    public init(kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// One line, the rest of a sentence that begins with what was read.
    public var description: String {
        let reason =
            switch kind {
            case .tooLong: "longer than the limit"
            case .tooDeep: "nested too deep"
            case .tooManyMembers: "too many members"
            case .byteOrderMark: "a byte order mark"
            case .unexpectedEnd: "an unexpected end"
            case .unexpectedByte: "an unexpected byte"
            case .trailingBytes: "something after the value"
            case .number: "a malformed number"
            case .escape: "a malformed escape"
            case .controlCharacter: "an unescaped control character"
            case .loneSurrogate: "half a surrogate pair"
            case .utf8: "bytes that are not UTF-8"
            case .duplicateMember(let name): "a second member `\(name)`"
            }
        return "\(reason) at byte \(offset)"
    }
}
