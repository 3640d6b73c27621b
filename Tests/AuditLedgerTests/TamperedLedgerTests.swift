import AuditLedger
import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

// One after the other: each walks thousands of entries, and what counts on time runs beside it.
@Suite("Ledger of 10,000 entries: whatever is done to one of them is found, and the entry named", .serialized)
struct TamperedLedgerTests {
    private let world: TamperWorld

    init() throws { world = try TamperWorld.shared.get() }

    /// Places all over the ledger, the same in each run.
    private static let places: [Int] = {
        var generator = SeededGenerator(seed: 20_261_122)
        return [0, 1, 499, 500, 9_499, 9_500, 9_998] + (0..<33).map { _ in .random(in: 0..<9_999, using: &generator) }
    }()

    @Test func `nothing was done: nothing is found`() {
        #expect(world.fault(from: 0, world.rows) == nil)
        #expect(world.states.last?.tree.confirmed == 9_500)
    }

    @Test(arguments: [0, 4_711, 9_999])
    func `every byte of an entry, in its text and in both hashes`(index: Int) {
        let row = world.rows[index]
        let named = LedgerFault(sequence: Int64(index) + 1, kind: .altered)
        func changed(_ bytes: [UInt8], at place: Int) -> [UInt8] {
            var bytes = bytes
            bytes[place] ^= 1
            return bytes
        }
        var rows = world.rows
        for place in row.entry.body.indices {
            rows[index] = row.with(body: changed(row.entry.body, at: place))
            #expect(world.fault(from: index, rows) == named, "byte \(place)")
        }
        for place in 0..<32 {
            rows[index] = row.with(hash: changed(row.entry.hash, at: place))
            #expect(world.fault(from: index, rows) == named)
            rows[index] = row.with(previous: changed(row.entry.previous, at: place))
            #expect(world.fault(from: index, rows) == named)
        }
    }

    @Test(arguments: places)
    func `one dropped, alone or with the rest moved up`(index: Int) {
        var rows = world.rows
        rows.remove(at: index)
        let gone = world.fault(from: index, rows)
        #expect(gone == LedgerFault(sequence: Int64(index) + 2, kind: .missing(from: Int64(index) + 1)))
        for place in index..<rows.count { rows[place] = rows[place].with(sequence: Int64(place) + 1) }
        #expect(world.fault(from: index, rows)?.sequence == Int64(index) + 1)
    }

    @Test(arguments: places)
    func `two swapped, as they are or with their hashes made to fit`(index: Int) {
        var rows = world.rows
        let (first, second) = (rows[index], rows[index + 1])
        rows[index] = second.with(sequence: Int64(index) + 1)
        rows[index + 1] = first.with(sequence: Int64(index) + 2)
        #expect(world.fault(from: index, rows)?.sequence == Int64(index) + 1)
        rows[index] = rows[index].rehashed(after: first.entry.previous)
        rows[index + 1] = rows[index + 1].rehashed(after: rows[index].entry.hash)
        #expect(world.fault(from: index, rows)?.sequence == Int64(index) + 1)
    }

    @Test(arguments: places)
    func `one inserted, well formed and well hashed`(index: Int) throws {
        var rows = world.rows
        // Of the right number and behind the right entry: what a forger makes who knows the format.
        let forged = try forged(at: index)
        rows.insert(forged, at: index)
        for place in index + 1..<rows.count { rows[place] = rows[place].with(sequence: Int64(place) + 1) }
        #expect(world.fault(from: index, rows) == LedgerFault(sequence: Int64(index) + 1, kind: .replaced))
    }

    @Test(arguments: places)
    func `one replaced, well formed and well hashed`(index: Int) throws {
        var rows = world.rows
        rows[index] = try forged(at: index)
        #expect(world.fault(from: index, rows) == LedgerFault(sequence: Int64(index) + 1, kind: .replaced))
    }

    @Test(arguments: [5_000, 9_700])
    func `all written anew from one entry on, the chain well hashed`(index: Int) throws {
        let rows = try rewritten(from: index)
        #expect(world.fault(from: index, rows) == LedgerFault(sequence: Int64(index) + 1, kind: .replaced))
    }

    @Test func `the newest cut off: tree and checkpoints reach further`() {
        let found = world.fault(from: 9_000, Array(world.rows.dropLast(700)))
        #expect(found == LedgerFault(sequence: 9_301, kind: .cutOff(to: 10_000)))
    }

    @Test func `the tree changed in place of an entry is told from that`() {
        var leaves = world.leaves
        leaves[321][5] ^= 1
        var walk = LedgerWalk(node: "node-1", marks: world.marks)
        #expect(throws: LedgerFault(sequence: 322, kind: .leaf)) {
            for (index, row) in world.rows.enumerated() { try walk.take(row, stored: leaves[index]) }
        }
    }

    @Test func `all written anew, tree, checkpoints and key included: a checkpoint kept elsewhere shows it`() throws {
        let kept = try #require(world.marks.first { $0.size == 3_500 })
        let rows = try rewritten(from: 2_000)
        var walk = LedgerWalk(node: "node-1")
        // By itself all of it fits together: the forger made tree and checkpoints anew.
        for row in rows { try walk.take(row, stored: TreeHash.leaf(of: row.entry)) }
        try walk.finish(treeSize: Int64(rows.count))
        let anchor = TreeVerifier.Mark(size: kept.size, root: kept.root, witness: .anchor("kept.txt"))
        var anchored = LedgerWalk(node: "node-1", marks: [anchor])
        #expect(throws: LedgerFault(sequence: 1, kind: .anchor("kept.txt", through: 3_500))) {
            for row in rows { try anchored.take(row, stored: TreeHash.leaf(of: row.entry)) }
        }
        // An older one that still fits narrows it down.
        let older = try #require(world.marks.first { $0.size == 1_500 })
        var narrowed = LedgerWalk(
            node: "node-1",
            marks: [anchor, .init(size: older.size, root: older.root, witness: .anchor("older.txt"))]
        )
        #expect(throws: LedgerFault(sequence: 1_501, kind: .anchor("kept.txt", through: 3_500))) {
            for row in rows { try narrowed.take(row, stored: TreeHash.leaf(of: row.entry)) }
        }
    }

    // MARK: A forger's work

    private func forged(at index: Int) throws -> LedgerRow {
        var maker = LedgerEntryMaker()
        var event = LedgerEvent(time: world.rows[index].time, kind: .accessGranted)
        event.actor = "forger@host"
        let previous = world.rows[index].entry.previous
        var body: [UInt8] = []
        let position = LedgerPosition(node: "node-1", sequence: Int64(index) + 1)
        let hash = try maker.make(
            event,
            claiming: nil,
            at: position,
            after: previous,
            salt: [UInt8](repeating: 3, count: LedgerEntry.saltLength)
        ) { text, _ in body = Array(text) }
        return LedgerRow(
            entry: LedgerEntry(position: position, previous: previous, hash: hash, body: body),
            time: event.time,
            kind: event.kind.rawValue,
            claims: []
        )
    }

    /// Another entry at one place, and everything behind it hashed anew.
    private func rewritten(from index: Int) throws -> [LedgerRow] {
        var rows = world.rows
        rows[index] = try forged(at: index)
        for place in index + 1..<rows.count { rows[place] = rows[place].rehashed(after: rows[place - 1].entry.hash) }
        return rows
    }
}

/// SplitMix64: the same places in each run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
