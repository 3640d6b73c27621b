import Delegations
import Organisations
import Vocabulary

/// What a batch of a role file comes to before a database sees it.
struct PreparedRoles: Sendable {
    /// The units with their roles, as a database keeps them.
    var units: [RoleSetRecord] = []
    /// What could not be read.
    let malformed: [MalformedUnit]
    /// What the file is.
    let document: RegisterDocument
    /// How many bytes of the file have been taken.
    let bytesTaken: Int64
    var roleCount = 0
    var endedRoleCount = 0
    var unnumberedCount = 0
    var unknownCodes: [String: Int] = [:]

    init(of batch: RegisterBatch) {
        malformed = batch.malformed
        document = batch.document
        bytesTaken = batch.bytesTaken
        units.reserveCapacity(batch.records.entries.count)
    }
}

/// Makes of the roles in a file what is kept of them: persons become pseudonyms, codes that are not the register's go.
struct RolePreparation {
    private let key: PseudonymHash
    private var codes = RegisterCodes()

    init(_ key: PseudonymKey) { self.key = PseudonymHash(key) }

    mutating func prepare(_ batch: RegisterBatch) throws -> PreparedRoles {
        var prepared = PreparedRoles(of: batch)
        try batch.records.withUnsafeRecords { record in
            for entry in batch.records.entries {
                try add(entry.number, try RoleRecord(record(entry)), to: &prepared)
            }
        }
        return prepared
    }

    private mutating func add(
        _ unit: OrganisationNumber,
        _ record: RoleRecord,
        to prepared: inout PreparedRoles
    ) throws {
        var record = record
        prepared.endedRoleCount += record.endedCount
        var roles: [UnitRoles.Role] = []
        while let (text, holder) = try record.next() {
            // Only the register's own codes: no file can hand out a role of Altinn.
            guard let code = codes.named(text) else {
                prepared.unknownCodes[String(decoding: text, as: UTF8.self), default: 0] += 1
                continue
            }
            prepared.roleCount += 1
            if case .named = holder { prepared.unnumberedCount += 1 }
            roles.append(UnitRoles.Role(code: code, holder: self.holder(holder, code, in: unit)))
        }
        prepared.units.append(RoleSetRecord(UnitRoles(number: unit, roles: roles)))
    }

    private func holder(
        _ holder: RoleRecord.Holder,
        _ code: RoleCode,
        in unit: OrganisationNumber
    ) -> UnitRoles.Holder {
        switch holder {
        case .organisation(let number): .organisation(number)
        case .person(let digits): .person(key.pseudonym(ofDigits: digits))
        case .named(let name, let birthDate):
            .unlinkedPerson(key.pseudonym(inUnit: unit, role: code, nameInUTF8: name, birthDate: birthDate))
        }
    }
}

/// The register's codes of roles, found by the bytes of a file: a few dozen codes for five million roles.
private struct RegisterCodes {
    /// By up to eight bytes, packed into a number.
    private var known: [UInt64: RoleCode?] = [:]

    mutating func named(_ text: UnsafeRawBufferPointer) -> RoleCode? {
        guard text.count <= 8 else { return Self.look(up: text) }
        var packed: UInt64 = 0
        for byte in text { packed = packed << 8 | UInt64(byte) }
        if let code = known[packed] { return code }
        let code = Self.look(up: text)
        // What a hostile file makes up is not remembered without end.
        if known.count < 1_000 { known[packed] = .some(code) }
        return code
    }

    private static func look(up text: UnsafeRawBufferPointer) -> RoleCode? {
        guard let code = RoleCode(parsing: String(decoding: text, as: UTF8.self)) else { return nil }
        return RegisterRole.named(code) == nil ? nil : code
    }
}
