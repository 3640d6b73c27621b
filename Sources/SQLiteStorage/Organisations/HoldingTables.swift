public import Administration
internal import RelationalStorage
internal import Organisations
public import Vocabulary

/// What hangs on organisations, over all tables that name one.
extension SQLiteReader: HoldingReader {
    /// All organisations that something hangs on which is valid now or later, by number.
    public func holders(at now: Timestamp) throws -> [OrganisationNumber] {
        let sources = HoldingSource.all.map { "SELECT \($0.column) FROM \($0.rows)" }
        return try Int64.fetchAll(
            database,
            sql: sources.joined(separator: " UNION ") + " ORDER BY 1",
            arguments: [now.seconds]
        )
        .map(OrganisationRow.number(from:))
    }

    /// What of that hangs on one of them, by kind and identifier.
    public func holdings(of number: OrganisationNumber, at now: Timestamp) throws -> [Holding] {
        let statement = try database.cachedStatement(sql: Self.holdingsSQL)
        return try Row.fetchAll(statement, arguments: [now.seconds, number.integer]).map { row in
            Holding(
                kind: try StoredValue.word(row[0], of: "what hangs on `\(number)`"),
                id: row[2],
                part: try StoredValue.word(row[1], of: "what hangs on `\(number)`"),
                other: try (row[3] as Int64?).map(OrganisationRow.number(from:)),
                since: (row[4] as Int64?).map { Timestamp(seconds: $0) }
            )
        }
    }

    /// One indexed look-up in each place.
    private static let holdingsSQL =
        HoldingSource.all.map { source in
            """
            SELECT '\(source.kind.rawValue)', '\(source.part.rawValue)', \(source.id), \(source.other), \(source.since)
            FROM \(source.rows) AND \(source.column) = ?2
            """
        }
        .joined(separator: " UNION ALL ") + " ORDER BY 1, 3, 2, 4"
}

/// A column of a table that names an organisation, with the condition under which that still means something.
private struct HoldingSource {
    let kind: Holding.Kind
    let part: Holding.Part
    /// The table and its condition.
    let rows: String
    let column: String
    let id: String
    let other: String
    let since: String

    init(
        _ kind: Holding.Kind,
        _ part: Holding.Part,
        _ rows: String,
        _ column: String,
        id: String,
        other: String = "NULL",
        since: String = "created"
    ) {
        self.kind = kind
        self.part = part
        self.rows = rows
        self.column = column
        self.id = id
        self.other = other
        self.since = since
    }

    static let all: [HoldingSource] = [
        HoldingSource(.prefix, .owner, "scope_prefix WHERE true", "owner", id: "prefix"),
        HoldingSource(
            .access,
            .consumer,
            "scope_access WHERE state <> 'DENIED' AND ifnull(valid_until, ?1 + 1) > ?1",
            "consumer",
            id: "scope"
        ),
        HoldingSource(.client, .owner, "client WHERE active = 1", "owner", id: "id", other: "supplier"),
        HoldingSource(
            .client,
            .supplier,
            "client WHERE active = 1 AND supplier IS NOT NULL",
            "supplier",
            id: "id",
            other: "owner"
        ),
        HoldingSource(
            .onBehalfOf,
            .consumer,
            "client_on_behalf_of WHERE true",
            "consumer",
            id: "client || ' ' || value"
        ),
        HoldingSource(
            .delegation,
            .consumer,
            liveDelegations,
            "consumer",
            id: "resource",
            other: "supplier",
            since: "since"
        ),
        HoldingSource(
            .delegation,
            .supplier,
            liveDelegations,
            "supplier",
            id: "resource",
            other: "consumer",
            since: "since"
        ),
        HoldingSource(
            .supplier,
            .consumer,
            "supplier_relation WHERE true",
            "consumer",
            id: "supplier || ''",
            other: "supplier",
            since: "since"
        ),
        HoldingSource(
            .supplier,
            .supplier,
            "supplier_relation WHERE true",
            "supplier",
            id: "consumer || ''",
            other: "consumer",
            since: "since"
        ),
        HoldingSource(
            .resource,
            .owner,
            "resource WHERE deleted IS NULL AND owner IS NOT NULL",
            "owner",
            id: "identifier",
            since: "NULL"
        ),
        HoldingSource(.accessList, .owner, "access_list WHERE true", "owner", id: "owner || ':' || identifier"),
        HoldingSource(
            .accessListMember,
            .member,
            "access_list_member WHERE true",
            "organisation",
            id: "(SELECT owner || ':' || identifier FROM access_list WHERE access_list.id = list)",
            other: "(SELECT owner FROM access_list WHERE access_list.id = list)",
            since: "since"
        ),
        HoldingSource(.system, .owner, "system WHERE deleted = 0", "vendor", id: "id"),
        HoldingSource(
            .systemUser,
            .owner,
            "system_user WHERE deleted IS NULL",
            "owner",
            id: "id",
            other: "(SELECT vendor FROM system WHERE system.id = system)"
        ),
        HoldingSource(
            .clientDelegation,
            .member,
            "client_delegation WHERE true",
            "client",
            id: "agent",
            other: "(SELECT owner FROM system_user WHERE system_user.id = agent)"
        ),
        HoldingSource(
            .consent,
            .asked,
            liveConsents + " AND from_organisation IS NOT NULL",
            "from_organisation",
            id: "id",
            other: "recipient"
        ),
        HoldingSource(.consent, .recipient, liveConsents, "recipient", id: "id", other: "from_organisation"),
        HoldingSource(
            .consent,
            .handler,
            liveConsents + " AND handled_by IS NOT NULL",
            "handled_by",
            id: "id",
            other: "recipient"
        ),
    ]

    private static let liveDelegations =
        "scope_delegation WHERE revoked IS NULL AND ifnull(until, ?1 + 1) > ?1"
    private static let liveConsents =
        "consent WHERE answer IN ('Created', 'Accepted') AND valid_to > ?1 AND used IS NULL"
}
