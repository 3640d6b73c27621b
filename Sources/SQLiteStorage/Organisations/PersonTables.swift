public import Delegations
internal import FoundationEssentials
internal import RelationalStorage
internal import Vocabulary

/// Persons: who stands for whom, and who is found by which number.
extension SQLiteReader {
    /// Whether a person is known: by a role of the register, by one that was given, or because somebody linked or met them.
    public func knows(_ person: PersonPseudonym) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM person WHERE pseudonym = ?1 OR stands_for = ?1)"
        )
        if try Bool.fetchOne(statement, arguments: [Data(person.bytes)]) == true { return true }
        return try !assignments(heldBy: .person(person)).isEmpty
    }

    /// The party that a UUID names; nil when it is unknown.
    ///
    /// An organisation need not stand in the register.
    public func party(named uuid: PartyUUID) throws -> Party? {
        if let organisation = uuid.organisation { return .organisation(organisation) }
        return try persons(numbered: uuid.personPartyIDs).first { $0.uuid == uuid }
    }

    /// The party that a number names; nil when it is unknown or two persons share it.
    public func party(numbered partyID: Int64) throws -> Party? {
        if let organisation = OrganisationNumber(integer: partyID) { return .organisation(organisation) }
        let found = try persons(numbered: partyID...partyID)
        return found.count == 1 ? found.first : nil
    }

    /// The party that a pseudonym means: itself, unless it is one of open data that was linked.
    func resolve(_ party: Party) throws -> Party {
        guard case .person(let person) = party else { return party }
        return .person(try linkedPerson(of: person) ?? person)
    }

    /// The party that a holder means; one with a number needs no look-up.
    func resolve(_ holder: UnitRoles.Holder) throws -> Party {
        guard case .unlinkedPerson(let person) = holder else { return holder.party }
        return .person(try linkedPerson(of: person) ?? person)
    }

    /// The person for whom a pseudonym of open data stands; nil when nobody has said so.
    public func linkedPerson(of pseudonym: PersonPseudonym) throws -> PersonPseudonym? {
        let statement = try database.cachedStatement(sql: "SELECT stands_for FROM person WHERE pseudonym = ?")
        guard let row = try Row.fetchOne(statement, arguments: [Data(pseudonym.bytes)]) else { return nil }
        return try (row[0] as Data?).map { try Self.pseudonym($0) }
    }

    /// Whether any person is known, under whatever pseudonym: then the key must be the one that made it.
    public func hasPersons() throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM role_holder WHERE holder >= 1 << 52) OR EXISTS (SELECT 1 FROM person)
                """
        )
        return try Bool.fetchOne(statement) ?? false
    }

    /// Whether a role of open data is held under a pseudonym.
    public func isUnlinkedHolder(_ pseudonym: PersonPseudonym) throws -> Bool {
        let units = try Int64.fetchAll(
            database.cachedStatement(sql: "SELECT unit FROM role_holder WHERE holder = ?"),
            arguments: [Party.person(pseudonym).partyID]
        )
        return try units.contains { unit in
            try registerRoles(of: OrganisationRow.number(from: unit)).contains {
                $0.holder == .unlinkedPerson(pseudonym)
            }
        }
    }

    /// The party and every pseudonym that was linked to it.
    func aliases(of party: Party) throws -> [Party] {
        guard case .person(let person) = party else { return [party] }
        let statement = try database.cachedStatement(
            sql: "SELECT pseudonym FROM person WHERE stands_for = ? ORDER BY pseudonym"
        )
        return try [party]
            + Data.fetchAll(statement, arguments: [Data(person.bytes)]).map { .person(try Self.pseudonym($0)) }
    }

    /// The persons whose numbers lie in a range, each under the pseudonym that counts.
    private func persons(numbered range: ClosedRange<Int64>) throws -> Set<Party> {
        var found: Set<Party> = []
        func take(_ party: Party) throws {
            guard case .person = party, range.contains(party.partyID) else { return }
            found.insert(party)
        }
        let arguments: StatementArguments = [range.lowerBound, range.upperBound]
        for unit in try Int64.fetchAll(
            database.cachedStatement(sql: "SELECT DISTINCT unit FROM role_holder WHERE holder BETWEEN ? AND ?"),
            arguments: arguments
        ) {
            for role in try registerRoles(of: OrganisationRow.number(from: unit)) { try take(role.holder.party) }
        }
        for row in try Row.fetchAll(
            database.cachedStatement(sql: "SELECT pseudonym, stands_for FROM person WHERE party BETWEEN ? AND ?"),
            arguments: arguments
        ) {
            try take(.person(Self.pseudonym(row[0])))
        }
        return Set(try found.map { try resolve($0) })
    }

    private static func pseudonym(_ data: Data) throws -> PersonPseudonym {
        guard let pseudonym = PersonPseudonym(bytes: data) else {
            throw StorageError.corrupt(detail: "a pseudonym is malformed")
        }
        return pseudonym
    }
}

extension SQLiteTransaction {
    /// Remembers that a person exists, so that a UUID or number finds them though they hold no role.
    public func remember(_ person: PersonPseudonym) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO person (pseudonym, party) VALUES (?, ?)",
            arguments: [Data(person.bytes), Party.person(person).partyID]
        )
    }

    /// Says that a pseudonym without a number stands for a person with one; nil unties it.
    public func link(_ pseudonym: PersonPseudonym, to person: PersonPseudonym?) throws {
        try remember(pseudonym)
        if let person { try remember(person) }
        try database.execute(
            sql: "UPDATE person SET stands_for = ? WHERE pseudonym = ?",
            arguments: [person.map { Data($0.bytes) }, Data(pseudonym.bytes)]
        )
    }
}
