internal import Clients
internal import RelationalStorage
internal import Vocabulary

/// The on-behalf-of entries of clients.
extension SQLiteReader {
    /// The entries of a client, by value.
    func onBehalfOfEntries(of client: ClientID) throws -> [OnBehalfOfEntry] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT value, consumer, name, description, uri, created, last_updated FROM client_on_behalf_of
                WHERE client = ? ORDER BY value
                """
        )
        return try Row.fetchAll(statement, arguments: [client.rawValue]).map { row in
            var entry = OnBehalfOfEntry(
                value: row[0],
                consumer: try StoredValue.organisation(row[1], of: "an on-behalf-of entry of client `\(client)`"),
                name: row[2],
                description: row[3],
                uri: row[4],
                created: Timestamp(seconds: row[5])
            )
            entry.lastUpdated = Timestamp(seconds: row[6])
            return entry
        }
    }
}

extension SQLiteTransaction {
    /// Keeps these entries of a client and no others.
    func replaceOnBehalfOfEntries(of client: ClientID, with entries: [OnBehalfOfEntry]) throws {
        try database.execute(sql: "DELETE FROM client_on_behalf_of WHERE client = ?", arguments: [client.rawValue])
        guard !entries.isEmpty else { return }
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO client_on_behalf_of (client, value, consumer, name, description, uri, created, last_updated)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        for entry in entries {
            try statement.execute(arguments: [
                client.rawValue, entry.value, entry.consumer.integer, entry.name, entry.description, entry.uri,
                entry.created.seconds, entry.lastUpdated.seconds,
            ])
        }
    }
}
