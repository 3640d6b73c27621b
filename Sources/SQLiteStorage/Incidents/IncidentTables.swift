public import Administration
internal import RelationalStorage
public import Vocabulary

/// Incidents, and what is blocked because of them.
extension SQLiteReader: IncidentReader {
    /// The clients with a key of that identifier.
    public func clients(withKey id: KeyID) throws -> [ClientID] {
        try String.fetchAll(
            database,
            sql: "SELECT client FROM client_key WHERE kid = ? ORDER BY client",
            arguments: [id.rawValue]
        ).map(Self.clientID)
    }

    /// The keys that were registered with that certificate, each with its client.
    public func keys(boundToCertificate thumbprint: String) throws -> [(client: ClientID, key: KeyID)] {
        try Row.fetchAll(
            database,
            sql: "SELECT client, kid FROM client_key WHERE certificate = ? ORDER BY client, kid",
            arguments: [thumbprint]
        ).map { row in
            guard let key = try? KeyID(parsing: row[1] as String) else {
                throw StorageError.corrupt(detail: "the key `\(row[1] as String)` is malformed")
            }
            return (try Self.clientID(row[0]), key)
        }
    }

    /// The incidents, the newest first.
    public func incidents() throws -> [Incident] {
        try Row.fetchAll(database, sql: "SELECT id, kind, subject, since, declared FROM incident ORDER BY id DESC")
            .map { row in
                Incident(
                    id: row[0],
                    kind: row[1],
                    subject: row[2],
                    since: Timestamp(seconds: row[3]),
                    declared: Timestamp(seconds: row[4])
                )
            }
    }

    /// Whether the certificate of that SHA-256, in lower-case hexadecimal, is blocked.
    func isBlocked(certificate thumbprint: String) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM blocked_certificate WHERE thumbprint = ?")
        return try Bool.fetchOne(statement, arguments: [thumbprint]) ?? false
    }

    private static func clientID(_ text: String) throws -> ClientID {
        guard let id = try? ClientID(parsing: text) else {
            throw StorageError.corrupt(detail: "the client `\(text)` is malformed")
        }
        return id
    }
}

extension SQLiteTransaction: IncidentStore {
    /// Keeps an incident under the next number.
    public func keep(_ incident: Incident) throws -> Int64 {
        let id = try Int64.fetchOne(
            database,
            sql: "INSERT INTO incident (kind, subject, since, declared) VALUES (?, ?, ?, ?) RETURNING id",
            arguments: [incident.kind, incident.subject, incident.since.seconds, incident.declared.seconds]
        )
        guard let id else { throw StorageError.other(code: 0, message: "an incident got no number") }
        return id
    }

    /// Blocks a certificate.
    public func block(certificate thumbprint: String, at now: Timestamp) throws -> Bool {
        try database.execute(
            sql: "INSERT OR IGNORE INTO blocked_certificate (thumbprint, since) VALUES (?, ?)",
            arguments: [thumbprint, now.seconds]
        )
        guard database.changesCount == 1 else { return false }
        try raiseRevision()
        return true
    }

    /// Lets a certificate prove clients again.
    public func unblock(certificate thumbprint: String) throws -> Bool {
        try database.execute(sql: "DELETE FROM blocked_certificate WHERE thumbprint = ?", arguments: [thumbprint])
        guard database.changesCount == 1 else { return false }
        try raiseRevision()
        return true
    }

    /// Marks every token with a place in a status list as ended.
    public func endAllStatusEntries(at now: Timestamp) throws -> Int {
        try database.execute(
            sql: "UPDATE status_entry SET ended = ? WHERE ended IS NULL AND expires > ?",
            arguments: [now.seconds, now.seconds]
        )
        return database.changesCount
    }
}
