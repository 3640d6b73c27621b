public import Vocabulary

/// The identifier of a system in the system register: `<organisation number>_<name>`, as `310000002_payrollsuite`.
///
/// The number is its vendor's. The name is 1 to 200 of letters, digits, `.`, `_`, `-`.
public struct SystemID: Sendable, Hashable, CustomStringConvertible {
    /// The text is no identifier of a system.
    public struct ParseError: Error, Equatable, Sendable {}

    /// The longest name behind the number, in bytes.
    public static let maximumName = 200

    /// The identifier as written.
    public let rawValue: String
    /// The organisation that the identifier begins with.
    public let vendor: OrganisationNumber

    /// Parses an identifier.
    ///
    /// - Throws: `ParseError` unless it is an organisation number, `_` and a name.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        let parts = text.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let vendor = try? OrganisationNumber(parsing: parts[0]),
            (1...Self.maximumName).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy(Self.isAllowed)
        else { throw ParseError() }
        self.vendor = vendor
        rawValue = String(text)
    }

    /// The identifier as written.
    public var description: String { rawValue }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension SystemID: Comparable {
    /// Orders by the text.
    public static func < (left: SystemID, right: SystemID) -> Bool { left.rawValue < right.rawValue }
}
