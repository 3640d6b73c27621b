import AuditLedger
import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

@Suite("Proofs of entries and of consistency, as documents")
struct LedgerProofTests {
    private let world: TamperWorld
    private let nodes: TreeNodes
    private let checkpoint: StoredCheckpoint

    init() throws {
        world = try TamperWorld.shared.get()
        var growth = TreeGrowth(size: 0) { _ in nil }
        for leaf in world.leaves { try growth.append(leaf) }
        let tiles = growth.changed
        nodes = TreeNodes { tiles[$0] }
        checkpoint = try world.key.checkpoint(size: 10_000, root: nodes.root(size: 10_000), at: epoch)
    }

    @Test(arguments: [0, 1, 4_999, 9_999])
    func `a proof is read back and holds, and tells what the entry says`(index: Int) throws {
        let made = try EntryProof(of: world.rows[index].entry, from: nodes, by: checkpoint)
        let document = try #require(try JSONValue(parsing: made.json.encoded()).object)
        let read = try EntryProof(parsing: document)
        #expect(read == made)
        let (signed, entry) = try read.check(by: world.key.verifier)
        #expect(signed.size == 10_000)
        #expect(entry.event.tokenID == TokenID("token-\(index)"))
    }

    @Test func `a proof with any member changed proves nothing`() throws {
        let proof = try EntryProof(of: world.rows[77].entry, from: nodes, by: checkpoint).json
        func check(_ change: (inout JSONObject) -> Void) -> ProofFault? {
            var changed = proof
            change(&changed)
            do throws(ProofFault) {
                _ = try EntryProof(parsing: changed).check(by: world.key.verifier)
                return nil
            } catch {
                return error
            }
        }
        #expect(check { _ in } == nil)
        #expect(check { $0["index"] = 78 } == .notIncluded)
        #expect(check { $0["previous"] = .string(Base64.encode(TreeHash.empty)) } == .notIncluded)
        #expect(check { $0["body"] = .string(($0["body"]?.string ?? "") + " ") } == .notIncluded)
        #expect(check { $0["path"] = [] } == .notIncluded)
        #expect(check { $0["path"] = ["AAAA"] } == .malformed("path"))
        #expect(check { $0["schema"] = "portvakt/ledger-proof/v2" } == .schema("portvakt/ledger-proof/v2"))
        #expect(check { $0["checkpoint"] = nil } == .malformed("checkpoint"))
        #expect(
            check { $0["checkpoint"] = .string($0["checkpoint"]?.string?.replacing("10000", with: "10001") ?? "") }
                == .checkpoint(.forged(key: world.key.name))
        )
    }

    @Test func `an entry that a log put elsewhere than it says is no proof, though it is in the tree`() throws {
        var growth = TreeGrowth(size: 0) { _ in nil }
        let entry = world.rows[5].entry
        try growth.append(TreeHash.leaf(of: entry))
        let tiles = growth.changed
        let small = TreeNodes { tiles[$0] }
        let signed = try world.key.checkpoint(size: 1, root: small.root(size: 1), at: epoch)
        let placed = LedgerEntry(
            position: LedgerPosition(node: "node-1", sequence: 1),
            previous: entry.previous,
            hash: entry.hash,
            body: entry.body
        )
        let proof = try EntryProof(of: placed, from: small, by: signed)
        #expect(throws: ProofFault.misplaced(entry.position)) { try proof.check(by: world.key.verifier) }
    }

    @Test func `consistency is proved between signed checkpoints, and not between others`() throws {
        let old = try world.key.checkpoint(size: 3_500, root: nodes.root(size: 3_500), at: epoch)
        let path = try nodes.consistencyPath(from: 3_500, to: 10_000)
        let proof = ConsistencyProof(from: old.note, to: checkpoint.note, path: path)
        let document = try #require(try JSONValue(parsing: proof.json.encoded()).object)
        let (older, newer) = try ConsistencyProof(parsing: document).check(by: world.key.verifier)
        #expect(older.size == 3_500 && newer.size == 10_000)
        let forged = try world.key.checkpoint(size: 3_500, root: TreeHash.empty, at: epoch)
        let other = ConsistencyProof(from: forged.note, to: checkpoint.note, path: path)
        #expect(throws: ProofFault.inconsistent) { try other.check(by: world.key.verifier) }
    }
}
