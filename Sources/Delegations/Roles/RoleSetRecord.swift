public import Vocabulary

/// The roles that one unit has assigned by the register, as the bytes that a database keeps; docs/storage.md describes them.
///
/// Two sets of roles are equal exactly when their bytes are.
public struct RoleSetRecord: Sendable, Hashable {
    /// The bytes make no sense: the database is damaged.
    public struct Damage: Error, Equatable, Sendable {}

    private static let organisationKind: UInt8 = 0
    private static let personKind: UInt8 = 1
    private static let unlinkedPersonKind: UInt8 = 2

    /// The unit.
    public let number: OrganisationNumber
    /// The roles one after another; empty when there are none.
    public let bytes: [UInt8]
    /// The numbers of the parties that hold them, as `Party.partyID` has it; one may come twice.
    public let holders: [Int64]

    /// The record of a unit's roles.
    public init(_ unit: UnitRoles) {
        number = unit.number
        var bytes: [UInt8] = []
        bytes.reserveCapacity(unit.roles.count * 38)
        for role in unit.roles {
            // A role code has at most 40 letters of at most two bytes.
            bytes.append(UInt8(role.code.rawValue.utf8.count))
            bytes.append(contentsOf: role.code.rawValue.utf8)
            switch role.holder {
            case .organisation(let number):
                bytes.append(Self.organisationKind)
                Self.append(number, to: &bytes)
            case .person(let person):
                bytes.append(Self.personKind)
                person.append(to: &bytes)
            case .unlinkedPerson(let person):
                bytes.append(Self.unlinkedPersonKind)
                person.append(to: &bytes)
            }
        }
        self.bytes = bytes
        holders = unit.roles.map(\.holder.party.partyID)
    }

    /// The roles of a record.
    ///
    /// - Throws: ``Damage``.
    public static func roles(_ bytes: UnsafeRawBufferPointer) throws(Damage) -> [UnitRoles.Role] {
        var roles: [UnitRoles.Role] = []
        roles.reserveCapacity(bytes.count / 12)
        var position = 0
        while position < bytes.count {
            let length = Int(bytes[position])
            let kindPosition = position + 1 + length
            guard kindPosition < bytes.count else { throw Damage() }
            let code = RoleCode(stored: String(decoding: bytes[(position + 1)..<kindPosition], as: UTF8.self))
            let kind = bytes[kindPosition]
            let start = kindPosition + 1
            let end = start + (kind == organisationKind ? 4 : PersonPseudonym.length)
            guard end <= bytes.count, let holder = holder(kind, bytes[start..<end]) else { throw Damage() }
            roles.append(UnitRoles.Role(code: code, holder: holder))
            position = end
        }
        return roles
    }

    /// A party as other tables name it: the organisation number in four bytes, or the pseudonym in 32.
    public static func bytes(of party: Party) -> [UInt8] {
        switch party {
        case .organisation(let number):
            var bytes: [UInt8] = []
            append(number, to: &bytes)
            return bytes
        case .person(let person): return person.bytes
        }
    }

    /// The party of four or 32 bytes; nil of others.
    public static func party(_ bytes: some Collection<UInt8>) -> Party? {
        if bytes.count == 4 { return organisation(bytes).map { .organisation($0) } }
        return PersonPseudonym(bytes: bytes).map { .person($0) }
    }

    private static func holder(_ kind: UInt8, _ bytes: Slice<UnsafeRawBufferPointer>) -> UnitRoles.Holder? {
        switch kind {
        case organisationKind: organisation(bytes).map { .organisation($0) }
        case personKind: PersonPseudonym(bytes: bytes).map { .person($0) }
        case unlinkedPersonKind: PersonPseudonym(bytes: bytes).map { .unlinkedPerson($0) }
        default: nil
        }
    }

    private static func organisation(_ bytes: some Collection<UInt8>) -> OrganisationNumber? {
        OrganisationNumber(integer: bytes.reduce(0) { $0 << 8 | Int64($1) })
    }

    /// Most significant byte first.
    private static func append(_ number: OrganisationNumber, to bytes: inout [UInt8]) {
        let value = UInt32(truncatingIfNeeded: number.integer)
        for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
