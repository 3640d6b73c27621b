public import FoundationEssentials
public import Vocabulary

/// Whoever can hold a role, give one, or be acted for: an organisation or a person.
public enum Party: Sendable, Hashable {
    /// A unit of Enhetsregisteret.
    case organisation(OrganisationNumber)
    /// A person, known by a pseudonym alone.
    case person(PersonPseudonym)

    /// The organisation's number; nil of a person.
    public var organisation: OrganisationNumber? {
        if case .organisation(let number) = self { number } else { nil }
    }

    /// The person; nil of an organisation.
    public var person: PersonPseudonym? {
        if case .person(let pseudonym) = self { pseudonym } else { nil }
    }

    /// The number by which Altinn-shaped interfaces name the party (`partyId`).
    ///
    /// An organisation's own number; of a person a number between 2^52 and 2^53 made from the pseudonym, which every JSON
    /// reader keeps exact. Two persons of one country may share it, so whoever looks it up must find one person or none.
    public var partyID: Int64 {
        switch self {
        case .organisation(let number): number.integer
        case .person(let pseudonym): Int64(1) << 52 | Int64(pseudonym.leadingBits)
        }
    }

    /// The UUID by which Altinn-shaped interfaces name the party.
    public var uuid: PartyUUID { PartyUUID(of: self) }
}

extension Party: CustomStringConvertible {
    /// The organisation number, or the abbreviated pseudonym.
    public var description: String {
        switch self {
        case .organisation(let number): "\(number)"
        case .person(let pseudonym): "person \(pseudonym.abbreviated)"
        }
    }
}

/// The UUID of a party (`partyUuid`), of version 8 (RFC 9562 §5.8), which the party itself determines.
///
/// An organisation's can be read back; a person's is the beginning of the pseudonym and is looked up
/// (``RoleReader/party(named:)``).
public struct PartyUUID: Sendable, Hashable {
    /// The UUID.
    public let uuid: UUID

    /// What every organisation's UUID begins with, before the nine digits.
    private static let organisationPrefix = "01920000-0000-8000-8000-000"

    /// The UUID of a party.
    public init(of party: Party) {
        switch party {
        case .organisation(let number):
            // The digits of a number are hexadecimal digits too, so this is always a UUID.
            uuid = UUID(uuidString: Self.organisationPrefix + "\(number)") ?? UUID()
        case .person(let pseudonym):
            var bytes = Array(pseudonym.bytes.prefix(16))
            bytes[6] = bytes[6] & 0x0F | 0x80
            bytes[8] = bytes[8] & 0x3F | 0x80
            uuid = UUID(
                uuid: (
                    bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                    bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
                )
            )
        }
    }

    /// A UUID that names some party, perhaps.
    public init(_ uuid: UUID) { self.uuid = uuid }

    /// Parses the form with hyphens in any case; nil for anything else.
    public init?(parsing text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// The organisation that it names; nil when it names none.
    public var organisation: OrganisationNumber? {
        let text = description
        guard text.hasPrefix(Self.organisationPrefix) else { return nil }
        return try? OrganisationNumber(parsing: text.dropFirst(Self.organisationPrefix.count))
    }

    /// The lowest and highest ``Party/partyID`` that a person of this UUID can have.
    ///
    /// The version overwrites four bits of the pseudonym, so sixteen numbers are possible.
    public var personPartyIDs: ClosedRange<Int64> {
        let bytes = uuid.uuid
        var bits: Int64 = 0
        for byte in [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5] { bits = bits << 8 | Int64(byte) }
        let first = Int64(1) << 52 | bits << 4
        return first...(first + 15)
    }
}

extension PartyUUID: CustomStringConvertible {
    /// The form with hyphens, in lower case.
    public var description: String { uuid.uuidString.lowercased() }
}
