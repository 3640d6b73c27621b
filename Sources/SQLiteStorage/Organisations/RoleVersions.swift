internal import Delegations
internal import FoundationEssentials
internal import GRDB
internal import Vocabulary

/// The versions of role sets, as an import writes and removes them.
extension SQLiteReader {
    func roleRegisterState() throws -> (generation: Int64, isUnswept: Bool) {
        guard
            let row = try Row.fetchOne(database, sql: "SELECT generation, unswept FROM role_register WHERE id = 1")
        else { throw StorageError.corrupt(detail: "the state of the role register is missing") }
        return (row[0], row[1])
    }

    /// The numbers of units that have roles, in rising order.
    func unitsWithRoles(after number: OrganisationNumber?, limit: Int) throws -> [OrganisationNumber] {
        try Int64.fetchAll(
            database.cachedStatement(sql: Self.unitsWithRolesSQL),
            arguments: [number.map(OrganisationRow.lastKey(of:)) ?? 0, limit]
        ).map(OrganisationRow.number(from:))
    }

    /// The numbers of units that have any version, visible or not, in rising order.
    func unitsWithRoleRows(after number: OrganisationNumber?, limit: Int) throws -> [OrganisationNumber] {
        try Int64.fetchAll(
            database.cachedStatement(
                sql: "SELECT DISTINCT id >> 32 FROM role_set WHERE id > ? ORDER BY id LIMIT ?"
            ),
            arguments: [number.map(OrganisationRow.lastKey(of:)) ?? 0, limit]
        ).map(OrganisationRow.number(from:))
    }

    /// The keys of a unit's versions that no reader will ever need, the oldest first.
    ///
    /// An empty version is needed only while an older one stands behind it, which goes first.
    func uselessRoleKeys(of number: OrganisationNumber) throws -> [Int64] {
        let generation = try roleRegisterState().generation
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT id, length(roles) FROM role_set WHERE id BETWEEN ? AND ? ORDER BY id"
            ),
            arguments: [OrganisationRow.firstKey(of: number), OrganisationRow.lastKey(of: number)]
        )
        let visible = rows.last { OrganisationRow.generation(ofKey: $0[0]) <= generation }
        return rows.compactMap { row in
            let key: Int64 = row[0]
            guard let visible, key == visible[0] else { return key }
            return visible[1] == 0 ? key : nil
        }
    }

    private static let unitsWithRolesSQL = """
        SELECT id >> 32 FROM role_set
        WHERE id > ?1 AND length(roles) > 0
            AND id = (
                SELECT version.id FROM role_set AS version
                WHERE version.id BETWEEN (role_set.id >> 32 << 32)
                    AND (role_set.id >> 32 << 32) + (SELECT generation FROM role_register WHERE id = 1)
                ORDER BY version.id DESC LIMIT 1
            )
        ORDER BY id LIMIT ?2
        """
}

extension SQLiteTransaction {
    func storeRoles(_ unit: UnitRoles, generation: Int64) throws {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO role_set (id, roles) VALUES (?, ?)")
            .execute(arguments: [
                OrganisationRow.key(of: unit.number, generation: generation), Data(RoleSetCodec.encode(unit.roles)),
            ])
    }

    func addHolding(_ holding: SQLiteRoleImport.Holding) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO role_holder (holder, unit) VALUES (?, ?)")
            .execute(arguments: [holding.holder, Int64(holding.unit)])
    }

    func setRoleRegister(generation: Int64) throws {
        try database.execute(sql: "UPDATE role_register SET generation = ? WHERE id = 1", arguments: [generation])
    }

    func markRoleRegister(unswept: Bool) throws {
        try database.execute(sql: "UPDATE role_register SET unswept = ? WHERE id = 1", arguments: [unswept])
    }

    /// Removes a version and, with it, the rows of the index that only it needed.
    func deleteRoles(key: Int64, withHoldings: Bool) throws {
        let number = try OrganisationRow.number(from: key >> 32)
        if withHoldings {
            let bytes = try Data.fetchOne(
                database.cachedStatement(sql: "SELECT roles FROM role_set WHERE id = ?"),
                arguments: [key]
            )
            let gone = UnitRoles(
                number: number,
                roles: try (bytes ?? Data()).withUnsafeBytes { try RoleSetCodec.decode($0) }
            )
            let counting = UnitRoles(number: number, roles: try registerRoles(of: number))
            let needed = SQLiteRoleImport.holdings(of: counting)
            for holding in SQLiteRoleImport.holdings(of: gone) where !needed.contains(holding) {
                try database.cachedStatement(sql: "DELETE FROM role_holder WHERE holder = ? AND unit = ?")
                    .execute(arguments: [holding.holder, Int64(holding.unit)])
            }
        }
        try database.cachedStatement(sql: "DELETE FROM role_set WHERE id = ?").execute(arguments: [key])
    }
}
