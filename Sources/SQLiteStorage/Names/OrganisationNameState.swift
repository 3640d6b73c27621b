internal import RelationalStorage
internal import Vocabulary

/// How far the index of names is.
struct OrganisationNameState: Hashable {
    /// A pass over all units that is under way: for which generation, and the last unit that it has done.
    struct Pass: Hashable {
        let generation: Int64
        let position: OrganisationNumber?
    }

    /// All units are known up to this generation, but for those that are due.
    let generation: Int64
    /// The pass that is under way.
    let pass: Pass?
    /// The register's generation.
    let register: Int64
    /// Whether single units are due.
    let hasDue: Bool

    /// Whether it knows everything that the register does.
    var isComplete: Bool { generation == register && !hasDue }

    init(_ reader: SQLiteReader) throws {
        let row = try Row.fetchOne(
            reader.database,
            sql: """
                SELECT s.generation, s.building, s.position, r.generation,
                    EXISTS (SELECT 1 FROM organisation_name_due)
                FROM organisation_name_state AS s, organisation_register AS r WHERE s.id = 1 AND r.id = 1
                """
        )
        guard let row else { throw StorageError.corrupt(detail: "the state of `organisation_name` is missing") }
        generation = row[0]
        register = row[3]
        hasDue = row[4]
        pass = try (row[1] as Int64?).map { generation in
            let position = row[2] as Int64? ?? 0
            return Pass(
                generation: generation,
                position: position == 0 ? nil : try OrganisationRow.number(from: position)
            )
        }
    }
}

extension SQLiteTransaction {
    /// Says how far a pass over all units has come.
    func noteNames(building generation: Int64, upTo position: OrganisationNumber?) throws {
        try database.execute(
            sql: "UPDATE organisation_name_state SET building = ?, position = ? WHERE id = 1",
            arguments: [generation, position?.integer ?? 0]
        )
    }

    /// Says that all units are known up to a generation.
    func noteNames(completeUpTo generation: Int64) throws {
        try database.execute(
            sql: "UPDATE organisation_name_state SET generation = ?, building = NULL, position = NULL WHERE id = 1",
            arguments: [generation]
        )
    }

    /// Has the index of names look at a unit again.
    ///
    /// For changes of a few units under the generation that counts; after an import, which raises it, the index looks at all
    /// units by itself.
    func noteNameDue(of number: OrganisationNumber) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO organisation_name_due (number) VALUES (?)")
            .execute(arguments: [number.integer])
    }
}
