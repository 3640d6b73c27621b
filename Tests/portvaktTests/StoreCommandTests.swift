import AuditLedger
import Foundation
import GRDB
import JOSE
@testable import portvakt
import SQLiteStorage
import Synchronization
import Testing
import Vocabulary

@Suite("portvakt store")
struct StoreCommandTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/portvakt-\(UUID().uuidString)"
    private var dataFolder: SQLiteStorage.DataFolder { SQLiteStorage.DataFolder(path: folder) }
    private let now = SystemClock().now

    init() throws {
        try dataFolder.create()
        try SQLiteStore(dataFolder, opening: .migrate).close()
    }

    private func open() throws -> SQLiteStore { try SQLiteStore(dataFolder, opening: .requireCurrent) }
    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private func run(_ arguments: String...) async -> (status: portvakt.ExitStatus, output: String, errors: String) {
        let written = Mutex((output: "", errors: ""))
        let console = Console(
            surroundings: .init(),
            writer: { stream, bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                written.withLock { if stream == .output { $0.output += text } else { $0.errors += text } }
            },
            reader: { nil }
        )
        let status = await Console.$current.withValue(console) {
            await Portvakt.run(["store"] + arguments + ["--data", folder])
        }
        return written.withLock { (status, $0.output, $0.errors) }
    }

    @Test func `accept-clock lowers the mark, records who did it, and asks first`() async throws {
        defer { remove() }
        let ahead = now + .days(2)
        try open().transaction { try $0.store(ClockRecord(mark: ahead)) }
        let unasked = await run("accept-clock")
        #expect(unasked.status == .usage)
        #expect(unasked.errors.contains("--yes"))
        let mark = try open().transaction { try $0.clockRecord.mark }
        #expect(mark == ahead)
        let result = await run("accept-clock", "--yes", "--reason", "the clock was two days fast", "--json")
        #expect(result.status == .done)
        #expect(result.output.contains("\"latest_time_seen_before\": \"\(ahead)\""))
        let record = try open().transaction { try $0.clockRecord }
        #expect((now...now + 60).contains(record.mark))
        #expect(record.acceptances == 1)
        #expect(record.barredUntil == record.mark + 10)
        #expect(record.boot?.id == SystemBootClock().bootID)
        let entries = try await open().read { try $0.newestEntries(LedgerQuery(), limit: 9) }
        #expect(entries.map(\.event.kind) == [.clockAccepted])
        #expect(entries.first?.event.actor?.contains("@") == true)
        #expect(entries.first?.event.details["reason"] == "the clock was two days fast")
        #expect(entries.first?.event.details["mark"] == .integer(ahead.seconds))
    }

    @Test func `accept-clock does nothing while the clock is not behind`() async throws {
        defer { remove() }
        let result = await run("accept-clock")
        #expect(result.status == .done)
        #expect(result.errors.contains("nothing was done"))
        let last = try await open().read { try $0.lastSequence }
        #expect(last == 0)
    }

    @Test func `migrate brings an older schema up to date, and a current one stays`() async throws {
        defer { remove() }
        let again = await run("migrate", "--json")
        #expect(again.status == .done)
        #expect(again.output.contains("\"from_version\": \(SQLiteStore.currentSchemaVersion)"))
        try FileManager.default.removeItem(atPath: dataFolder.database)
        _ = FileManager.default.createFile(
            atPath: dataFolder.database,
            contents: nil,
            attributes: [.posixPermissions: 0o600]
        )
        #expect(throws: StorageError.self) { try open() }
        let result = await run("migrate", "--json")
        #expect(result.output.contains("\"from_version\": 0"))
        #expect(throws: Never.self) { try open() }
    }

    @Test func `migrate is refused while a server runs, on a newer schema and where there is nothing`() async throws {
        defer { remove() }
        var lock: ServeLock? = try ServeLock(on: dataFolder)
        let served = await run("migrate")
        withExtendedLifetime(lock) {}
        #expect(served.status == .conflict)
        #expect(served.errors.contains("[store_served]"))
        lock = nil
        let queue = try DatabaseQueue(path: dataFolder.database)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
        #expect(await run("migrate").errors.contains("[store_newer]"))
        try FileManager.default.removeItem(atPath: dataFolder.database)
        #expect(await run("migrate").errors.contains("[store_missing]"))
    }
}
