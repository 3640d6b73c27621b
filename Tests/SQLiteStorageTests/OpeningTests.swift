import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStorage

@Suite("SQLite: what opening a database sets and demands")
struct OpeningTests {
    let installation: Installation
    var folder: DataFolder { installation.folder }

    init() throws { installation = try Installation.empty() }

    @Test func `syncs every commit to the device, at the first opening and at every other`() throws {
        defer { installation.remove() }
        for _ in 0..<2 {
            let store = try installation.open()
            // 2 is FULL; 1 (NORMAL) would lose issued tokens in a power cut.
            #expect(try store.pragma("synchronous") == "2")
            #expect(try store.pragma("journal_mode") == "wal")
            #expect(try store.pragma("foreign_keys") == "1")
            #expect(try store.pragma("busy_timeout") == "5000")
            #expect(try store.pragma("trusted_schema") == "0")
            try store.close()
        }
        let reading = try SQLiteStore(folder, opening: .requireCurrent)
        #expect(try reading.pragma("synchronous") == "2")
    }

    @Test func `makes folder and files for the owner alone, whatever the mask`() throws {
        defer { installation.remove() }
        let mask = umask(0)
        defer { umask(mask) }
        let store = try installation.open()
        try store.transaction { try $0.append(event()) }
        #expect(try installation.mode(folder.path) == 0o700)
        for suffix in ["", "-wal", "-shm"] { #expect(try installation.mode(folder.database + suffix) == 0o600) }
        _ = try ServeLock(on: folder)
        #expect(try installation.mode(folder.serveLock) == 0o600)
    }

    @Test(arguments: [0o701, 0o710, 0o704, 0o740, 0o770, 0o777])
    func `refuses a folder that others can enter`(mode: Int) throws {
        defer { installation.remove() }
        chmod(folder.path, mode_t(mode))
        let digits = "0" + String(mode, radix: 8)
        #expect(throws: StorageError.exposed(path: folder.path, fault: .mode(digits))) { try installation.open() }
        #expect(!folder.hasDatabase)
    }

    @Test(arguments: ["", "-wal", "-shm"], [0o604, 0o640, 0o602, 0o660])
    func `refuses a database that others can read or write`(suffix: String, mode: Int) throws {
        defer { installation.remove() }
        let store = try installation.open()
        try store.transaction { try $0.append(event()) }
        let path = folder.database + suffix
        chmod(path, mode_t(mode))
        let digits = "0" + String(mode, radix: 8)
        #expect(throws: StorageError.exposed(path: path, fault: .mode(digits))) {
            try SQLiteStore(folder, opening: .requireCurrent)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func `refuses what another user owns, root included`() throws {
        defer { installation.remove() }
        try installation.open().close()
        chown(folder.database, 65_534, 65_534)
        #expect(throws: StorageError.exposed(path: folder.database, fault: .owner(user: 65_534, caller: 0))) {
            try installation.open()
        }
        chown(folder.database, 0, 0)
        chown(folder.path, 65_534, 65_534)
        #expect(throws: StorageError.exposed(path: folder.path, fault: .owner(user: 65_534, caller: 0))) {
            try installation.open()
        }
    }

    @Test func `refuses a link, a pipe or a folder in the database's place`() throws {
        defer { installation.remove() }
        try FileManager.default.createDirectory(atPath: folder.database, withIntermediateDirectories: false)
        chmod(folder.database, 0o700)
        #expect(throws: StorageError.exposed(path: folder.database, fault: .kind)) { try installation.open() }
        rmdir(folder.database)
        mkfifo(folder.database, 0o600)
        #expect(throws: StorageError.exposed(path: folder.database, fault: .kind)) { try installation.open() }
        unlink(folder.database)
        symlink("/nowhere/at-all.db", folder.database)
        #expect(throws: StorageError.self) { try installation.open() }
    }

    @Test func `says what is missing`() throws {
        defer { installation.remove() }
        #expect(throws: StorageError.missing(path: folder.database)) {
            try SQLiteStore(folder, opening: .requireCurrent)
        }
        #expect(!folder.hasDatabase)
        let nowhere = DataFolder(path: folder.path + "/nowhere")
        #expect(throws: StorageError.missing(path: nowhere.database)) { try SQLiteStore(nowhere, opening: .migrate) }
    }

    @Test func `makes its folder inside one that is there, and twice`() throws {
        defer { installation.remove() }
        let inner = DataFolder(path: folder.path + "/var")
        try inner.create()
        try inner.create()
        #expect(try installation.mode(inner.path) == 0o700)
        #expect(throws: StorageError.self) { try DataFolder(path: folder.path + "/a/b").create() }
    }
}

