import LibCrypto
public import Vocabulary

/// The key under which persons become pseudonyms; it lives in a file outside the database and outside backups.
///
/// Without the key a copy of the database tells of nobody, though there are few enough national identity numbers to try.
public struct PseudonymKey: Sendable {
    /// How many bytes it has.
    public static let length = 32

    let bytes: [UInt8]

    /// The key of these bytes; nil unless they are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// The pseudonym of the person with a number: the same in all units.
    public func pseudonym(of number: NationalIdentityNumber) -> PersonPseudonym {
        pseudonym(ofText: "number|" + number.exposed)
    }

    /// The pseudonym of a person of whom the register's open data say no more than name and birth date.
    ///
    /// It holds for this role in this unit alone: two persons may share name and birthday, so nothing joins it with another
    /// until `role link` does. Names are compared without case, whatever white space stands between their parts.
    public func pseudonym(
        inUnit unit: OrganisationNumber,
        role: RoleCode,
        name: String,
        birthDate: CalendarDate?
    ) -> PersonPseudonym {
        // The name stands last, so that no name can look like another's role or birthday.
        pseudonym(ofText: "unit|\(unit)|\(role)|\(birthDate.map { "\($0)" } ?? "")|\(Self.folded(name))")
    }

    /// A name as it is compared.
    static func folded(_ name: String) -> String {
        name.uppercased().split { $0.isWhitespace }.joined(separator: " ")
    }

    private func pseudonym(ofText text: String) -> PersonPseudonym {
        let code = HashFunction.sha256.authenticationCode(of: text.utf8, key: bytes)
        guard let pseudonym = PersonPseudonym(bytes: code) else { preconditionFailure("SHA-256 has 32 bytes") }
        return pseudonym
    }
}

extension PseudonymKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }

    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
