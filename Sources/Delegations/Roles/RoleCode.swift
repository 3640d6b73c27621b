/// The code of a role: the register's (`DAGL`), Altinn's (`APIADM`), or the name of an Altinn 3 role in upper case.
///
/// Compared without case, as Altinn does; `init` folds to upper case.
public struct RoleCode: Sendable, Hashable {
    /// The longest code, in characters.
    public static let maximumLength = 40

    /// The code, in upper case.
    public let rawValue: String

    /// Parses a code of letters, digits and hyphens, in any case; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        guard (1...Self.maximumLength).contains(text.count),
            text.unicodeScalars.allSatisfy({ Self.isAllowed($0) })
        else { return nil }
        rawValue = text.uppercased()
    }

    /// A code that was parsed before it was stored.
    public init(stored rawValue: String) { self.rawValue = rawValue }

    /// A code of our own tables, in upper case.
    init(_ literal: StaticString) { rawValue = "\(literal)" }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "-", "Æ", "Ø", "Å", "æ", "ø", "å": true
        default: false
        }
    }
}

extension RoleCode: CustomStringConvertible {
    /// The code, in upper case.
    public var description: String { rawValue }
}

extension RoleCode: Comparable {
    /// Orders by the letters.
    public static func < (left: RoleCode, right: RoleCode) -> Bool { left.rawValue < right.rawValue }
}

extension RoleCode: ExpressibleByStringLiteral {
    /// A code of our own tables and tests, written in upper case.
    public init(stringLiteral text: StaticString) { self.init(text) }
}
