public import Administration
internal import Delegations
internal import Foundation
internal import RelationalStorage
internal import JOSE
internal import Scopes
public import Vocabulary

/// Grants of access with their use.
extension SQLiteReader {
    /// Grants of access with their use.
    public func browse(_ query: AccessBrowsing, at now: Timestamp) throws -> Listed<AccessUse> {
        var filter = BrowsingFilter()
        let source = Self.source(of: query, &filter)
        filter.require(
            "(a.consumer = ? OR a.scope IN (SELECT name FROM scope WHERE owner = ?))",
            query.viewer?.integer
        )
        filter.require("a.scope = ?", query.scope?.rawValue)
        if let prefix = query.prefix {
            // The names under a prefix stand together: `acme:` up to `acme;`.
            filter.require("a.scope >= ?", "\(prefix):")
            filter.require("a.scope < ?", "\(prefix);")
        }
        filter.require("a.consumer = ?", query.consumer?.integer)
        filter.require("a.scope IN (SELECT name FROM scope WHERE owner = ?)", query.owner?.integer)
        filter.require("a.valid_until < ?", query.endingBefore?.seconds)
        if let supplier = query.supplier {
            filter.require(
                """
                (a.scope, a.consumer) IN (
                    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))
                """,
                try delegatedScopes(to: supplier)
            )
        }
        if query.isNeverUsed {
            filter.require(
                "NOT EXISTS (SELECT 1 FROM usage_access u WHERE u.scope = a.scope AND u.consumer = a.consumer)"
            )
        }
        let total = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM \(source) a \(filter.clause)",
            arguments: filter.arguments
        )
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT a.scope, a.consumer, a.state, a.valid_from, a.valid_until, a.reason, a.legal_basis, a.purpose,
                    a.accepted_terms, a.created, a.last_updated, a.origin
                FROM \(source) a \(filter.clause) \(Self.order(of: query.paging))
                """,
            arguments: filter.arguments
        )
        return Listed(rows: try uses(of: try rows.map(Self.storedAccess), at: now), total: total ?? 0)
    }

    /// What is stored now; or, for a moment that is past, what was stored then and gave a right.
    private static func source(of query: AccessBrowsing, _ filter: inout BrowsingFilter) -> String {
        guard let moment = query.moment?.seconds else {
            if !query.includesUnapproved { filter.require("a.state = 'APPROVED'") }
            return "scope_access"
        }
        filter.require("a.state = 'APPROVED'")
        filter.require("(a.valid_from IS NULL OR a.valid_from <= ?)", moment)
        filter.require("(a.valid_until IS NULL OR a.valid_until > ?)", moment)
        // The moment is a number that was parsed: it can be nothing else.
        return """
            (SELECT scope, consumer, state, valid_from, valid_until, reason, legal_basis, purpose, accepted_terms,
                created, last_updated, origin FROM scope_access WHERE last_updated <= \(moment)
            UNION ALL
            SELECT scope, consumer, state, valid_from, valid_until, reason, legal_basis, purpose, accepted_terms,
                created, since, origin FROM scope_access_before WHERE since <= \(moment) AND replaced > \(moment))
            """
    }

    private static func order(of paging: Paging<AccessBrowsing.Order>) -> String {
        let own = "a.scope, a.consumer"
        return switch paging.order {
        // In the table's own order nothing is sorted.
        case .scope where !paging.isDescending: " ORDER BY \(own) LIMIT \(paging.limit) OFFSET \(paging.offset)"
        case .scope: paging.clause("a.scope", then: "a.consumer")
        case .consumer: paging.clause("a.consumer", then: own)
        case .since: paging.clause("a.created", then: own)
        case .until: paging.clause("a.valid_until", then: own)
        case .lastToken:
            paging.clause(
                "(SELECT max(last) FROM usage_access u WHERE u.scope = a.scope AND u.consumer = a.consumer)",
                then: own
            )
        }
    }

    /// The scopes that delegations to a supplier are about, each with its consumer, as JSON.
    private func delegatedScopes(to supplier: OrganisationNumber) throws -> String {
        var scopes: [ResourceID: [ScopeName]] = [:]
        var pairs: [JSONValue] = []
        for delegation in try delegations(DelegationQuery(supplier: supplier)) {
            let known = try scopes[delegation.resource] ?? resource(delegation.resource)?.scopes ?? []
            scopes[delegation.resource] = known
            pairs += known.map { [.string($0.rawValue), .integer(delegation.consumer.integer)] }
        }
        return JSONValue.array(pairs).text()
    }

    private func uses(of accesses: [ScopeAccess], at now: Timestamp) throws -> [AccessUse] {
        let recent = try unsummedUsage()
        let firstDay = (now - .days(30)).seconds / 86_400
        return try accesses.map { access in
            let (scope, consumer) = (access.scope.rawValue, access.consumer.integer)
            let since = recent.accesses.filter { $0.key.scope == scope && $0.key.consumer == consumer }
            let stored = try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT max(last) FROM usage_access WHERE scope = ? AND consumer = ?"),
                arguments: [scope, consumer]
            )
            let days = try Int64.fetchOne(
                database.cachedStatement(
                    sql: "SELECT sum(count) FROM usage_day WHERE scope = ? AND consumer = ? AND day > ?"
                ),
                arguments: [scope, consumer, firstDay]
            )
            let clients = try Int.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT count(*) FROM client WHERE owner = ? AND active = 1
                            AND id IN (SELECT client FROM client_scope WHERE scope = ?)
                        """
                ),
                arguments: [consumer, scope]
            )
            let fresh = recent.days.filter {
                $0.key.scope == scope && $0.key.consumer == consumer && $0.key.day > firstDay
            }
            return AccessUse(
                access: access,
                lastToken: ([stored] + since.values.map(Optional.some)).compactMap(\.self).max()
                    .map { Timestamp(seconds: $0) },
                recentTokens: (days ?? 0) + fresh.values.reduce(0, +),
                clients: clients ?? 0
            )
        }
    }
}
