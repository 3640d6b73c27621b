public import Administration
public import Clients
public import Delegations
internal import Foundation
internal import RelationalStorage
internal import JOSE
internal import Scopes
internal import Vocabulary

/// Clients, scopes and delegations, part by part.
extension SQLiteReader: BrowsingReader {
    /// Clients.
    public func browse(_ query: ClientBrowsing) throws -> Listed<Client> {
        var filter = BrowsingFilter()
        filter.require("(c.owner = ? OR c.supplier = ?)", query.viewer?.integer)
        filter.require("c.owner = ?", query.owner?.integer)
        filter.require("c.id IN (SELECT client FROM client_scope WHERE scope = ?)", query.scope?.rawValue)
        filter.require("c.id IN (SELECT client FROM client_key WHERE expires < ?)", query.keyEndingBefore?.seconds)
        filter.require(
            "(c.name LIKE ? ESCAPE '\\' OR c.id LIKE ? ESCAPE '\\')",
            query.text.map(BrowsingFilter.pattern)
        )
        if !query.includesInactive { filter.require("c.active = 1") }
        let own = "c.owner, c.name, c.id"
        let paging = query.paging
        let order =
            switch paging.order {
            case .owner: paging.clause("c.owner", then: own)
            case .name: paging.clause("c.name", then: own)
            case .created: paging.clause("c.created", then: own)
            case .keyExpiry:
                paging.clause("(SELECT min(expires) FROM client_key k WHERE k.client = c.id)", then: own)
            case .lastToken: paging.clause("(SELECT issued FROM usage_client u WHERE u.client = c.id)", then: own)
            }
        let ids = try String.fetchAll(
            database,
            sql: "SELECT c.id FROM client c \(filter.clause) \(order)",
            arguments: filter.arguments
        )
        return Listed(
            rows: try ids.compactMap { try (try? ClientID(parsing: $0)).flatMap { try client($0) } },
            total: try count("client c", filter)
        )
    }

    /// Scopes with their use.
    public func browse(_ query: ScopeBrowsing) throws -> Listed<ScopeUse> {
        var filter = BrowsingFilter()
        filter.require("prefix = ?", query.prefix?.rawValue)
        filter.require("owner = ?", query.owner?.integer)
        filter.require(
            "(name LIKE ? ESCAPE '\\' OR json_extract(fields, '$.description') LIKE ? ESCAPE '\\')",
            query.text.map(BrowsingFilter.pattern)
        )
        if !query.includesInactive { filter.require("active = 1") }
        filter.require(
            """
            (owner = ? OR CASE coalesce(json_extract(fields, '$.visibility'), 'PUBLIC')
                WHEN 'PUBLIC' THEN 1
                WHEN 'PRIVATE' THEN EXISTS (
                    SELECT 1 FROM scope_access a WHERE a.scope = name AND a.consumer = ? AND a.state = 'APPROVED')
                ELSE 0 END)
            """,
            query.viewer?.integer
        )
        let paging = query.paging
        let order =
            switch paging.order {
            case .scope: paging.clause("name", then: "name")
            case .owner: paging.clause("owner", then: "name")
            case .created: paging.clause("created", then: "name")
            }
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT name, owner, fields, created, last_updated, origin FROM scope \(filter.clause) \(order)",
            arguments: filter.arguments
        )
        let recent = try unsummedUsage().accesses
        return Listed(
            rows: try rows.map { row in
                let scope = try Self.storedScope(row)
                let name = scope.name.rawValue
                let stored = try one("SELECT max(last) FROM usage_access WHERE scope = ?", name)
                let fresh = recent.filter { $0.key.scope == name }.values.max()
                return ScopeUse(
                    scope: scope,
                    consumers: Int(
                        try one("SELECT count(*) FROM scope_access WHERE scope = ? AND state = 'APPROVED'", name) ?? 0
                    ),
                    clients: Int(
                        try one(
                            """
                            SELECT count(*) FROM client_scope JOIN client ON client.id = client_scope.client
                            WHERE scope = ? AND active = 1
                            """,
                            name
                        ) ?? 0
                    ),
                    lastToken: [stored, fresh].compactMap(\.self).max().map { Timestamp(seconds: $0) }
                )
            },
            total: try count("scope", filter)
        )
    }

    /// Delegations that were not revoked.
    public func browse(_ query: DelegationBrowsing) throws -> Listed<ScopeDelegation> {
        var filter = BrowsingFilter()
        filter.require("revoked IS NULL")
        filter.require("consumer = ?", query.consumer?.integer)
        filter.require("supplier = ?", query.supplier?.integer)
        if let scope = query.scope {
            let resources = try resources(referencing: scope).map { JSONValue.string($0.identifier.rawValue) }
            filter.require("resource IN (SELECT value FROM json_each(?))", JSONValue.array(resources).text())
        }
        if let viewer = query.viewer {
            filter.require(
                "(consumer = \(viewer.integer) OR supplier = \(viewer.integer) OR resource IN (SELECT value FROM json_each(?)))",
                try resourcesOwned(by: viewer)
            )
        }
        let (paging, own) = (query.paging, "consumer, supplier, resource")
        let order =
            switch paging.order {
            case .consumer: paging.clause("consumer", then: own)
            case .supplier: paging.clause("supplier", then: own)
            case .since: paging.clause("since", then: own)
            case .until: paging.clause("until", then: own)
            case .lastUsed: paging.clause("last_used", then: own)
            }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, consumer, supplier, resource, since, until, basis, last_used FROM scope_delegation
                \(filter.clause) \(order)
                """,
            arguments: filter.arguments
        )
        return Listed(rows: try rows.map(Self.storedDelegation), total: try count("scope_delegation", filter))
    }

    /// The resources that an organisation owns: stored ones, and those that its scopes have of their own; as JSON.
    private func resourcesOwned(by owner: OrganisationNumber) throws -> String {
        let stored = try String.fetchAll(
            database,
            sql: "SELECT identifier FROM resource WHERE owner = ?",
            arguments: [owner.integer]
        )
        let names = try String.fetchAll(
            database,
            sql: "SELECT name FROM scope WHERE owner = ?",
            arguments: [owner.integer]
        )
        let own = names.compactMap { (try? ScopeName(parsing: $0)).flatMap { ResourceID(of: $0)?.rawValue } }
        return JSONValue.strings(stored + own).text()
    }

    private func count(_ table: String, _ filter: BrowsingFilter) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table) \(filter.clause)", arguments: filter.arguments)
            ?? 0
    }

    private func one(_ sql: String, _ argument: String) throws -> Int64? {
        try Int64.fetchOne(database.cachedStatement(sql: sql), arguments: [argument])
    }
}
