import Administration
import AuditLedger
import Foundation
import GRDB
import JOSE
import SQLiteStorage
import Server
import TestSupport
import Testing
import Vocabulary

@Suite("Retention: old entries go at a checkpoint, the proof of them stays")
struct LedgerPruningTests {
    private let folder: TemporaryFolder
    private let store: SQLiteStore
    private let now = Timestamp(seconds: 1_800_000_000)

    /// Thirty days with ten entries each, a checkpoint every three days.
    init() throws {
        folder = try TemporaryFolder()
        let start = now - .days(30)
        let installation = try Installation.make(
            Installation.Plan(
                dataFolder: folder.path + "/data",
                issuer: Issuer(parsing: "https://test.example.no/"),
                environment: .test,
                actor: "test"
            ),
            at: start
        )
        store = installation.store
        for day in 0..<30 {
            try store.transaction { transaction in
                for entry in 0..<10 {
                    var event = LedgerEvent(time: start + .days(Int64(day)) + Seconds(Int64(entry)), kind: .tokenIssued)
                    event.tokenID = TokenID("token-\(day)-\(entry)")
                    try transaction.append(event)
                }
                try transaction.store(ClockRecord(mark: start + .days(Int64(day))))
            }
            if day % 3 == 2 { _ = try CheckpointMaking.catchUp(store, at: start + .days(Int64(day))) }
        }
    }

    /// As somebody with the `sqlite3` shell would.
    private func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.path + "/data/portvakt.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func sumUsage() async throws {
        while true {
            let step = try await store.nextUsageStep(limit: 1_024)
            guard step.entries > 0 else { return }
            try store.transaction { try $0.add(step) }
        }
    }

    private func prune(olderThan time: Timestamp) throws -> LedgerPruning? {
        guard let plan = try LedgerPruning.plan(store, olderThan: time, at: now) else { return nil }
        let isCut = try store.transaction { transaction in
            try plan.begin(
                in: Administration(in: transaction, by: Actor(operatingSystemUser: "root", host: "host"), at: now)
            )
        }
        #expect(isCut)
        #expect(try store.removeCutEntries() == Int(plan.entries))
        return plan
    }

    @Test func `it is cut at the newest checkpoint of which all is older, and what is left verifies`() async throws {
        try await sumUsage()
        let before = try await store.read { reader in
            let entry = try #require(try reader.row(40)).entry
            let latest = try #require(try reader.latestCheckpoint)
            return (
                old: try #require(try reader.checkpoint(covering: 60)), entry: entry,
                kept: try EntryProof(of: entry, from: reader.treeNodes, by: latest)
            )
        }
        let plan = try #require(try prune(olderThan: now - .days(10)))
        // Twenty days of ten entries and two of the installation; the last checkpoint in them is of day 17.
        #expect(plan.cut.size == 182)
        let (first, rest) = try await store.read { (try $0.row(182), try $0.row(183)) }
        #expect(first == nil && rest != nil)
        let key = try #require(try CheckpointKeyFile.read(in: folder.path + "/data")).verifier
        let outcome = try LedgerInspection(store).run()
        #expect(outcome.fault == nil)
        #expect(outcome.first == 183)
        #expect(outcome.misfiled == nil)
        // What was signed before the cut is still met, from the leaves that were kept.
        let old = try Checkpoint(note: Array(before.old.note.utf8), by: key)
        #expect(old.size < 183)
        let anchored = try LedgerInspection(
            store,
            anchors: [.init(size: old.size, root: old.root, witness: .anchor("old"))]
        ).run()
        #expect(anchored.fault == nil)
        #expect(anchored.anchorsBefore == 1)
        // A proof from before holds, new ones of what is left can be made, and an exported copy can be proved anew.
        #expect(throws: Never.self) { try before.kept.check(by: key) }
        let latest = try #require(try CheckpointMaking.catchUp(store, at: now))
        let proofs = try await store.read { reader in
            [
                try EntryProof(of: try #require(try reader.row(200)).entry, from: reader.treeNodes, by: latest),
                try EntryProof(of: before.entry, from: reader.treeNodes, by: latest),
            ]
        }
        for proof in proofs { #expect(throws: Never.self) { try proof.check(by: key) } }
        let consistency = try await store.read { try $0.treeNodes.consistencyPath(from: old.size, to: latest.size) }
        #expect(throws: Never.self) {
            try ConsistencyProof(from: before.old.note, to: latest.note, path: consistency).check(by: key)
        }
        // The act is in the ledger, with the root of what was let go.
        let events = try await store.read { try $0.newestEntries(LedgerQuery(), limit: 1) }
        #expect(events.first?.event.kind == .ledgerPruned)
        #expect(events.first?.event.details["root"] == .string(Base64.encode(plan.root)))
    }

    @Test func `a second cut goes on from the first; nothing more to cut is nothing`() async throws {
        try await sumUsage()
        #expect(try #require(try prune(olderThan: now - .days(20))).cut.size == 92)
        let second = try #require(try prune(olderThan: now - .days(10)))
        #expect(second.cut.size == 182)
        #expect(second.entries == 90)
        #expect(try prune(olderThan: now - .days(10)) == nil)
        #expect(try LedgerInspection(store).run().fault == nil)
    }

    @Test func `never the last day, never what the clock's mark or the sums of use still need`() async throws {
        // No use is summed up yet.
        #expect(try LedgerPruning.plan(store, olderThan: now, at: now) == nil)
        try await sumUsage()
        let plan = try #require(try LedgerPruning.plan(store, olderThan: now + .days(100), at: now))
        #expect(plan.cut.size <= 282)
        try store.transaction { try $0.store(ClockRecord(mark: now - .days(25))) }
        let held = try LedgerPruning.plan(store, olderThan: now, at: now)
        #expect((held?.cut.size ?? 0) <= 50)
    }

    @Test func `what is not whole is evidence, and stays`() async throws {
        try await sumUsage()
        try tamper("UPDATE ledger SET body = CAST(replace(body, 'token-4', 'token-9') AS BLOB) WHERE sequence = 50")
        #expect(throws: LedgerFault(sequence: 50, kind: .altered)) {
            try LedgerPruning.plan(store, olderThan: now - .days(10), at: now)
        }
        #expect(try await store.read { try $0.cut } == nil)
    }

    @Test func `a cut that is set back in the database is found`() async throws {
        try await sumUsage()
        _ = try prune(olderThan: now - .days(10))
        try tamper("UPDATE ledger_cut SET hash = zeroblob(32)")
        #expect(try LedgerInspection(store).run().fault == LedgerFault(sequence: 183, kind: .previous))
        try tamper("UPDATE ledger_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND number = 0")
        #expect(try LedgerInspection(store).run().fault?.kind == .checkpoint(through: 182))
    }
}
