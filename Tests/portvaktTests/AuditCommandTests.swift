import AuditLedger
import Foundation
import GRDB
import JOSE
@testable import portvakt
import SQLiteStorage
import Synchronization
import Testing
import Vocabulary

@Suite("portvakt audit")
struct AuditCommandTests {
    private let world: AuditWorld

    init() async throws { world = try await AuditWorld() }

    // MARK: tail

    @Test func `tail shows the newest entries, oldest of them first`() async throws {
        let result = await world.run("audit", "tail", "--lines", "2")
        #expect(result.status == .done)
        #expect(
            result.output == """
                2026-09-21T14:13:22Z\ttoken_refused\trefused\tclient-b\t310567620\tdemo:b\tMP-250\t\(world.trace(3))
                2026-09-21T14:13:23Z\taccess_granted\tdone\t\t310567620\tdemo:b\t\t

                """
        )
        #expect(result.errors == "")
    }

    @Test func `tail says in JSON all that an entry holds`() async throws {
        let items = try await world.items("audit", "tail", "--json")
        #expect(items.count == 4)
        let token = items[1]
        #expect(token["event"] as? String == "token_issued")
        #expect(token["result"] as? String == "issued")
        #expect(token["sequence"] as? Int == 2)
        #expect(token["jti"] as? String == "token-1")
        #expect(token["scopes"] as? [String] == ["demo:a", "demo:b"])
        #expect((token["credential"] as? [String: Any])?["kid"] as? String == "key-1")
        #expect((token["details"] as? [String: Any])?["lifetime"] as? Int == 120)
        #expect(items[0]["actor"] as? String == "root@host")
    }

    @Test func `tail shows only what was asked for`() async throws {
        let issued = try await world.items("audit", "tail", "--event", "token_issued", "--json")
        #expect(issued.map { $0["sequence"] as? Int } == [2])
        let client = try await world.items("audit", "tail", "--client", "client-b", "--json")
        #expect(client.map { $0["sequence"] as? Int } == [3])
        let org = try await world.items("audit", "tail", "--org", "0192:310567620", "--json")
        #expect(org.map { $0["sequence"] as? Int } == [3, 4])
        #expect(try await world.items("audit", "tail", "-n", "0", "--json").isEmpty)
    }

    @Test func `tail that follows shows what comes, once, and ends when its reader goes`() async throws {
        let store = try world.open()
        let shown = Atomic<Int>(0)
        async let following = world.run(["audit", "tail", "-f", "-n", "1", "--output", "jsonl"], hangUpAfter: 3) {
            shown.store($0, ordering: .relaxed)
        }
        for number in 0..<2 {
            // Each comes once what was there before is shown.
            let end = ContinuousClock.now + .seconds(60)
            while shown.load(ordering: .relaxed) <= number, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(20))
            }
            try store.transaction {
                try $0.append(LedgerEvent(time: world.now + Seconds(Int64(10 + number)), kind: .scopeChanged))
            }
        }
        let result = await following
        #expect(result.status == .done)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[0].contains("\"access_granted\""))
        #expect(lines[1].contains("\"sequence\":5"))
        #expect(lines[2].contains("\"sequence\":6"))
    }

    @Test(arguments: [
        ["tail", "--event", "nothing"], ["tail", "--org", "12"], ["tail", "--client", "a b"], ["tail", "-n", "-1"],
        ["tail", "-f", "--json"], ["search", "--trace", "xyz"], ["search", "--since", "yesterday"],
        ["search", "--scope", "a"], ["search", "--limit", "0"], ["verify", "--from", "0"],
        ["verify", "--from", "3", "--to", "2"],
    ])
    func `wrong usage is named and exits 64`(arguments: [String]) async {
        let result = await world.run(["audit"] + arguments)
        #expect(result.status == .usage)
        #expect(result.output == "")
        #expect(result.errors != "")
    }

    // MARK: search

    @Test func `search finds by trace id, in the ledger and among early refusals, and says what mends it`() async throws
    {
        let recorded = await world.run("audit", "search", "--trace", world.trace(3))
        #expect(recorded.status == .done)
        #expect(recorded.output.contains("token_refused\trefused\tclient-b"))
        #expect(recorded.output.split(separator: "\n").count == 1)
        #expect(recorded.errors.contains("MP-250: "))
        let early = try await world.items("audit", "search", "--trace", world.trace(77), "--json", "--quiet")
        #expect(early.count == 1)
        #expect(early[0]["event"] as? String == "request_refused")
        #expect(early[0]["client"] as? String == "stranger")
        #expect(early[0]["address"] as? String == "192.0.2.7")
        #expect(early[0]["sequence"] is NSNull)
        #expect(try await world.items("audit", "search", "--trace", world.trace(99), "--json").isEmpty)
    }

    @Test func `search puts both in the order of time, and lets all conditions hold`() async throws {
        let all = try await world.items("audit", "search", "--json")
        #expect(
            all.map { $0["event"] as? String } == [
                "initialised", "token_issued", "token_refused", "request_refused", "access_granted",
            ]
        )
        func sequences(_ arguments: String...) async throws -> [Int?] {
            try await world.items(["audit", "search", "--json"] + arguments).map { $0["sequence"] as? Int }
        }
        #expect(
            try await sequences("--since", "2026-09-21T14:13:21Z", "--until", "2026-09-21T14:13:23Z") == [2, 3, nil]
        )
        #expect(try await sequences("--org", "310567620") == [3, 4])
        #expect(try await sequences("--scope", "demo:b") == [2, 3, 4])
        #expect(try await sequences("--scope", "demo:b", "--code", "mp-250") == [3])
        #expect(try await sequences("--actor", "kari") == [4])
        #expect(try await sequences("--client", "stranger") == [nil])
        #expect(try await sequences("--event", "token_issued", "--event", "initialised") == [1, 2])
        #expect(try await sequences("--until", "3650d").isEmpty)
    }

    @Test func `search shows the newest when there are too many, and says so`() async throws {
        let result = await world.run("audit", "search", "--limit", "2")
        #expect(result.output.split(separator: "\n").count == 2)
        #expect(result.output.contains("access_granted"))
        #expect(result.errors.contains("more than 2 were found"))
    }

    @Test func `search says that the ring cannot be read, and searches the ledger all the same`() async throws {
        try Data("no ring".utf8).write(to: URL(filePath: world.folder + "/refusals.ring"))
        let result = await world.run("audit", "search")
        #expect(result.status == .done)
        #expect(result.output.split(separator: "\n").count == 4)
        #expect(result.errors.contains("the ring of refusals"))
    }

    // MARK: verify

    @Test func `verify says that the chain is whole, and what it could not see`() async throws {
        let result = await world.run("audit", "verify", "--json")
        #expect(result.status == .done)
        let record = try result.json()
        #expect(record["result"] as? String == "whole")
        #expect(record["checked"] as? Int == 4)
        #expect(record["last"] as? Int == 4)
        #expect((record["last_hash"] as? String)?.count == 64)
        #expect((record["not_seen"] as? String)?.contains("checkpoint") == true)
        let part = try await world.run("audit", "verify", "--from", "2", "--to", "3", "--json").json()
        #expect(part["checked"] as? Int == 2)
        #expect(await world.run("audit", "verify", "--from", "9").status == .failed)
    }

    @Test(arguments: [
        (
            "UPDATE ledger SET body = CAST(replace(body, 'demo:a', 'demo:c') AS BLOB) WHERE sequence = 2", 2,
            "altered: its hash"
        ),
        ("DELETE FROM ledger WHERE sequence = 3", 4, "entry 3 is missing"),
        ("UPDATE ledger SET time = time + 1 WHERE sequence = 3", 3, "column `time` differs"),
        ("UPDATE ledger SET kind = 'token_issued' WHERE sequence = 3", 3, "column `kind` differs"),
        ("UPDATE ledger SET sequence = -sequence WHERE sequence < 3", 3, "entries 1 to 2 are missing"),
    ])
    func `verify exits 3 with the first broken entry`(sql: String, at: Int, text: String) async throws {
        try world.tamper(sql)
        let result = await world.run("audit", "verify", "--json")
        #expect(result.status == .negative)
        let record = try result.json()
        #expect(record["result"] as? String == "broken")
        #expect(record["fault_at"] as? Int == at)
        #expect((record["fault"] as? String)?.contains(text) == true)
        #expect(result.errors.contains("ledger_broken"))
    }

    @Test func `verify finds two entries that changed places`() async throws {
        try world.tamper(
            """
            UPDATE ledger SET sequence = -2 WHERE sequence = 2; UPDATE ledger SET sequence = 2 WHERE sequence = 3;
            UPDATE ledger SET sequence = 3 WHERE sequence = -2
            """
        )
        let record = try await world.run("audit", "verify", "--json").json()
        #expect((record["fault"] as? String)?.contains("entry 2 holds the entry 3") == true)
    }

    @Test func `verify finds entries that a search would pass over`() async throws {
        try world.tamper("UPDATE ledger_zone SET latest = earliest")
        let result = await world.run("audit", "verify")
        #expect(result.status == .negative)
        #expect(result.errors.contains("searches pass them over"))
    }

    // MARK: the store

    @Test func `a database that cannot be used is named with a code, before anything is printed`() async throws {
        try world.tamper("PRAGMA user_version = 99")
        let newer = await world.run("audit", "tail", "--json")
        #expect(newer.status == .failed)
        #expect(newer.errors.contains("\"store_newer\""))
        try world.tamper("PRAGMA user_version = 1")
        #expect(await world.run("audit", "tail").errors.contains("[store_older]"))
        chmod(world.folder, 0o755)
        #expect(await world.run("audit", "tail").status == .notAllowed)
    }
}

