internal import RelationalStorage
public import Organisations
public import Vocabulary

/// The register's change feeds: how far each was read, and when what it tells of was last brought up to date.
extension SQLiteReader {
    /// What is known of every feed, in their order.
    public func registerFeeds() throws -> [RegisterFeedState] { try RegisterFeed.allCases.map { try registerFeed($0) } }

    /// What is known of one feed.
    public func registerFeed(_ feed: RegisterFeed) throws -> RegisterFeedState {
        let statement = try database.cachedStatement(
            sql: "SELECT cursor, imported, succeeded, failed, failure, failures FROM register_feed WHERE feed = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [feed.rawValue]) else {
            throw StorageError.corrupt(detail: "the state of the feed `\(feed.rawValue)` is missing")
        }
        var state = RegisterFeedState(feed: feed)
        if let text = row[0] as String? {
            guard let cursor = FeedCursor(text: text) else {
                throw StorageError.corrupt(detail: "the cursor of the feed `\(feed.rawValue)` is malformed")
            }
            state.cursor = cursor
        }
        state.imported = (row[1] as Int64?).map { Timestamp(seconds: $0) }
        state.succeeded = (row[2] as Int64?).map { Timestamp(seconds: $0) }
        state.failed = (row[3] as Int64?).map { Timestamp(seconds: $0) }
        state.failure = row[4]
        state.failures = row[5]
        return state
    }
}

extension SQLiteTransaction {
    /// Notes how far a feed was read; `success` is the time when that is to its present end.
    func noteRead(of feed: RegisterFeed, to cursor: FeedCursor, success: Timestamp?) throws {
        try database.execute(
            sql: """
                UPDATE register_feed SET cursor = ?2, succeeded = coalesce(?3, succeeded),
                    failed = iif(?3 IS NULL, failed, NULL), failure = iif(?3 IS NULL, failure, NULL),
                    failures = iif(?3 IS NULL, failures, 0)
                WHERE feed = ?1
                """,
            arguments: [feed.rawValue, cursor.text, success?.seconds]
        )
    }

    /// Notes that a feed could not be read.
    public func noteFailure(of feed: RegisterFeed, cause: String, at now: Timestamp) throws {
        try database.execute(
            sql: "UPDATE register_feed SET failed = ?2, failure = ?3, failures = failures + 1 WHERE feed = ?1",
            arguments: [feed.rawValue, now.seconds, cause]
        )
    }

    /// Says from where on a feed is read next.
    public func set(_ cursor: FeedCursor, of feed: RegisterFeed) throws {
        try database.execute(
            sql: "UPDATE register_feed SET cursor = ?2 WHERE feed = ?1",
            arguments: [feed.rawValue, cursor.text]
        )
    }

    /// Notes that a whole file of the feed's kind was imported.
    ///
    /// The file may be older than what the feed told since: all from before the import on is read once more.
    func noteImport(of feed: RegisterFeed, at now: Timestamp) throws {
        try database.execute(
            sql: "UPDATE register_feed SET cursor = NULL, imported = ?2 WHERE feed = ?1",
            arguments: [feed.rawValue, now.seconds]
        )
    }
}
