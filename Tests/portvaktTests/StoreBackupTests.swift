import AuditLedger
import Foundation
import GRDB
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt store backup, restore and verify")
struct StoreBackupTests {
    private static let now = SystemClock().now
    private let scratch: ScratchFolder
    private let data: String

    init() async throws {
        scratch = try ScratchFolder()
        data = scratch.path + "/data"
        let made = await Self.run(["init", data, "--issuer", "https://vakt.example.no/", "--env", "test"])
        #expect(made.status == .done, "\(made.errors)")
    }

    private static func run(_ arguments: [String]) async -> CommandLineRun {
        let console = CapturedConsole(now: now)
        let status = await Console.$current.withValue(console.console) { await Portvakt.run(arguments) }
        return CommandLineRun(status: status, output: console.output, errors: console.errors)
    }

    private func store(_ arguments: String..., in folder: String? = nil) async -> CommandLineRun {
        await Self.run(["store"] + arguments + ["--data", folder ?? data, "--json"])
    }

    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: data + "/portvakt.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys = OFF; \(sql)") }
        try queue.close()
    }

    /// The parts that are broken.
    private func broken() async throws -> [String] {
        let verified = await store("verify")
        #expect(verified.status == (verified.output.contains("broken") ? .negative : .done), "\(verified.errors)")
        let items = try #require(try verified.json["items"] as? [[String: Any]])
        #expect(items.count == 4)
        return items.filter { $0["result"] as? String == "broken" }.compactMap { $0["part"] as? String }
    }

    @Test func `a whole database is whole`() async throws { #expect(try await broken() == []) }

    @Test(arguments: [
        (
            "UPDATE ledger SET body = CAST(replace(CAST(body AS TEXT), 'vakt', 'vukt') AS BLOB) WHERE sequence = 1",
            "ledger"
        ),
        ("INSERT INTO client_scope (client, scope, position) VALUES ('nobody', 'no:such', 0)", "foreign_keys"),
        ("DROP TABLE incident", "schema"),
        ("DROP TRIGGER scope_access_changed", "schema"),
    ])
    func `what was changed by hand is found`(sql: String, part: String) async throws {
        try change(sql)
        #expect(try await broken() == [part])
    }

    @Test func `a page that was overwritten is found`() async throws {
        let path = data + "/portvakt.db"
        let pages = try pageCount()
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        // Never the first page: without it there is nothing to be opened.
        try file.seek(toOffset: UInt64(4_096 * (pages - 3)))
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
        try file.close()
        let verified = await store("verify")
        #expect([.negative, .failed].contains(verified.status))
        let backup = await store("backup", scratch.path + "/b.db")
        #expect(backup.status == .failed)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/b.db"))
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/b.db.json"))
    }

    @Test func `a backup comes back on another machine, with an entry and a bar for assertions`() async throws {
        let file = scratch.path + "/b.db"
        #expect(await store("backup", file).status == .done)
        let other = scratch.path + "/other"
        try FileManager.default.createDirectory(
            atPath: other,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        let unasked = await store("restore", file, in: other)
        #expect(unasked.status == .usage)
        let restored = await store("restore", file, "--yes", "--reason", "drill", in: other)
        #expect(restored.status == .done, "\(restored.errors)")
        #expect(try restored.json["set_aside"] is NSNull)
        let opened = try SQLiteStore(SQLiteStorage.DataFolder(path: other), opening: .requireCurrent)
        let record = try clockRecord(opened)
        let last = try newestEntry(opened)
        try opened.close()
        #expect(record.barredUntil == Self.now + 10)
        #expect(last.kind == .storeRestored)
        #expect(last.details["reason"] == "drill")
        #expect(try last.details["backup_sha256"]?.string == digest(of: file))
    }

    private func pageCount() throws -> Int {
        let queue = try DatabaseQueue(path: data + "/portvakt.db")
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
    }

    private func clockRecord(_ store: SQLiteStore) throws -> ClockRecord {
        try store.transaction { try $0.clockRecord }
    }

    private func newestEntry(_ store: SQLiteStore) throws -> LedgerEvent {
        try #require(try store.read { try $0.newestEntries(LedgerQuery(), limit: 1).first?.event })
    }

    private func digest(of file: String) throws -> String? {
        let text = try Data(contentsOf: URL(filePath: file + ".json"))
        return try JSONValue(parsing: Array(text)).object?["sha256"]?.string
    }

    @Test func `a broken database is set aside, and the backup takes its place`() async throws {
        let file = scratch.path + "/b.db"
        #expect(await store("backup", file).status == .done)
        try Data("no database".utf8).write(to: URL(filePath: data + "/portvakt.db"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: data + "/portvakt.db")
        let restored = await store("restore", file, "--yes")
        #expect(restored.status == .done, "\(restored.errors)")
        let aside = try #require(try restored.json["set_aside"] as? String)
        #expect(try Data(contentsOf: URL(filePath: aside)) == Data("no database".utf8))
        #expect(try await broken() == [])
    }
}