/// An installation with four entries and one early refusal.
private final class AuditWorld: Sendable {
    struct Outcome {
        let status: portvakt.ExitStatus
        let output: String
        let errors: String

        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    let folder = FileManager.default.temporaryDirectory.path + "/portvakt-\(UUID().uuidString)"
    /// 2026-09-21T14:13:20Z.
    let now = Timestamp(seconds: 1_790_000_000)

    init() async throws {
        let folder = SQLiteStorage.DataFolder(path: folder)
        try folder.create()
        let store = try SQLiteStore(folder, opening: .migrate)
        let events = try Self.events(from: now)
        try store.transaction { transaction in for event in events { try transaction.append(event) } }
        try store.close()
        // Written at once when it ends; no thread outlives this.
        let ring = try RefusalRing(path: folder.refusalRing, capacity: 10, now: now)
        let early = RefusalNote(
            time: now + 2,
            trace: TraceID(high: 77, low: 77),
            code: "MP-100",
            reason: "client_unknown",
            address: "192.0.2.7",
            claimedClient: "stranger"
        )
        ring.note(early)
        ring.start()
        await ring.stop()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func events(from now: Timestamp) throws -> [LedgerEvent] {
        var made = LedgerEvent(time: now, kind: .initialised)
        made.actor = "root@host"
        var token = LedgerEvent(time: now + 1, kind: .tokenIssued, details: ["lifetime": 120])
        token.client = try ClientID(parsing: "client-a")
        token.consumer = try OrganisationNumber(parsing: "310279323")
        token.scopes = [try ScopeName(parsing: "demo:a"), try ScopeName(parsing: "demo:b")]
        token.tokenID = TokenID("token-1")
        token.traceID = TraceID(high: 2, low: 2)
        token.credential = .key(try KeyID(parsing: "key-1"), thumbprint: "thumb")
        var refusal = LedgerEvent(time: now + 2, kind: .tokenRefused)
        refusal.client = try ClientID(parsing: "client-b")
        refusal.consumer = try OrganisationNumber(parsing: "310567620")
        refusal.scopes = [try ScopeName(parsing: "demo:b")]
        refusal.code = "MP-250"
        refusal.reason = "access_missing"
        refusal.traceID = TraceID(high: 3, low: 3)
        var grant = LedgerEvent(time: now + 3, kind: .accessGranted)
        grant.consumer = try OrganisationNumber(parsing: "310567620")
        grant.scopes = [try ScopeName(parsing: "demo:b")]
        grant.actor = "root@host (sudo: kari)"
        return [made, token, refusal, grant]
    }

    func trace(_ number: UInt64) -> String { TraceID(high: number, low: number).rawValue }

    func open() throws -> SQLiteStore { try SQLiteStore(.init(path: folder), opening: .requireCurrent) }

    /// As somebody with the `sqlite3` shell would.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder + "/portvakt.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    func items(_ arguments: String...) async throws -> [[String: Any]] { try await items(arguments) }

    func items(_ arguments: [String]) async throws -> [[String: Any]] {
        try #require(try await run(arguments).json()["items"] as? [[String: Any]])
    }

    func run(_ arguments: String...) async -> Outcome { await run(arguments) }

    /// Runs a command line; after so many lines of output its reader goes away.
    ///
    /// `shown` is told how many there are.
    func run(
        _ arguments: [String],
        hangUpAfter lines: Int = .max,
        shown: @escaping @Sendable (Int) -> Void = { _ in }
    ) async -> Outcome {
        let written = Mutex((output: [UInt8](), errors: [UInt8]()))
        let console = Console(
            surroundings: .init(),
            writer: { stream, bytes in
                try written.withLock { written in
                    switch stream {
                    case .output:
                        written.output += bytes
                        let count = written.output.count { $0 == UInt8(ascii: "\n") }
                        shown(count)
                        if count >= lines { throw ReaderGone() }
                    case .errors: written.errors += bytes
                    }
                }
            },
            reader: { nil }
        )
        let status = await Console.$current.withValue(console) {
            await Portvakt.run(arguments + ["--data", folder])
        }
        return written.withLock {
            Outcome(
                status: status,
                output: String(decoding: $0.output, as: UTF8.self),
                errors: String(decoding: $0.errors, as: UTF8.self)
            )
        }
    }
}
