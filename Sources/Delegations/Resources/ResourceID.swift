public import Vocabulary

/// The identifier of a resource in the registry (ressurs-id): 4 to 255 of `a-z`, `0-9`, `-` and `_`, as `acme-catch-reports`.
public struct ResourceID: Sendable, Hashable {
    /// The text is no identifier of a resource.
    public struct ParseError: Error, Equatable, Sendable {}

    /// The fewest bytes.
    public static let minimumLength = 4
    /// The most bytes.
    public static let maximumLength = 255

    /// The identifier as written.
    public let rawValue: String

    /// Parses an identifier.
    ///
    /// - Throws: `ParseError` when it is too short, too long or holds another character.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        guard (Self.minimumLength...Self.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy(Self.isAllowed)
        else { throw ParseError() }
        rawValue = String(text)
    }

    private init(unchecked rawValue: String) { self.rawValue = rawValue }

    /// The resource that guards Maskinporten delegations themselves: who may read and write them (gate 1 of the check).
    public static let scopeDelegation = ResourceID(unchecked: "altinn_maskinporten_scope_delegation")
    /// The resource that guards the approval of system users: who may read and write access for an organisation.
    public static let accessManagement = ResourceID(unchecked: "altinn_access_management")
    /// The resource that guards the clients of agent system users: who may read and write them for an organisation.
    public static let clientAdministration = ResourceID(unchecked: "altinn_client_administration")

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

// The internal register's own resources (DESIGN §8): one for each scope whose delegations are registered here.
extension ResourceID {
    /// What the identifiers of the internal register's own resources begin with; no others may.
    public static let internalPrefix = "scope_"

    /// The resource that a scope has of its own: its name with each other character as `_` and two hexadecimal digits.
    ///
    /// `acme:catch/reports.read` has `scope_acme_3acatch_2freports_2eread`. Nil for a name too long to be written so.
    public init?(of scope: ScopeName) {
        var text = Self.internalPrefix
        for byte in scope.rawValue.utf8 {
            if byte != UInt8(ascii: "_"), Self.isAllowed(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "_" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        guard text.utf8.count <= Self.maximumLength else { return nil }
        self.init(unchecked: text)
    }

    /// The scope whose own resource this is; nil for any other resource.
    public var ownScope: ScopeName? {
        guard rawValue.hasPrefix(Self.internalPrefix) else { return nil }
        var bytes: [UInt8] = []
        var rest = rawValue.utf8.dropFirst(Self.internalPrefix.utf8.count)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "_") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), let scope = try? ScopeName(parsing: text),
            ResourceID(of: scope) == self
        else { return nil }
        return scope
    }
}

extension ResourceID: CustomStringConvertible, Comparable {
    /// The identifier as written.
    public var description: String { rawValue }

    /// Orders by bytes.
    public static func < (left: ResourceID, right: ResourceID) -> Bool { left.rawValue < right.rawValue }
}
