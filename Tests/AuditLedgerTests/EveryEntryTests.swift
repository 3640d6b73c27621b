import AuditLedger
import Testing
import Vocabulary

/// Every entry of the ledger in turn, not a sample.
///
/// A walk is a value: what it is behind the first entries, which nobody touched, is made once and taken on from there. So each
/// of the tens of thousands of forged ledgers is walked by the very code of `audit verify`, from the entry that was touched
/// to the one where the walk stops.
@Suite("Each single one of 10,000 entries, changed, dropped, swapped, inserted or replaced, is found and named")
struct EveryEntryTests {
    private static let parts = stride(from: 0, to: TamperWorld.size, by: 1_000).map { $0..<$0 + 1_000 }

    private let world: TamperWorld

    init() throws { world = try TamperWorld.shared.get() }

    // Gives each entry of a part to `forge`, which makes ledgers of it in which something was done, each with its fault.
    private func walk(_ part: Range<Int>, _ forge: (Int) throws -> [(Forgery, LedgerFault)]) throws {
        var walk = try #require(world.state(before: part.lowerBound))
        for index in part {
            for (forgery, expected) in try forge(index) {
                let found = world.fault(after: walk, forgery)
                // One by one: ten thousand lines of a log tell nobody more than the first of them.
                try #require(found == expected, "entry \(index + 1)")
            }
            try walk.take(world.rows[index], stored: world.leaves[index])
        }
    }

    private func fault(_ index: Int, _ kind: LedgerFault.Kind) -> LedgerFault {
        LedgerFault(sequence: Int64(index) + 1, kind: kind)
    }

    @Test(arguments: parts)
    func `one byte changed, in the text, in a hash or in a column`(part: Range<Int>) throws {
        try walk(part) { index in
            let row = world.rows[index]
            let place = (index &* 7_919) % row.entry.body.count
            func changed(_ bytes: [UInt8], _ place: Int) -> [UInt8] {
                var bytes = bytes
                bytes[place] ^= 1 << UInt8(index % 8)
                return bytes
            }
            var moved = row
            moved.time = row.time + 1
            return [
                (Forgery([row.with(body: changed(row.entry.body, place))], rest: index + 1), fault(index, .altered)),
                (
                    Forgery([row.with(hash: changed(row.entry.hash, index % 32))], rest: index + 1),
                    fault(index, .altered)
                ),
                (
                    Forgery([row.with(previous: changed(row.entry.previous, index % 32))], rest: index + 1),
                    fault(index, .altered)
                ),
                (Forgery([moved], rest: index + 1), fault(index, .column("time"))),
            ]
        }
    }

    @Test(arguments: parts)
    func `dropped, alone or with the rest moved up`(part: Range<Int>) throws {
        try walk(part) { index in
            let isLast = index == TamperWorld.size - 1
            let gone =
                isLast
                ? fault(index, .cutOff(to: Int64(TamperWorld.size)))
                : LedgerFault(sequence: Int64(index) + 2, kind: .missing(from: Int64(index) + 1))
            let next = LedgerPosition(node: "node-1", sequence: Int64(index) + 2)
            return [
                (Forgery([], rest: index + 1), gone),
                (Forgery([], rest: index + 1, movedBy: -1), isLast ? gone : fault(index, .reordered(body: next))),
            ]
        }
    }

    @Test(arguments: parts)
    func `swapped with its neighbour, as they are or with their hashes made to fit`(part: Range<Int>) throws {
        try walk(part) { index in
            guard index + 1 < TamperWorld.size else { return [] }
            let (first, second) = (world.rows[index], world.rows[index + 1])
            let raised = second.with(sequence: Int64(index) + 1)
            let lowered = first.with(sequence: Int64(index) + 2)
            let fitted = raised.rehashed(after: first.entry.previous)
            let named = fault(index, .reordered(body: second.entry.position))
            return [
                (Forgery([raised, lowered], rest: index + 2), named),
                (Forgery([fitted, lowered.rehashed(after: fitted.entry.hash)], rest: index + 2), named),
                // In the order of the file alone: their numbers tell where they belong.
                (
                    Forgery([second, first], rest: index + 2),
                    LedgerFault(sequence: Int64(index) + 2, kind: .missing(from: Int64(index) + 1))
                ),
            ]
        }
    }

    @Test(arguments: parts)
    func `one put behind it, a copy or a forgery that is well formed and well hashed`(part: Range<Int>) throws {
        try walk(part) { index in
            let row = world.rows[index]
            let copy = row.with(sequence: Int64(index) + 2)
            let isLast = index == TamperWorld.size - 1
            var forgeries = [
                (
                    Forgery([row, copy], rest: index + 1, movedBy: 1),
                    fault(index + 1, .reordered(body: row.entry.position))
                ),
                (
                    Forgery([row, copy.rehashed(after: row.entry.hash)], rest: index + 1, movedBy: 1),
                    fault(index + 1, .reordered(body: row.entry.position))
                ),
            ]
            // Behind the last one it would simply be the next; the tree that does not hold it yet says nothing.
            if !isLast {
                let forged = try #require(world.rows[index + 1].forged(after: row.entry.hash))
                forgeries.append((Forgery([row, forged], rest: index + 1, movedBy: 1), fault(index + 1, .replaced)))
            }
            return forgeries
        }
    }

    @Test(arguments: parts)
    func `replaced by another that is well formed and well hashed`(part: Range<Int>) throws {
        try walk(part) { index in
            let forged = try #require(world.rows[index].forged(after: world.rows[index].entry.previous))
            return [(Forgery([forged], rest: index + 1), fault(index, .replaced))]
        }
    }
}

/// A ledger in which something was done: what stands from some entry on, and then the rest as it was, or renumbered.
private struct Forgery {
    let rows: [LedgerRow]
    let rest: Int
    let shift: Int64

    init(_ rows: [LedgerRow], rest: Int, movedBy shift: Int64 = 0) {
        self.rows = rows
        self.rest = rest
        self.shift = shift
    }
}

extension TamperWorld {
    /// The walk before that entry, which nothing was done to so far.
    fileprivate func state(before index: Int) -> LedgerWalk? {
        index % 50 == 0 && states.indices.contains(index / 50) ? states[index / 50] : nil
    }

    /// What a walk finds that goes on into a forged ledger.
    fileprivate func fault(after walk: LedgerWalk, _ forgery: Forgery) -> LedgerFault? {
        var walk = walk
        func take(_ row: LedgerRow) throws(LedgerFault) {
            let place = Int(row.entry.position.sequence) - 1
            try walk.take(row, stored: leaves.indices.contains(place) ? leaves[place] : nil)
        }
        do throws(LedgerFault) {
            for row in forgery.rows { try take(row) }
            for index in forgery.rest..<rows.count {
                let row = rows[index]
                try take(forgery.shift == 0 ? row : row.with(sequence: row.entry.position.sequence + forgery.shift))
            }
            try walk.finish(treeSize: Int64(leaves.count))
            return nil
        } catch {
            return error
        }
    }
}
