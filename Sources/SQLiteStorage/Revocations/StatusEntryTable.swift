internal import AuditLedger
internal import RelationalStorage
public import TokenIssuance
public import Vocabulary

/// The places of tokens in status lists.
extension SQLiteTransaction: StatusListStore {
    /// Puts a token at a place; false when another one has it.
    public func put(_ entry: StatusEntry, at place: StatusPlace) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO status_entry (list, place, token, grounds, issued, expires)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            place.list, place.index, entry.token.rawValue, entry.grounds.stored, entry.issued.seconds,
            entry.expires.seconds,
        ])
        return database.changesCount == 1
    }

    /// Marks the tokens at these places as ended; those whose place has another token by now are left.
    public func end(_ tokens: [(place: StatusPlace, token: TokenID)], at now: Timestamp) throws {
        let statement = try database.cachedStatement(
            sql: "UPDATE status_entry SET ended = ? WHERE list = ? AND place = ? AND token = ? AND ended IS NULL"
        )
        for (place, token) in tokens {
            try statement.execute(arguments: [now.seconds, place.list, place.index, token.rawValue])
        }
    }

    /// Frees the places of tokens that ended before a time, at most so many; returns how many they were.
    public func removeStatusEntries(endedBefore time: Timestamp, limit: Int) throws -> Int {
        try database.execute(
            sql: """
                DELETE FROM status_entry WHERE (list, place) IN
                    (SELECT list, place FROM status_entry WHERE expires < ? ORDER BY expires LIMIT ?)
                """,
            arguments: [time.seconds, limit]
        )
        return database.changesCount
    }
}

extension SQLiteReader {
    /// The highest number of a list with a token in it; nil when no token has a place.
    public var highestStatusList: Int? {
        get throws { try Int.fetchOne(database, sql: "SELECT max(list) FROM status_entry") }
    }

    /// The places of ended tokens whose end is to be told at that time: their `exp` and ``TokenRevocation/linger`` are ahead.
    public func endedStatusPlaces(at now: Timestamp) throws -> [StatusPlace] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT list, place FROM status_entry INDEXED BY status_entry_ended
                WHERE ended IS NOT NULL AND expires + ? > ? ORDER BY list, place
                """,
            arguments: [TokenRevocation.linger.count, now.seconds]
        )
        var places: [StatusPlace] = []
        while let row = try rows.next() { places.append(StatusPlace(list: row[0], index: row[1])) }
        return places
    }

    /// Visits the tokens with a place that have not ended by that time, in the order of their places.
    public func visitStatusEntries(
        livingAt now: Timestamp,
        _ visit: (StatusPlace, TokenID, _ grounds: String, _ issued: Timestamp) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT list, place, token, grounds, issued FROM status_entry WHERE ended IS NULL AND expires > ?",
            arguments: [now.seconds]
        )
        while let row = try rows.next() {
            try visit(
                StatusPlace(list: row[0], index: row[1]),
                TokenID(row[2]),
                row[3],
                Timestamp(seconds: row[4])
            )
        }
    }

    /// How many tokens have a place, the ended ones included that still hold theirs.
    public var statusEntryCount: Int {
        get throws { try Int.fetchOne(database, sql: "SELECT count(*) FROM status_entry") ?? 0 }
    }

    /// Whether the token at that place is marked as ended; nil when the place is not that token's.
    public func hasEnded(_ token: TokenID, at place: StatusPlace) throws -> Bool? {
        let statement = try database.cachedStatement(
            sql: "SELECT ended IS NOT NULL FROM status_entry WHERE list = ? AND place = ? AND token = ?"
        )
        return try Bool.fetchOne(statement, arguments: [place.list, place.index, token.rawValue])
    }
}
