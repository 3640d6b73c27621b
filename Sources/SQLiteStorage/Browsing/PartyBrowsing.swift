public import Administration
internal import RelationalStorage
public import Vocabulary

/// Organisations that have something here, and who shares with whom.
extension SQLiteReader {
    /// The organisations that have something here, or deal with that viewer, by number.
    public func parties(of viewer: OrganisationNumber?, offset: Int, limit: Int) throws -> Listed<PartyCounts> {
        let source = viewer == nil ? Self.everybody : Self.partiesOfViewer
        let total = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM (\(source)) WHERE ?1 IS NULL OR 1",
            arguments: [viewer?.integer]
        )
        let rows = try Row.fetchAll(
            database,
            sql: "\(Self.counts) FROM (\(source)) ORDER BY number LIMIT ?2 OFFSET ?3",
            arguments: [viewer?.integer, limit, offset]
        )
        return Listed(
            rows: try rows.map { row in
                PartyCounts(
                    organisation: try StoredValue.organisation(row[0], of: "a row"),
                    scopes: row[1],
                    accesses: row[2],
                    clients: row[3]
                )
            },
            total: total ?? 0
        )
    }

    private static let everybody = """
        SELECT owner AS number FROM scope_prefix UNION SELECT owner FROM client UNION SELECT consumer FROM scope_access
        """

    /// `?1` is the viewer.
    private static let partiesOfViewer = """
        SELECT ?1 AS number
        UNION SELECT consumer FROM scope_access WHERE scope IN (SELECT name FROM scope WHERE owner = ?1)
        UNION SELECT scope.owner FROM scope_access JOIN scope ON scope.name = scope_access.scope WHERE consumer = ?1
        UNION SELECT supplier FROM scope_delegation WHERE consumer = ?1 AND revoked IS NULL
        UNION SELECT consumer FROM scope_delegation WHERE supplier = ?1 AND revoked IS NULL
        """

    /// How much each has; where `?1` is a viewer, how much of it is the viewer's to see.
    private static let counts = """
        SELECT number, (SELECT count(*) FROM scope WHERE owner = number AND active = 1),
            (
                SELECT count(*) FROM scope_access a WHERE a.consumer = number AND state = 'APPROVED'
                    AND (?1 IS NULL OR number = ?1 OR a.scope IN (SELECT name FROM scope WHERE owner = ?1))
            ),
            (
                SELECT count(*) FROM client c WHERE c.owner = number AND active = 1
                    AND (?1 IS NULL OR number = ?1 OR c.supplier = ?1)
            )
        """

    /// Who shares with an organisation; at most `limit` of each kind.
    public func sharing(of organisation: OrganisationNumber, limit: Int) throws -> SharingPicture {
        SharingPicture(
            providers: try partners(
                """
                SELECT scope.owner AS number, count(*) AS count FROM scope_access
                JOIN scope ON scope.name = scope_access.scope
                WHERE consumer = ?1 AND state = 'APPROVED' AND scope.owner <> ?1 GROUP BY 1
                """,
                organisation,
                limit
            ),
            consumers: try partners(
                """
                SELECT consumer AS number, count(*) AS count FROM scope_access
                WHERE scope IN (SELECT name FROM scope WHERE owner = ?1) AND state = 'APPROVED' AND consumer <> ?1
                GROUP BY 1
                """,
                organisation,
                limit
            ),
            suppliers: try partners(
                """
                SELECT supplier AS number, count(*) AS count FROM scope_delegation
                WHERE consumer = ?1 AND revoked IS NULL GROUP BY 1
                """,
                organisation,
                limit
            )
        )
    }

    private func partners(
        _ source: String,
        _ organisation: OrganisationNumber,
        _ limit: Int
    ) throws -> Listed<SharingPicture.Partner> {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT number, count, count(*) OVER () FROM (\(source)) ORDER BY count DESC, number LIMIT ?2
                """,
            arguments: [organisation.integer, limit]
        )
        return Listed(
            rows: try rows.map {
                SharingPicture.Partner(organisation: try StoredValue.organisation($0[0], of: "a row"), count: $0[1])
            },
            total: rows.first.map { $0[2] } ?? 0
        )
    }
}