@Suite("SQLite: versions of the schema")
struct SchemaVersionTests {
    let installation: Installation

    init() throws { installation = try Installation.empty() }

    @Test func `numbers its steps from 1 without a gap`() {
        #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
        #expect(Set(Migration.all.map(\.name)).count == Migration.all.count)
    }

    @Test func `every command stops at a newer version, and says which`() throws {
        defer { installation.remove() }
        try installation.open().close()
        let newer = Migration.current + 1
        try installation.foreignConnection().write { try $0.execute(sql: "PRAGMA user_version = \(newer)") }
        let error = StorageError.newerSchema(found: newer, known: Migration.current)
        #expect(throws: error) { try SQLiteStore(installation.folder, opening: .migrate) }
        #expect(throws: error) { try SQLiteStore(installation.folder, opening: .requireCurrent) }
        #expect(error.description.contains("newer than this program's \(Migration.current)"))
    }

    @Test(arguments: 1..<Migration.current)
    func `migrates an older version where that is asked for, and stops elsewhere`(version: Int) throws {
        defer { installation.remove() }
        try installation.folder.createDatabase()
        let queue = try installation.foreignConnection()
        try queue.write { database in
            for step in Migration.all.prefix(version) {
                try database.execute(sql: step.sql)
                try step.conversion?(database)
            }
            try database.execute(sql: "PRAGMA user_version = \(version)")
            try database.execute(sql: "INSERT INTO setting (name, value) VALUES ('issuer', 'https://kept.example')")
        }
        try queue.close()
        #expect(throws: StorageError.olderSchema(found: version, known: Migration.current)) {
            try SQLiteStore(installation.folder, opening: .requireCurrent)
        }
        let store = try SQLiteStore(installation.folder, opening: .migrate)
        #expect(try store.pragma("user_version") == "\(Migration.current)")
        #expect(try store.read { try $0.setting("issuer") } == "https://kept.example")
        #expect(try store.pragma("integrity_check") == "ok")
    }

    @Test func `a step that fails leaves the version before it whole`() throws {
        defer { installation.remove() }
        try installation.folder.createDatabase()
        let queue = try installation.foreignConnection()
        try queue.write { database in
            try database.execute(sql: Migration.all[0].sql)
            // In the way of a later step.
            try database.execute(sql: "PRAGMA user_version = 1; CREATE TABLE client (x)")
        }
        #expect(throws: StorageError.self) { try installation.open() }
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 1)
        #expect(try queue.read { try !$0.tableExists("scope") })
    }

    @Test func `refuses another program's database, and changes nothing in it`() throws {
        defer { installation.remove() }
        try installation.folder.createDatabase()
        let queue = try installation.foreignConnection()
        try queue.write { try $0.execute(sql: "CREATE TABLE theirs (x)") }
        let error = StorageError.corrupt(detail: "`\(installation.folder.database)` was made by another program")
        for opening in [SQLiteStore.Opening.migrate, .requireCurrent] {
            #expect(throws: error) { try SQLiteStore(installation.folder, opening: opening) }
        }
        #expect(try queue.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema") } == ["theirs"])
    }

    @Test func `refuses a file that is no database`() throws {
        defer { installation.remove() }
        try installation.folder.createDatabase()
        let text = Data(String(repeating: "not a database ", count: 1_000).utf8)
        try text.write(to: URL(filePath: installation.folder.database))
        chmod(installation.folder.database, 0o600)
        #expect(throws: StorageError.corrupt(detail: "file is not a database")) { try installation.open() }
    }

    @Test func `an empty file is a new database for whoever may make one`() throws {
        defer { installation.remove() }
        try installation.folder.createDatabase()
        #expect(throws: StorageError.olderSchema(found: 0, known: Migration.current)) {
            try SQLiteStore(installation.folder, opening: .requireCurrent)
        }
        #expect(try installation.open().pragma("user_version") == "\(Migration.current)")
    }
}
