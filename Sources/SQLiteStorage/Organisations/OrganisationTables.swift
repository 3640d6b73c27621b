internal import GRDB
public import Organisations
public import Vocabulary

/// The local copy of Enhetsregisteret.
extension SQLiteReader {
    /// The unit with that number, also a deleted one; nil when the register never knew it.
    public func organisation(_ number: OrganisationNumber) throws -> Organisation? {
        let statement = try database.cachedStatement(sql: Self.organisationSQL)
        let key = OrganisationRow.firstKey(of: number)
        return try Row.fetchOne(statement, arguments: [key]).map(OrganisationRow.decode)
    }

    /// The standing of that unit, its main unit taken into account; nil when the register never knew it.
    ///
    /// Reads what decides and nothing else: one walk down the table, two for a sub-unit.
    public func standing(of number: OrganisationNumber) throws -> OrganisationStanding? {
        guard let unit = try outline(number) else { return nil }
        guard unit.kind == .subUnit, let parent = unit.parent else {
            return OrganisationStanding(of: unit, mainUnit: nil)
        }
        return OrganisationStanding(of: unit, mainUnit: try outline(parent))
    }

    /// The units right below a unit: the sub-units of a main unit, the departments of a body; by number, at most `limit`.
    public func organisations(below number: OrganisationNumber, limit: Int) throws -> [Organisation] {
        try Row.fetchAll(
            database.cachedStatement(sql: Self.organisationsBelowSQL),
            arguments: [number.integer, limit]
        ).map(OrganisationRow.decode)
    }

    /// The numbers of live units of a kind in rising order, after `number`, at most `limit` of them.
    func liveOrganisationNumbers(
        of kind: Organisation.Kind,
        after number: OrganisationNumber?,
        limit: Int
    ) throws -> [OrganisationNumber] {
        try Int64.fetchAll(
            database.cachedStatement(sql: Self.liveNumbersSQL),
            arguments: [
                number.map(OrganisationRow.lastKey(of:)) ?? 0, kind == .subUnit, limit,
            ]
        ).map(OrganisationRow.number(from:))
    }

    /// The unit without what is only shown.
    private func outline(_ number: OrganisationNumber) throws -> Organisation? {
        let statement = try database.cachedStatement(sql: Self.outlineSQL)
        let key = OrganisationRow.firstKey(of: number)
        return try Row.fetchOne(statement, arguments: [key]).map(OrganisationRow.decodeOutline)
    }

    private static let organisationSQL = """
        SELECT \(OrganisationRow.columns) FROM organisation
        WHERE id BETWEEN ?1 AND ?1 + (SELECT generation FROM organisation_register WHERE id = 1)
        ORDER BY id DESC LIMIT 1
        """

    private static let outlineSQL = """
        SELECT \(OrganisationRow.outlineColumns) FROM organisation
        WHERE id BETWEEN ?1 AND ?1 + (SELECT generation FROM organisation_register WHERE id = 1)
        ORDER BY id DESC LIMIT 1
        """

    /// Of the versions with that parent those that are the newest visible ones of their unit.
    private static let organisationsBelowSQL = """
        SELECT \(OrganisationRow.columns) FROM organisation
        WHERE parent = ?1
            AND id = (
                SELECT version.id FROM organisation AS version
                WHERE version.id BETWEEN (organisation.id >> 32 << 32)
                    AND (organisation.id >> 32 << 32) + (SELECT generation FROM organisation_register WHERE id = 1)
                ORDER BY version.id DESC LIMIT 1
            )
        ORDER BY id LIMIT ?2
        """

    private static let liveNumbersSQL = """
        SELECT number FROM organisation
        WHERE id > ?1 AND sub_unit = ?2 AND state = 0
            AND id = (
                SELECT version.id FROM organisation AS version
                WHERE version.id BETWEEN (organisation.id >> 32 << 32)
                    AND (organisation.id >> 32 << 32) + (SELECT generation FROM organisation_register WHERE id = 1)
                ORDER BY version.id DESC LIMIT 1
            )
        ORDER BY id LIMIT ?3
        """
}

extension SQLiteStore: OrganisationRegistry {
    /// The unit with that number, also a deleted one; nil when the register never knew it.
    public func organisation(_ number: OrganisationNumber) async throws -> Organisation? {
        try await read { try $0.organisation(number) }
    }

    /// The standing of that unit, its main unit taken into account; nil when the register never knew it.
    public func standing(of number: OrganisationNumber) async throws -> OrganisationStanding? {
        try await read { try $0.standing(of: number) }
    }
}
