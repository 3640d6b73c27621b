internal import RelationalStorage
public import Organisations
public import Vocabulary

/// What happened to units, as far as it was seen here.
extension SQLiteReader {
    /// When a unit was last seen to be closed; nil when it was closed before it was known, or longer ago than is remembered.
    public func closingSeen(of number: OrganisationNumber) throws -> Timestamp? {
        let statement = try database.cachedStatement(sql: Self.select(where: "number = ? AND kind = 1"))
        return try Row.fetchOne(statement, arguments: [number.integer]).map(change)?.seen
    }

    /// The last move of a unit from one unit above to another.
    public func lastMove(of number: OrganisationNumber) throws -> SeenOrganisationChange? {
        let statement = try database.cachedStatement(sql: Self.select(where: "number = ? AND kind = 2"))
        return try Row.fetchOne(statement, arguments: [number.integer]).map(change)
    }

    /// The units that went elsewhere from below a unit, the newest first, at most `limit` of them.
    public func moves(from number: OrganisationNumber, limit: Int) throws -> [SeenOrganisationChange] {
        let statement = try database.cachedStatement(sql: Self.select(where: "before = ?") + " LIMIT ?")
        return try Row.fetchAll(statement, arguments: [number.integer, limit]).map(change)
    }

    /// The newest of those that count first.
    private static func select(where condition: String) -> String {
        """
        SELECT number, before, seen FROM organisation_change
        WHERE \(condition) AND generation <= (SELECT generation FROM organisation_register WHERE id = 1)
        ORDER BY seen DESC, generation DESC, number
        """
    }

    private func change(_ row: Row) throws -> SeenOrganisationChange {
        let kind: OrganisationChange.Kind =
            if let before = row[1] as Int64? { .moved(from: try OrganisationRow.number(from: before)) } else { .closed }
        return SeenOrganisationChange(
            OrganisationChange(try OrganisationRow.number(from: row[0]), kind),
            seen: Timestamp(seconds: row[2])
        )
    }
}

extension SQLiteTransaction {
    /// So long is remembered what happened to units.
    static let changesAreKept = Seconds.days(400)

    /// Remembers what happened to a unit.
    func note(_ change: OrganisationChange, generation: Int64, at now: Timestamp) throws {
        let (kind, before): (Int, Int64?) =
            switch change.kind {
            case .closed: (1, nil)
            case .moved(let from): (2, from.integer)
            }
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO organisation_change (number, kind, generation, seen, before) VALUES (?, ?, ?, ?, ?)
                """
        )
        .execute(arguments: [change.number.integer, kind, generation, now.seconds, before])
    }

    /// Forgets what a killed import remembered under a generation that now comes again, and what is old.
    func forgetChanges(from generation: Int64, before now: Timestamp) throws {
        try database.execute(
            sql: "DELETE FROM organisation_change WHERE generation >= ? OR seen < ?",
            arguments: [generation, (now - Self.changesAreKept).seconds]
        )
    }

    /// Notes what comes with a unit's replacement under the generation that counts.
    ///
    /// That is the name to be indexed, and what happened to the unit. Belongs into the transaction that replaces it.
    func noteReplaced(_ unit: Organisation, knownAs before: Organisation?, at now: Timestamp) throws {
        try noteNameDue(of: unit.number)
        // What was removed for legal reasons must not wait for the index to be brought up.
        if unit.isPurged { try OrganisationNameRow.replace(of: unit.number, with: nil, self) }
        guard let before else { return }
        let generation = try VersionTable.organisations.state(self).generation
        for change in OrganisationChange.between(before, unit) { try note(change, generation: generation, at: now) }
    }
}
