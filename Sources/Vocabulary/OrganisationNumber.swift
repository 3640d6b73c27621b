/// A Norwegian organisation number (organisasjonsnummer): nine digits, the last a modulus-11 check digit.
///
/// Tokens carry the ISO 6523 form (`0192:991825827`), certificates `NTRNO-991825827`, the register the bare digits.
/// The first digit is not restricted: real numbers begin with 8 or 9, synthetic ones with 2 or 3.
public struct OrganisationNumber: Sendable, Hashable {
    /// Why a text is no organisation number.
    public enum ParseError: Error, Equatable, Sendable {
        /// It is not nine ASCII digits.
        case form
        /// The last digit is not the check digit of the first eight.
        case checkDigit
        /// The prefix is not that of the written form (`0192:` of ISO 6523).
        case scheme
    }

    /// The authority that goes with the ISO 6523 form in tokens.
    public static let authority = "iso6523-actorid-upis"

    /// The international code designator of Enhetsregisteret in ISO 6523.
    public static let iso6523Designator = "0192"

    private let value: UInt32

    /// Parses the bare form.
    ///
    /// - Throws: `.form` unless it is nine ASCII digits, `.checkDigit` when the modulus-11 sum does not hold.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        try self.init(parsing: String(text))
    }

    /// Parses the bare form.
    ///
    /// - Throws: as ``init(parsing:)-(StringProtocol)``.
    public init(parsing text: String) throws(ParseError) {
        try self.init(digits: text.utf8)
    }

    /// Parses the ISO 6523 form that tokens carry, `0192:` followed by nine digits.
    ///
    /// - Throws: `.scheme` for another designator, else as ``init(parsing:)``.
    public init(parsingISO6523 text: some StringProtocol) throws(ParseError) {
        try self.init(parsingISO6523: Array(text.utf8)[...])
    }

    /// Parses the ISO 6523 form that is given as UTF-8.
    ///
    /// - Throws: `ParseError`.
    public init(parsingISO6523 text: ArraySlice<UInt8>) throws(ParseError) {
        guard text.starts(with: Self.iso6523Prefix) else { throw .scheme }
        try self.init(digits: text.dropFirst(Self.iso6523Prefix.count))
    }

    private init(digits: some Collection<UInt8>) throws(ParseError) {
        guard digits.count == 9 else { throw .form }
        var value: UInt32 = 0
        var sum: UInt32 = 0
        for (place, byte) in digits.enumerated() {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .form }
            let digit = UInt32(byte - UInt8(ascii: "0"))
            value = value * 10 + digit
            sum += digit * Self.weight(at: place)
        }
        // Check digit = 11 - (sum mod 11), with weight 1 on itself: the whole sum is a multiple of 11.
        guard sum.isMultiple(of: 11) else { throw .checkDigit }
        self.value = value
    }

    private static let iso6523Prefix = Array("\(iso6523Designator):".utf8)

    /// The number whose first eight digits are `stem`, or nil when no check digit exists for them.
    ///
    /// Used to make synthetic organisations; `stem` is 10,000,000 to 99,999,999.
    public init?(stem: Int) {
        guard (10_000_000...99_999_999).contains(stem) else { return nil }
        let digits = String(stem)
        var sum: UInt32 = 0
        for (index, byte) in digits.utf8.enumerated() {
            sum += UInt32(byte - UInt8(ascii: "0")) * Self.weight(at: index)
        }
        let check = (11 - sum % 11) % 11
        guard check < 10 else { return nil }
        value = UInt32(stem) * 10 + check
    }

    /// The nine digits as one number, a compact key for tables.
    public var integer: Int64 { Int64(value) }

    /// The number from its compact key, nil when it is none.
    public init?(integer: Int64) {
        guard (0...999_999_999).contains(integer) else { return nil }
        let value = UInt32(integer)
        // By arithmetic, not by digits: a table of two million is read this way.
        var rest = value
        var sum: UInt32 = 0
        for place in stride(from: 8, through: 0, by: -1) {
            sum += rest % 10 * Self.weight(at: place)
            rest /= 10
        }
        guard sum.isMultiple(of: 11) else { return nil }
        self.value = value
    }

    /// The ISO 6523 form, `0192:991825827`.
    public var iso6523: String { "\(Self.iso6523Designator):\(self)" }

    private static func weight(at index: Int) -> UInt32 {
        switch index {
        case 0: 3
        case 1: 2
        case 2: 7
        case 3: 6
        case 4: 5
        case 5: 4
        case 6: 3
        case 7: 2
        default: 1
        }
    }
}

extension OrganisationNumber: CustomStringConvertible {
    /// The nine digits.
    public var description: String {
        let digits = String(value)
        return digits.count == 9 ? digits : String(repeating: "0", count: 9 - digits.count) + digits
    }
}

extension OrganisationNumber: Comparable {
    /// Orders by the digits.
    public static func < (left: OrganisationNumber, right: OrganisationNumber) -> Bool { left.value < right.value }
}
