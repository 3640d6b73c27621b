import AuditLedger
import Foundation
import GRDB
import TestSupport
import Testing
import Vocabulary

@testable import SQLiteStorage

private let alteration =
    "UPDATE ledger SET body = CAST(replace(CAST(body AS TEXT), 'token_issued', 'token_denied') AS BLOB)"

/// An installation with some entries, whose store stops at damage.
private struct Served {
    let installation: Installation
    let store: SQLiteStore

    init(entries: Int = 2_000) throws {
        installation = try Installation.empty()
        store = try SQLiteStore(installation.folder, opening: .migrate, stopsAtDamage: true)
        try store.transaction { transaction in for _ in 0..<entries { try transaction.append(event()) } }
        // Into the file, so that no newer copy of a page stands in the log.
        try store.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    var folder: DataFolder { installation.folder }

    func expectShut(_ found: StorageError?, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let damage = try #require(found, sourceLocation: sourceLocation)
        #expect(store.damage == damage, sourceLocation: sourceLocation)
        #expect(throws: damage, sourceLocation: sourceLocation) { try store.transaction { _ in } }
        #expect(throws: damage, sourceLocation: sourceLocation) { try store.read { try $0.node } }
        await #expect(throws: damage, sourceLocation: sourceLocation) { try await Self.node(of: store) }
    }

    private static func node(of store: SQLiteStore) async throws -> String { try await store.read { try $0.node } }

    /// Does something to the ledger that its triggers would not let anybody do.
    func tamper(_ sql: String) throws {
        let queue = try installation.foreignConnection()
        try queue.write { database in
            for name in try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try database.execute(sql: "DROP TRIGGER \(name)")
            }
            try database.execute(sql: sql)
        }
        try queue.close()
    }
}

@Suite("SQLite: nothing is served from a database that is damaged or gone", .timeLimit(.minutes(2)))
struct SoundnessTests {
    @Test func `what is committed into a removed file is told to nobody, and nothing is read any more`() async throws {
        let served = try Served()
        defer { served.installation.remove() }
        try FileManager.default.removeItem(atPath: served.folder.database)
        let displaced = #expect(throws: StorageError.self) { try served.store.transaction { try $0.append(event()) } }
        #expect(displaced == .displaced(path: served.folder.database))
        try await served.expectShut(displaced)
    }

    @Test(arguments: ["", "-wal", "-shm"])
    func `each file of the database must stay where it is`(suffix: String) async throws {
        let served = try Served()
        defer { served.installation.remove() }
        try served.store.requireSound()
        let path = served.folder.database + suffix
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        let displaced = #expect(throws: StorageError.self) { try served.store.requireSound() }
        #expect(displaced == .displaced(path: path))
        // What was written meanwhile may be lacking in it.
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        try await served.expectShut(displaced)
    }

    @Test func `another database in its place is not written, and keeps its log when the store is closed`() throws {
        let served = try Served()
        defer { served.installation.remove() }
        let other = try Installation.empty()
        defer { other.remove() }
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: served.folder.database + suffix)
        }
        let stranger = try SQLiteStore(served.folder, opening: .migrate)
        try stranger.transaction { try $0.append(event(.initialised)) }
        #expect(throws: StorageError.self) { try served.store.transaction { try $0.append(event()) } }
        try served.store.close()
        #expect(FileManager.default.fileExists(atPath: served.folder.database + "-wal"))
        #expect(try stranger.read { try $0.lastSequence } == 1)
        try stranger.close()
    }

    @Test func `all of a removed database is rescued into a backup that can be restored`() throws {
        let served = try Served(entries: 50)
        defer { served.installation.remove() }
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: served.folder.database + suffix)
        }
        #expect(throws: StorageError.self) { try served.store.transaction { try $0.append(event(.accessGranted)) } }
        let path = served.folder.path + "/rescued.db"
        let manifest = try StoreBackup.make(served.store, to: path, at: epoch)
        #expect(manifest.lastSequence == 51)
        let lock = try ServeLock(on: served.folder)
        _ = try StoreBackup.restore(path, into: served.folder, holding: lock, at: epoch) { _, _ in }
        #expect(try served.installation.rows().count == 51)
    }

    @Test func `a page that nobody has read is found damaged, and the store is shut`() async throws {
        let served = try Served()
        defer { served.installation.remove() }
        let scanner = StoreScanner(served.store)
        try scanner.look()
        let file = try FileHandle(forUpdating: URL(filePath: served.folder.database))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size / 4_096 / 2 * 4_096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
        try file.close()
        let damage = #expect(throws: StorageError.self) { try scanner.look() }
        guard case .corrupt = damage else {
            Issue.record("not told as damage: \(String(describing: damage))")
            return
        }
        try await served.expectShut(damage)
    }

    @Test(arguments: [
        ("\(alteration) WHERE sequence = 7", "entry 7"),
        ("\(alteration) WHERE sequence = 1999", "entry 1999"),
        ("DELETE FROM ledger WHERE sequence = 1500", "entry 1500 is missing"),
        ("DELETE FROM ledger WHERE sequence > 1990", "entries 1991 to 2000 are missing"),
    ])
    func `an entry that was changed is found by a few looks`(sql: String, word: String) async throws {
        let served = try Served()
        defer { served.installation.remove() }
        let scanner = StoreScanner(served.store)
        for _ in 0..<3 { try scanner.look() }
        try served.tamper(sql)
        let damage = #expect(throws: StorageError.self) { for _ in 0..<3 { try scanner.look() } }
        #expect("\(try #require(damage))".contains(word))
        try await served.expectShut(damage)
    }

    @Test func `looks go on beside writes and where the ledger begins at a cut`() throws {
        let served = try Served(entries: 0)
        defer { served.installation.remove() }
        let scanner = StoreScanner(served.store)
        try scanner.look()
        for _ in 0..<4 {
            try served.store.transaction { transaction in for _ in 0..<700 { try transaction.append(event()) } }
            try scanner.look()
        }
        #expect(served.store.damage == nil)
    }

    @Test func `a database that cannot be looked at is not called damaged`() throws {
        let served = try Served()
        defer { served.installation.remove() }
        let scanner = StoreScanner(served.store)
        chmod(served.folder.database, 0)
        defer { chmod(served.folder.database, 0o600) }
        // Root may read whatever the mode: then there is nothing to see.
        try? scanner.look()
        #expect(served.store.damage == nil)
    }

    @Test func `a command's store goes on: only who serves stops`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        try FileManager.default.removeItem(atPath: installation.folder.database)
        try store.transaction { try $0.append(event()) }
        #expect(store.damage == nil)
        try store.requireSound()
    }
}
