public import Administration
internal import Foundation
internal import RelationalStorage
public import Vocabulary

/// Links to the console and sessions of it.
extension SQLiteReader: ConsoleReader {
    /// The session whose secret has that hash, also one that is over.
    public func consoleSession(_ hash: [UInt8]) throws -> ConsoleSession? {
        let statement = try database.cachedStatement(
            sql: "SELECT organisation, made_by, began, used FROM console_session WHERE hash = ?"
        )
        return try Row.fetchOne(statement, arguments: [Data(hash)]).map { row in
            ConsoleSession(
                hash: hash,
                organisation: try (row[0] as Int64?).map {
                    try StoredValue.organisation($0, of: "a session of the console")
                },
                madeBy: row[1],
                began: Timestamp(seconds: row[2]),
                used: Timestamp(seconds: row[3])
            )
        }
    }
}

extension SQLiteTransaction: ConsoleStore {
    /// Keeps a link, and forgets those that are over.
    public func insert(_ link: ConsoleLink, at now: Timestamp) throws {
        try database.execute(sql: "DELETE FROM console_link WHERE ends <= ?", arguments: [now.seconds])
        try database.execute(
            sql: "INSERT INTO console_link (hash, organisation, made_by, ends) VALUES (?, ?, ?, ?)",
            arguments: [Data(link.hash), link.organisation?.integer, link.madeBy, link.ends.seconds]
        )
    }

    /// Takes the link whose secret has that hash: who calls first has it, and nobody after him.
    public func takeConsoleLink(_ hash: [UInt8]) throws -> ConsoleLink? {
        try Row.fetchOne(
            database,
            sql: "DELETE FROM console_link WHERE hash = ? RETURNING organisation, made_by, ends",
            arguments: [Data(hash)]
        ).map { row in
            ConsoleLink(
                hash: hash,
                organisation: try (row[0] as Int64?).map {
                    try StoredValue.organisation($0, of: "a link to the console")
                },
                madeBy: row[1],
                ends: Timestamp(seconds: row[2])
            )
        }
    }

    /// Keeps a session, and forgets those that are over.
    public func insert(_ session: ConsoleSession, at now: Timestamp) throws {
        try database.execute(
            sql: "DELETE FROM console_session WHERE used <= ? OR began <= ?",
            arguments: [(now - ConsoleSession.idleLifetime).seconds, (now - ConsoleSession.lifetime).seconds]
        )
        try database.execute(
            sql: "INSERT INTO console_session (hash, organisation, made_by, began, used) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                Data(session.hash), session.organisation?.integer, session.madeBy, session.began.seconds,
                session.used.seconds,
            ]
        )
    }

    /// Notes that a session was used.
    public func noteUse(ofConsoleSession hash: [UInt8], at now: Timestamp) throws {
        try database.execute(
            sql: "UPDATE console_session SET used = max(used, ?) WHERE hash = ?",
            arguments: [now.seconds, Data(hash)]
        )
    }

    /// Takes a session away; nil when there was none.
    public func removeConsoleSession(_ hash: [UInt8]) throws -> ConsoleSession? {
        guard let session = try consoleSession(hash) else { return nil }
        try database.execute(sql: "DELETE FROM console_session WHERE hash = ?", arguments: [Data(hash)])
        return session
    }
}
