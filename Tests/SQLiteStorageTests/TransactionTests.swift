import AuditLedger
import Foundation
import GRDB
import GRDBSQLite
import JOSE
import RelationalStorage
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@testable import SQLiteStorage

@Suite("SQLite: transactions, revision, settings and signing keys")
struct TransactionTests {
    let installation: Installation
    let store: SQLiteStore

    init() throws {
        installation = try Installation.empty()
        store = try installation.open()
    }

    @Test func `raises the revision once a transaction, and only when that is committed`() throws {
        defer { installation.remove() }
        let before = try store.read { try $0.revision }
        try store.transaction { transaction in
            #expect(try transaction.revision == before)
            try transaction.raiseRevision()
            try transaction.raiseRevision()
            #expect(try transaction.revision == before + 1)
        }
        #expect(throws: CancellationError.self) {
            try store.transaction { transaction in
                try transaction.raiseRevision()
                throw CancellationError()
            }
        }
        #expect(try store.read { try $0.revision } == before + 1)
        #expect(store.lastSeenRevision == before + 1)
    }

    @Test func `sees the revision that another process raised with the next transaction`() throws {
        defer { installation.remove() }
        let other = try installation.open()
        try other.transaction { try $0.raiseRevision() }
        #expect(store.lastSeenRevision < other.lastSeenRevision)
        try store.transaction { _ = try $0.revision }
        #expect(store.lastSeenRevision == other.lastSeenRevision)
    }

    @Test func `sees it with a transaction that is rolled back, but not the revision that it raised itself`() throws {
        defer { installation.remove() }
        let other = try installation.open()
        for raises in [false, true] {
            try other.transaction { try $0.raiseRevision() }
            #expect(throws: CancellationError.self) {
                try store.transaction { transaction in
                    _ = try transaction.revision
                    if raises { try transaction.raiseRevision() }
                    throw CancellationError()
                }
            }
            #expect(store.lastSeenRevision == other.lastSeenRevision)
        }
    }

    @Test func `an entry that the database cannot hold is refused as too big, not written without it`() throws {
        defer { installation.remove() }
        var event = LedgerEvent(time: epoch, kind: .accessGranted)
        event.details = ["text": .string(String(repeating: "a", count: 2_000))]
        #expect(throws: StorageError.other(code: Int(SQLITE_TOOBIG), message: "string or blob too big")) {
            try store.transaction { transaction in
                let connection = transaction.grdb.sqliteConnection
                let limit = sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, 1_000)
                defer { sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, limit) }
                try transaction.append(event)
            }
        }
        #expect(try store.read { try $0.lastSequence } == 0)
    }

    @Test func `reads one snapshot while another writes`() throws {
        defer { installation.remove() }
        let other = try installation.open()
        try store.read { reader in
            let before = try reader.revision
            try other.transaction { try $0.raiseRevision() }
            #expect(try reader.revision == before)
        }
    }

    @Test func `passes on what the body throws as it is`() {
        defer { installation.remove() }
        #expect(throws: CancellationError.self) { try store.transaction { _ in throw CancellationError() } }
        #expect(throws: CancellationError.self) { try store.read { _ in throw CancellationError() } }
    }

    @Test func `keeps settings, changes them and takes them out`() throws {
        defer { installation.remove() }
        #expect(try store.read { try $0.node } == "node-1")
        try store.transaction { try $0.set("issuer", to: "https://a.example/") }
        try store.transaction { try $0.set("issuer", to: "https://b.example") }
        #expect(try store.read { try $0.setting("issuer") } == "https://b.example")
        try store.transaction { try $0.set("issuer", to: nil) }
        #expect(try store.read { try $0.setting("issuer") } == nil)
    }

    @Test func `keeps the timetable of signing keys`() throws {
        defer { installation.remove() }
        var first = SigningKeyRecord(
            id: try KeyID(parsing: "2026-a"),
            algorithm: .rs256,
            published: epoch,
            activates: epoch + 3_600
        )
        let second = SigningKeyRecord(
            id: try KeyID(parsing: "2026-b"),
            algorithm: .es256,
            published: epoch - 1,
            activates: epoch,
            retires: epoch + 10,
            removed: epoch + 20
        )
        try store.transaction { transaction in
            try transaction.store(first)
            try transaction.store(second)
        }
        #expect(try store.read { try $0.signingKeys() } == [second, first])
        first.retires = epoch + 7_200
        try store.transaction { try $0.store(first) }
        #expect(try store.read { try $0.signingKeys() } == [second, first])
    }

    @Test func `frees its statements and files when it is closed, and folds the log in`() throws {
        defer { installation.remove() }
        try store.transaction { try $0.append(event()) }
        #expect(try store.read { try $0.lastSequence } == 1)
        try store.close()
        #expect(!FileManager.default.fileExists(atPath: installation.folder.database + "-wal"))
        #expect(throws: (any Error).self) { try store.transaction { try $0.append(event()) } }
        #expect(try installation.rows().count == 1)
    }
}

