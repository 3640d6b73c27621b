internal import GRDB
internal import RelationalStorage

/// One step of the schema: numbered, append-only, in terms of tables and never of today's Swift types.
///
/// A released step is never edited; a change is a new step at the end of ``all``.
struct Migration: Sendable {
    /// Its number: the schema version that it leads to, kept in `PRAGMA user_version`.
    let number: Int
    /// What it is about, for messages.
    let name: String
    /// The statements.
    let sql: String
    /// What statements alone cannot do, after them.
    var conversion: (@Sendable (GRDB.Database) throws -> Void)?

    /// All steps, in order and without gaps from 1; each is written in a file of its own.
    static let all: [Migration] = [
        .ledger, .organisations, .scopes, .clients, .roles, .delegations, .accessLists, .systemUsersAndConsents,
        .clientDPoP, .tokenRevocations, .revocationEvidence, .clientCertificates,
        .organisationRecords, .registerFeeds, .organisationNames, .consoleAndUsage, .accessRequests,
        .attention, .ledgerTree, .incidents,
    ]

    /// The schema version that this program works with.
    static let current = all.last?.number ?? 0

    /// What `PRAGMA application_id` reads in a database of ours: "Port" in ASCII.
    static let applicationID: Int64 = 0x506F_7274
}

extension Migration {
    /// Brings the schema from `version` up to date inside the open transaction.
    static func migrate(_ database: GRDB.Database, from version: Int) throws {
        for migration in all where migration.number > version {
            try database.execute(sql: migration.sql)
            try migration.conversion?(database)
            // The pragma takes no parameters; the number is ours.
            try database.execute(sql: "PRAGMA user_version = \(migration.number)")
        }
    }

    /// The schema version of an open database; 0 for a new one.
    static func version(of database: any RelationalStorage.Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }
}
