import Attention
import AuditLedger
import Foundation
import GRDB
import JOSE
import NIOHTTP1
import SQLiteStorage
import Server
import TestSupport
import Testing
import Vocabulary

extension OneAtATime {
    @Suite("Checkpoints: made behind the ledger, published, checked")
    struct CheckpointTests {
        private func open(_ world: World) throws -> SQLiteStore {
            try SQLiteStore(.init(path: world.path), opening: .requireCurrent)
        }

        /// The key that the metadata tell.
        private func key(_ live: LiveServer) async throws -> CheckpointVerifier {
            let metadata = try await live.get(live.url("/.well-known/oauth-authorization-server")).object()
            #expect(metadata["portvakt_checkpoint_endpoint"] == "https://test.example.no/audit/checkpoint")
            let text = try #require(metadata["portvakt_checkpoint_key"]?.string)
            return try #require(CheckpointVerifier(text))
        }

        @Test func `the newest one is published, signed, and covers what was issued once the server has ended`()
            async throws
        {
            let world = try World()
            let form = try world.form()
            let (answer, verifier) = try await world.serving { live in
                #expect(try await live.post(form).status == 200)
                return (try await live.get(live.url("/audit/checkpoint")), try await key(live))
            }
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == ["text/plain; charset=utf-8"])
            let published = try Checkpoint(note: Array(answer.text.utf8), by: verifier)
            #expect(published.origin == "test.example.no/audit/node-1")
            #expect(published.size > 0)
            // At the end all is covered, the token too.
            let store = try open(world)
            defer { try? store.close() }
            let (last, stored) = try await store.read { (try $0.lastSequence, try $0.latestCheckpoint) }
            #expect(stored?.size == last)
            let final = try Checkpoint(note: Array(try #require(stored).note.utf8), by: verifier)
            let outcome = try LedgerInspection(
                store,
                anchors: [
                    .init(size: published.size, root: published.root, witness: .anchor("published")),
                    .init(size: final.size, root: final.root, witness: .anchor("final")),
                ]
            ).run()
            #expect(outcome.fault == nil)
            #expect(outcome.tree.anchorsMet == 2)
            // And one proves that the other only grew.
            let path = try await store.read { try $0.treeNodes.consistencyPath(from: published.size, to: final.size) }
            let (old, new) = try ConsistencyProof(from: answer.text, to: try #require(stored).note, path: path)
                .check(by: verifier)
            #expect(old.size <= new.size)
        }

        @Test func `a thousand entries of another process get one within seconds, while it serves`() async throws {
            let world = try World()
            try await world.serving { live in
                let verifier = try await key(live)
                let store = try open(world)
                try store.transaction { transaction in
                    for _ in 0..<1_000 { try transaction.append(LedgerEvent(time: epoch, kind: .scopeChanged)) }
                }
                let last = try await store.read { try $0.lastSequence }
                try store.close()
                let end = ContinuousClock.now + .seconds(60)
                var size: Int64 = 0
                while size < last, ContinuousClock.now < end {
                    try await Task.sleep(for: .milliseconds(50))
                    let note = try await live.get(live.url("/audit/checkpoint")).text
                    size = try Checkpoint(note: Array(note.utf8), by: verifier).size
                }
                #expect(size >= last)
            }
        }

        @Test func `a tree that was changed behind one's back is not signed for`() async throws {
            let world = try World()
            let store = try open(world)
            defer { try? store.close() }
            let first = try #require(try CheckpointMaking.catchUp(store, at: epoch))
            #expect(try CheckpointMaking.catchUp(store, at: epoch) == first)
            try store.transaction { _ = try $0.append(LedgerEvent(time: epoch, kind: .scopeChanged)) }
            let queue = try DatabaseQueue(path: world.path + "/portvakt.db")
            try await queue.writeWithoutTransaction { database in
                try database.execute(sql: "UPDATE ledger_tile SET hashes = zeroblob(length(hashes))")
            }
            try queue.close()
            #expect(throws: StorageError.self) { try CheckpointMaking.catchUp(store, at: epoch) }
            #expect(try await store.read { try $0.latestCheckpoint } == first)
        }

        @Test func `an installation has a key of its own from the start; one that is lost is not made up`() async throws
        {
            let world = try World()
            let path = CheckpointKeyFile.path(in: world.path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let first = try #require(try CheckpointKeyFile.read(in: world.path)).verifier
            try FileManager.default.removeItem(atPath: path)
            // Nothing was signed by it yet.
            let second = try await world.serving { live in try await key(live) }
            #expect(second != first)
            try FileManager.default.removeItem(atPath: path)
            await #expect(throws: StartFaults.self) { try await world.serving { _ in } }
            try Data("PRIVATE+KEY+x\n".utf8).write(to: URL(filePath: path))
            chmod(path, 0o600)
            #expect(throws: KeyFileFault.self) { try CheckpointKeyFile.read(in: world.path) }
            chmod(path, 0o644)
            #expect(throws: KeyFileFault.self) { try CheckpointKeyFile.read(in: world.path) }
        }

        @Test func `while none can be signed the metric grows, after ten minutes it wants attention, and it heals`()
            async throws
        {
            let world = try World()
            let clock = FixedClock(SystemClock().now)
            try await world.serving(clock: clock) { live in
                let path = CheckpointKeyFile.path(in: world.path)
                let kept = try Data(contentsOf: URL(filePath: path))
                let store = try open(world)
                defer { try? store.close() }
                func lag() async throws -> Double {
                    let name = "portvakt_ledger_checkpoint_lag_seconds "
                    let metrics = try await live.get(live.adminURL("/metrics")).text
                    let line = try #require(metrics.split(separator: "\n").first { $0.hasPrefix(name) })
                    return try #require(Double(line.dropFirst(name.count)))
                }
                func severity() throws -> AttentionItem.Severity? {
                    let facts = try store.read { try $0.attentionFacts(at: clock.now) }
                    return AttentionList.items(facts, nil, at: clock.now).first { $0.id == "checkpoint:newest" }?
                        .severity
                }
                try FileManager.default.removeItem(atPath: path)
                try store.transaction { _ = try $0.append(LedgerEvent(time: clock.now, kind: .scopeChanged)) }
                clock.advance(by: .minutes(9))
                #expect(try await eventually { try await lag() >= 540 })
                #expect(try severity() == nil)
                clock.advance(by: .minutes(1))
                #expect(try await eventually { try await lag() >= 600 })
                #expect(try severity() == .warning)
                try kept.write(to: URL(filePath: path))
                chmod(path, 0o600)
                #expect(try await eventually { try await lag() == 0 })
                #expect(try severity() == nil)
            }
        }

        private let epoch = Timestamp(seconds: 1_790_000_000)
    }
}
