public import AuditLedger
internal import RelationalStorage
public import Vocabulary

/// Tokens that were ended before their time.
extension SQLiteReader: TokenRevocationReader {
    /// The revocation of that subject; nil when there is none.
    public func revocation(of subject: TokenRevocation.Subject) throws -> TokenRevocation? {
        let statement = try database.cachedStatement(
            sql: "SELECT issued_until, freed FROM token_revocation WHERE kind = ? AND subject = ?"
        )
        return try Row.fetchOne(statement, arguments: [subject.kind, subject.identifier]).map { row in
            TokenRevocation(
                subject: subject,
                issuedUntil: Timestamp(seconds: row[0]),
                freed: Timestamp(seconds: row[1])
            )
        }
    }

    /// A number that rises with every revocation; 0 before the first.
    public var revocationCount: Int64 {
        get throws {
            try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'token_revocation'")
            ) ?? 0
        }
    }

    /// Every revocation of a kind: the time by identifier, up to which tokens are ended.
    public func revocations(ofKind kind: String) throws -> [String: Timestamp] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT subject, issued_until FROM token_revocation WHERE kind = ?",
            arguments: [kind]
        )
        return Dictionary(
            rows.map { ($0[0] as String, Timestamp(seconds: $0[1])) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Whether there are revocations freed before a time, or places of tokens that ended before another one.
    public func hasPastRevocations(before now: Timestamp, statusEntriesBefore time: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM token_revocation WHERE freed < ?)
                        OR EXISTS (SELECT 1 FROM status_entry WHERE expires < ?)
                    """
            ),
            arguments: [now.seconds, time.seconds]
        ) ?? false
    }
}

extension SQLiteTransaction: TokenRevocationStore {
    /// Keeps a revocation in place of an older one of the same subject.
    public func put(_ revocation: TokenRevocation) throws {
        // Replaced and not updated: its `id` must rise.
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO token_revocation (kind, subject, issued_until, freed) VALUES (?, ?, ?, ?)
                """,
            arguments: [
                revocation.subject.kind, revocation.subject.identifier, revocation.issuedUntil.seconds,
                revocation.freed.seconds,
            ]
        )
    }

    /// The latest time of the ledger's newest entries, at most so many.
    public func latestEntryTime(among count: Int) throws -> Timestamp? {
        try Int64.fetchOne(
            database,
            sql: "SELECT max(time) FROM (SELECT time FROM ledger ORDER BY sequence DESC LIMIT ?)",
            arguments: [count]
        ).map { Timestamp(seconds: $0) }
    }

    /// Takes out revocations that no token is left of, at most so many; returns how many they were.
    public func removeRevocations(freedBefore now: Timestamp, limit: Int) throws -> Int {
        try database.execute(
            sql: """
                DELETE FROM token_revocation WHERE id IN
                    (SELECT id FROM token_revocation WHERE freed < ? ORDER BY freed LIMIT ?)
                """,
            arguments: [now.seconds, limit]
        )
        return database.changesCount
    }
}
