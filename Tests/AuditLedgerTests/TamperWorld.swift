import AuditLedger
import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

/// A ledger of 10,000 entries with its tree and checkpoints, made once.
struct TamperWorld: Sendable {
    static let size = 10_000
    static let shared = Result { try TamperWorld() }

    let rows: [LedgerRow]
    let leaves: [[UInt8]]
    let key: CheckpointKey
    let marks: [TreeVerifier.Mark]
    /// The walk behind each fiftieth entry: what comes before a change is the same in every test.
    let states: [LedgerWalk]

    init() throws {
        let store = InMemoryLedgerStore()
        for start in stride(from: 0, to: Self.size, by: 1_000) {
            try store.transaction { transaction in
                for number in start..<start + 1_000 {
                    var event = try fullEvent(number % 7 == 3 ? .tokenRefused : .tokenIssued)
                    event.time = epoch + Seconds(Int64(number))
                    event.tokenID = TokenID("token-\(number)")
                    try transaction.append(event, claiming: [try claim(number)])
                }
            }
        }
        rows = store.rows
        leaves = rows.map { TreeHash.leaf(of: $0.entry) }
        key = try #require(try CheckpointKey.generate(named: "vakt.example.no/audit/node-1"))
        (marks, states) = try Self.walk(rows, leaves, checkpointing: key)
    }

    private static func walk(
        _ rows: [LedgerRow],
        _ leaves: [[UInt8]],
        checkpointing key: CheckpointKey
    ) throws -> ([TreeVerifier.Mark], [LedgerWalk]) {
        var frontier = TreeFrontier()
        var marks: [TreeVerifier.Mark] = []
        for (index, leaf) in leaves.enumerated() {
            frontier.append(leaf)
            // Not at the very end: the newest entries are always without a checkpoint for a while.
            if (index + 1) % 1_000 == 500 {
                let note = try key.checkpoint(size: frontier.size, root: frontier.root, at: epoch).note
                let checkpoint = try Checkpoint(note: Array(note.utf8), by: key.verifier)
                marks.append(.init(size: checkpoint.size, root: checkpoint.root, witness: .stored))
            }
        }
        var walk = LedgerWalk(node: "node-1", marks: marks)
        var states = [walk]
        for (index, row) in rows.enumerated() {
            try walk.take(row, stored: leaves[index])
            if (index + 1) % 50 == 0 { states.append(walk) }
        }
        try walk.finish(treeSize: Int64(rows.count))
        return (marks, states)
    }

    /// The fault that a walk through those rows finds, which are as they were up to `index`.
    func fault(from index: Int, _ rows: [LedgerRow]) -> LedgerFault? {
        let start = index / 50
        var walk = states[start]
        do throws(LedgerFault) {
            for row in rows[(start * 50)...] {
                let place = Int(row.entry.position.sequence) - 1
                try walk.take(row, stored: leaves.indices.contains(place) ? leaves[place] : nil)
            }
            try walk.finish(treeSize: Int64(leaves.count))
            return nil
        } catch {
            return error
        }
    }
}

// What a forger makes of a row.
extension LedgerRow {
    func with(
        sequence: Int64? = nil,
        previous: [UInt8]? = nil,
        hash: [UInt8]? = nil,
        body: [UInt8]? = nil
    ) -> LedgerRow {
        var row = self
        row.entry = LedgerEntry(
            position: LedgerPosition(node: entry.position.node, sequence: sequence ?? entry.position.sequence),
            previous: previous ?? entry.previous,
            hash: hash ?? entry.hash,
            body: body ?? entry.body
        )
        return row
    }

    /// The same with its hash made to fit, as a forger would.
    func rehashed(after previous: [UInt8]) -> LedgerRow {
        with(previous: previous, hash: LedgerEntry.hash(of: entry.body, after: previous))
    }

    /// Another entry of the same number, well formed and well hashed behind `previous`: its salt is another one.
    func forged(after previous: [UInt8]) -> LedgerRow? {
        let name = Array(#""salt":""#.utf8)
        guard let start = entry.body.firstRange(of: name)?.upperBound else { return nil }
        var body = entry.body
        body[start] = body[start] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        return with(previous: previous, body: body).rehashed(after: previous)
    }
}