@Suite("SQLite: searching the ledger")
struct LedgerSearchTests {
    let installation: Installation
    let store: SQLiteStore

    init() throws {
        installation = try Installation.empty()
        store = try installation.open()
    }

    /// Fills three zones and a bit, a second an entry, with a clock that goes back by an hour in the middle.
    private func fill() throws {
        try store.transaction { transaction in
            for number in Int64(0)..<13_000 {
                var event = event(at: epoch + Seconds(number < 6_000 ? number : number - 3_600))
                event.client = try ClientID(parsing: "client-\(number % 100)")
                event.tokenID = TokenID("\(number)")
                try transaction.append(event)
            }
        }
    }

    private func search(_ change: (inout LedgerQuery) throws -> Void, after position: Int64 = 0) throws -> [Int64] {
        var query = LedgerQuery()
        try change(&query)
        return try store.read { reader in
            var found: [Int64] = []
            try reader.visitEntries(query, after: position) {
                found.append($0.position.sequence)
                return true
            }
            return found
        }
    }

    @Test func `finds what lies between two times, also where the clock went back`() throws {
        defer { installation.remove() }
        try fill()
        // Seconds 5,000 to 5,009 were lived through twice.
        let found = try search {
            $0.since = epoch + 5_000
            $0.until = epoch + 5_010
        }
        #expect(found == Array(5_001...5_010) + Array(8_601...8_610))
        #expect(try search { $0.since = epoch + 9_399 } == [13_000])
        #expect(try search { $0.until = epoch + 1 } == [1])
        #expect(try search { $0.since = epoch + 20_000 }.isEmpty)
    }

    @Test func `finds a client's entries in order, after a position, and the newest first`() throws {
        defer { installation.remove() }
        try fill()
        let all = Array(stride(from: Int64(8), through: 13_000, by: 100))
        #expect(try search { $0.client = try ClientID(parsing: "client-7") } == all)
        let after = try search({ $0.client = try ClientID(parsing: "client-7") }, after: 4_095)
        #expect(after == all.filter { $0 > 4_095 })
        var query = LedgerQuery()
        query.client = try ClientID(parsing: "client-7")
        let newest = try store.read { try $0.newestEntries(query, limit: 3) }
        #expect(newest.map(\.position.sequence) == [12_908, 12_808, 12_708])
        #expect(try store.read { try $0.lastSequence } == 13_000)
    }

    @Test(arguments: [4_094, 4_095, 4_096, 8_191, 12_287, 12_999, 13_000])
    func `goes on after any position without losing or repeating an entry`(position: Int64) throws {
        defer { installation.remove() }
        try fill()
        #expect(try search({ _ in }, after: position) == (position < 13_000 ? Array(position + 1...13_000) : []))
    }

    @Test func `finds kinds, and a text only in the part that was asked for`() throws {
        defer { installation.remove() }
        var refusal = event(.tokenRefused)
        refusal.code = "MP-303"
        refusal.actor = "MP-012"
        try store.transaction { transaction in
            try transaction.append(refusal)
            try transaction.append(event(.accessGranted))
        }
        #expect(try search { $0.kinds = [.accessGranted, .accessRevoked] } == [2])
        #expect(try search { $0.code = "MP-303" } == [1])
        #expect(try search { $0.code = "MP-012" }.isEmpty)
    }

    @Test func `names the entry that cannot be read`() throws {
        defer { installation.remove() }
        try store.transaction { try $0.append(event()) }
        try installation.foreignConnection().write { try $0.execute(sql: "UPDATE ledger SET body = x'7B'") }
        let message = "ledger entry 1 cannot be read: run `portvakt audit verify`"
        #expect(throws: StorageError.corrupt(detail: message)) { try search { _ in } }
    }

    @Test func `zones cover the times of their entries`() throws {
        defer { installation.remove() }
        try fill()
        let zones = try store.read { reader in
            try GRDB.Row.fetchAll(reader.grdb, sql: "SELECT zone, earliest, latest FROM ledger_zone ORDER BY zone").map
            {
                LedgerZone(number: $0[0], earliest: $0[1], latest: $0[2])
            }
        }
        for zone in zones {
            var times: [Int64] = []
            try store.read { reader in
                try reader.visitRows(from: zone.sequences.lowerBound, through: zone.sequences.upperBound) {
                    times.append($0.time.seconds)
                }
            }
            #expect(zone.earliest == times.min())
            #expect(zone.latest == times.max())
        }
        #expect(zones.map(\.number) == [0, 1, 2, 3])
    }
}
