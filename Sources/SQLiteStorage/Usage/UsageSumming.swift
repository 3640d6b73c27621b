internal import RelationalStorage
internal import Vocabulary

/// Keeping what the ledger says of use in sums, so that nobody who asks reads millions of entries.
extension SQLiteStore {
    /// A step of summing up: what was read, to be written in a transaction of its own.
    public struct UsageStep: Sendable {
        fileprivate let before: Int64
        fileprivate let sums: UsageSums

        /// How many entries it counts in; 0: there was nothing to do.
        public var entries: Int64 { sums.through - before }
    }

    /// Reads the next entries that are not summed up, at most `limit`, with rests in between; does not write.
    public func nextUsageStep(limit: Int64) async throws -> UsageStep {
        try await read { reader in
            UsageStep(before: try reader.usageState(), sums: try reader.unsummedUsage(limit: limit, resting: true))
        }
    }
}

extension SQLiteTransaction {
    /// The longest time that sums by the hour and day are kept.
    private static let retention = Seconds.days(32)

    /// Adds a step to the sums, unless somebody else has done it meanwhile.
    public func add(_ step: SQLiteStore.UsageStep) throws {
        guard try usageState() == step.before, step.entries > 0 else { return }
        let sums = step.sums
        try addCounts(sums)
        try addTimes(sums)
        try run("UPDATE usage_state SET sequence = ? WHERE id = 1", [sums.through])
        guard let newest = sums.hours.keys.map(\.hour).max() else { return }
        // The oldest go as the newest come: never many at once.
        let hours = Self.retention.count / 3_600
        try run("DELETE FROM usage_day WHERE day < ?", [(newest - hours) / 24])
        for organisation in Set(sums.hours.keys.map(\.organisation)) {
            try run("DELETE FROM usage_hour WHERE organisation = ? AND hour < ?", [organisation, newest - hours])
        }
    }

    private func addCounts(_ sums: UsageSums) throws {
        for (key, count) in sums.hours {
            try run(
                """
                INSERT INTO usage_hour (organisation, hour, code, count) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """,
                [key.organisation, key.hour, key.code, count]
            )
        }
        for (key, count) in sums.days {
            try run(
                """
                INSERT INTO usage_day (scope, consumer, day, count) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """,
                [key.scope, key.consumer, key.day, count]
            )
        }
        for (key, refusal) in sums.refusals {
            try run(
                """
                INSERT INTO usage_refusal (scope, consumer, client, code, reason, count, last)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count, last = max(last, excluded.last)
                """,
                [key.scope, key.consumer, key.client, key.code, key.reason, refusal.count, refusal.last]
            )
        }
    }

    private func addTimes(_ sums: UsageSums) throws {
        for (key, last) in sums.accesses {
            try run(
                """
                INSERT INTO usage_access (scope, consumer, supplier, last) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET last = max(last, excluded.last)
                """,
                [key.scope, key.consumer, key.supplier, last]
            )
        }
        for (client, use) in sums.clients {
            try run(
                """
                INSERT INTO usage_client (client, issued, refused, refusal) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET issued = coalesce(max(issued, excluded.issued), issued, excluded.issued),
                    refused = coalesce(excluded.refused, refused), refusal = coalesce(excluded.refusal, refusal)
                """,
                [client, use.issued, use.refused, use.refusal]
            )
        }
        for (key, last) in sums.keys {
            try run(
                """
                INSERT INTO usage_key (client, kid, last) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET last = max(last, excluded.last)
                """,
                [key.client, key.kid, last]
            )
        }
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
