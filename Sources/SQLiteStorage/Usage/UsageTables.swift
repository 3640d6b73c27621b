public import Administration
internal import RelationalStorage
internal import Scopes
public import Vocabulary

/// What the ledger says of use: the stored sums, and the entries that came since.
extension SQLiteReader: UsageReader {
    /// Whether the sums are being made for the first time: what is told of use then lacks the newest.
    public var isUsageBehind: Bool {
        get throws { try lastSequence - usageState() > Self.mostUnsummed }
    }

    /// The hours from `start` on in which something was, and what; of one organisation or of all.
    public func usage(from start: Timestamp, of organisation: OrganisationNumber?) throws -> [UsageHour] {
        let number = organisation?.integer ?? 0
        let first = start.seconds / 3_600
        var counts: [UsageSums.Hour: Int64] = [:]
        let statement = try database.cachedStatement(
            sql: "SELECT hour, code, count FROM usage_hour WHERE organisation = ? AND hour >= ?"
        )
        for row in try Row.fetchAll(statement, arguments: [number, first]) {
            counts[UsageSums.Hour(organisation: number, hour: row[0], code: row[1])] = row[2]
        }
        for (key, count) in try unsummedUsage().hours where key.organisation == number && key.hour >= first {
            counts[key, default: 0] += count
        }
        return counts.sorted { ($0.key.hour, $0.key.code) < ($1.key.hour, $1.key.code) }.map { key, count in
            UsageHour(
                start: Timestamp(seconds: key.hour * 3_600),
                code: key.code.isEmpty ? nil : key.code,
                count: count
            )
        }
    }

    /// What each of these clients last did; those that never did anything are left out.
    public func use(of clients: [ClientID]) throws -> [ClientID: ClientUse] {
        let recent = try unsummedUsage().clients
        let statement = try database.cachedStatement(
            sql: "SELECT issued, refused, refusal FROM usage_client WHERE client = ?"
        )
        var uses: [ClientID: ClientUse] = [:]
        for client in clients {
            let row = try Row.fetchOne(statement, arguments: [client.rawValue])
            let since = recent[client.rawValue]
            guard row != nil || since != nil else { continue }
            var use = ClientUse()
            use.issued = [row?[0] as Int64?, since?.issued].compactMap(\.self).max().map { Timestamp(seconds: $0) }
            use.refused = (since?.refused ?? row?[1]).map { Timestamp(seconds: $0) }
            use.refusal = since?.refusal ?? row?[2]
            uses[client] = use
        }
        return uses
    }

    /// When a token was last issued with each scope.
    public func lastTokens() throws -> [ScopeName: Timestamp] {
        let statement = try database.cachedStatement(sql: "SELECT scope, max(last) FROM usage_access GROUP BY scope")
        var times = try Row.fetchAll(statement).reduce(into: [String: Int64]()) { $0[$1[0]] = $1[1] }
        for (access, last) in try unsummedUsage().accesses {
            times[access.scope] = max(times[access.scope] ?? .min, last)
        }
        return times.reduce(into: [:]) { uses, entry in
            if let name = try? ScopeName(parsing: entry.key) { uses[name] = Timestamp(seconds: entry.value) }
        }
    }

    /// When each registered key of a client last proved it.
    public func keyUse(of client: ClientID) throws -> [KeyID: Timestamp] {
        let statement = try database.cachedStatement(sql: "SELECT kid, last FROM usage_key WHERE client = ?")
        var times = try Row.fetchAll(statement, arguments: [client.rawValue]).reduce(into: [String: Int64]()) {
            $0[$1[0]] = $1[1]
        }
        for (key, last) in try unsummedUsage().keys where key.client == client.rawValue {
            times[key.kid] = max(times[key.kid] ?? .min, last)
        }
        return times.reduce(into: [:]) { uses, entry in
            if let id = try? KeyID(parsing: entry.key) { uses[id] = Timestamp(seconds: entry.value) }
        }
    }

    /// The refusals asked for, the newest first.
    public func scopeRefusals(_ query: ScopeRefusalQuery) throws -> [ScopeRefusal] {
        var filter = SQLFilter()
        filter.require("scope = ?", query.scope?.rawValue)
        filter.require("scope IN (SELECT name FROM scope WHERE owner = ?)", query.owner?.integer)
        filter.require("consumer = ?", query.consumer?.integer)
        filter.require("client = ?", query.client?.rawValue)
        var found: [UsageSums.Refusal: (count: Int64, last: Int64)] = [:]
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT scope, consumer, client, code, reason, count, last FROM usage_refusal \(filter.clause)
                ORDER BY last DESC LIMIT \(query.limit)
                """,
            arguments: filter.arguments
        )
        for row in rows { found[Self.refusal(row)] = (row[5], row[6]) }
        for (key, refusal) in try unsummedUsage().refusals where try wants(key, query) {
            let known: (count: Int64, last: Int64)
            if let stored = found[key] { known = stored } else { known = (try storedCount(of: key), .min) }
            found[key] = (known.count + refusal.count, max(known.last, refusal.last))
        }
        return found.sorted {
            ($1.value.last, $0.key.scope, $0.key.client) < ($0.value.last, $1.key.scope, $1.key.client)
        }
        .prefix(query.limit).compactMap { key, value in
            guard let scope = try? ScopeName(parsing: key.scope), let client = try? ClientID(parsing: key.client)
            else { return nil }
            return ScopeRefusal(
                scope: scope,
                consumer: OrganisationNumber(integer: key.consumer),
                client: client,
                code: key.code,
                reason: key.reason,
                count: value.count,
                last: Timestamp(seconds: value.last)
            )
        }
    }

    private static func refusal(_ row: Row) -> UsageSums.Refusal {
        UsageSums.Refusal(scope: row[0], consumer: row[1], client: row[2], code: row[3], reason: row[4])
    }

    private func wants(_ key: UsageSums.Refusal, _ query: ScopeRefusalQuery) throws -> Bool {
        guard query.scope.map({ $0.rawValue == key.scope }) ?? true,
            query.consumer.map({ $0.integer == key.consumer }) ?? true,
            query.client.map({ $0.rawValue == key.client }) ?? true
        else { return false }
        guard let owner = query.owner else { return true }
        return try (try? ScopeName(parsing: key.scope)).flatMap { try scope($0) }?.owner == owner
    }

    /// One that is too old for the list, but for what came since.
    private func storedCount(of key: UsageSums.Refusal) throws -> Int64 {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT count FROM usage_refusal
                    WHERE scope = ? AND consumer = ? AND client = ? AND code = ? AND reason = ?
                    """
            ),
            arguments: [key.scope, key.consumer, key.client, key.code, key.reason]
        ) ?? 0
    }
}
