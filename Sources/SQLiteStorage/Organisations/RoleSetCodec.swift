internal import Delegations
internal import Vocabulary

/// How the roles of a unit stand in `role_set.roles`; docs/storage.md describes it.
enum RoleSetCodec {
    private static let organisationKind: UInt8 = 0
    private static let personKind: UInt8 = 1
    private static let unlinkedPersonKind: UInt8 = 2

    // MARK: Writing

    static func encode(_ roles: [UnitRoles.Role]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(roles.count * 40)
        for role in roles {
            // A role code has at most 40 letters of at most two bytes.
            bytes.append(UInt8(role.code.rawValue.utf8.count))
            bytes += role.code.rawValue.utf8
            switch role.holder {
            case .organisation(let number): bytes += [organisationKind] + encode(number)
            case .person(let person): bytes += [personKind] + person.bytes
            case .unlinkedPerson(let person): bytes += [unlinkedPersonKind] + person.bytes
            }
        }
        return bytes
    }

    /// Four bytes, most significant first.
    static func encode(_ number: OrganisationNumber) -> [UInt8] {
        let value = UInt32(truncatingIfNeeded: number.integer)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// As `role_given.holder` has it: four or 32 bytes.
    static func encode(_ party: Party) -> [UInt8] {
        switch party {
        case .organisation(let number): encode(number)
        case .person(let person): person.bytes
        }
    }

    // MARK: Reading

    static func decode(_ bytes: UnsafeRawBufferPointer) throws -> [UnitRoles.Role] {
        var roles: [UnitRoles.Role] = []
        roles.reserveCapacity(bytes.count / 12)
        var position = 0
        while position < bytes.count {
            let length = Int(bytes[position])
            let kindPosition = position + 1 + length
            guard kindPosition < bytes.count else { throw damaged }
            let code = RoleCode(stored: String(decoding: bytes[(position + 1)..<kindPosition], as: UTF8.self))
            let kind = bytes[kindPosition]
            let start = kindPosition + 1
            let end = start + (kind == organisationKind ? 4 : PersonPseudonym.length)
            guard end <= bytes.count else { throw damaged }
            roles.append(UnitRoles.Role(code: code, holder: try holder(kind, bytes[start..<end])))
            position = end
        }
        return roles
    }

    /// A party as `role_given.holder` has it.
    static func party(_ bytes: some Collection<UInt8>) throws -> Party {
        if bytes.count == 4 { return .organisation(try organisation(bytes)) }
        guard let person = PersonPseudonym(bytes: bytes) else { throw damaged }
        return .person(person)
    }

    private static func holder(_ kind: UInt8, _ bytes: some Collection<UInt8>) throws -> UnitRoles.Holder {
        switch kind {
        case organisationKind: return .organisation(try organisation(bytes))
        case personKind, unlinkedPersonKind:
            guard let person = PersonPseudonym(bytes: bytes) else { throw damaged }
            return kind == personKind ? .person(person) : .unlinkedPerson(person)
        default: throw damaged
        }
    }

    private static func organisation(_ bytes: some Collection<UInt8>) throws -> OrganisationNumber {
        try OrganisationRow.number(from: bytes.reduce(0) { $0 << 8 | Int64($1) })
    }

    private static var damaged: StorageError { .corrupt(detail: "the roles of a unit are malformed") }
}
