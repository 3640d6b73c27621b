import AuditLedger
import TestSupport
import Testing
import Vocabulary

@Suite("Ledger: the chain shows what was done to it")
struct LedgerVerifierTests {
    let rows: [LedgerRow]

    init() throws {
        let store = InMemoryLedgerStore()
        try store.transaction { transaction in
            for number in 1...8 {
                var event = LedgerEvent(time: epoch + Seconds(Int64(number)), kind: .tokenIssued)
                event.client = try client()
                try transaction.append(event, claiming: [try claim(number)])
            }
        }
        rows = store.rows
    }

    private func fault(in rows: [LedgerRow]) -> LedgerFault? {
        var verifier = LedgerVerifier(node: "node-1")
        do throws(LedgerFault) {
            for row in rows { try verifier.check(row) }
            return nil
        } catch {
            return error
        }
    }

    @Test func `finds nothing in a whole chain`() {
        var verifier = LedgerVerifier(node: "node-1")
        #expect(throws: Never.self) { for row in rows { try verifier.check(row) } }
        #expect(verifier.checked == 8)
        #expect(verifier.head.hash == rows[7].entry.hash)
    }

    @Test func `finds any flipped bit of any byte of a body`() {
        let original = rows[3].entry
        for index in original.body.indices {
            var body = original.body
            body[index] ^= 1
            var changed = rows
            changed[3].entry = LedgerEntry(
                position: original.position,
                previous: original.previous,
                hash: original.hash,
                body: body
            )
            #expect(fault(in: changed) == LedgerFault(sequence: 4, kind: .altered))
        }
    }

    @Test func `finds any flipped bit of either hash`() {
        let original = rows[3].entry
        for index in 0..<32 {
            var hash = original.hash
            hash[index] ^= 0x80
            var previous = original.previous
            previous[index] ^= 0x80
            for (previous, hash) in [(original.previous, hash), (previous, original.hash)] {
                var changed = rows
                changed[3].entry = LedgerEntry(
                    position: original.position,
                    previous: previous,
                    hash: hash,
                    body: original.body
                )
                #expect(fault(in: changed) == LedgerFault(sequence: 4, kind: .altered))
            }
        }
    }

    @Test func `finds an entry that was replaced together with its hash`() throws {
        let store = InMemoryLedgerStore()
        try store.transaction { transaction in
            for _ in 1...4 { try transaction.append(LedgerEvent(time: epoch, kind: .accessGranted), claiming: []) }
        }
        let forged = store.rows[3].entry
        var changed = rows
        // Well formed in itself and of the right number, but of another history.
        changed[3].entry = forged
        #expect(fault(in: changed) == LedgerFault(sequence: 4, kind: .previous))
        // And hashed again behind the true predecessor: the next one tells.
        changed[3] = store.rows[3]
        changed[3].entry = LedgerEntry(
            position: forged.position,
            previous: rows[2].entry.hash,
            hash: LedgerEntry.hash(of: forged.body, after: rows[2].entry.hash),
            body: forged.body
        )
        #expect(fault(in: changed) == LedgerFault(sequence: 5, kind: .previous))
    }

    @Test(arguments: 0..<7)
    func `finds a missing entry wherever it stood before the last`(index: Int) {
        var changed = rows
        changed.remove(at: index)
        #expect(fault(in: changed) == LedgerFault(sequence: Int64(index) + 2, kind: .missing(from: Int64(index) + 1)))
    }

    @Test func `cannot see that the newest entries were cut off, which takes a checkpoint kept elsewhere`() {
        #expect(fault(in: Array(rows.dropLast(3))) == nil)
    }

    @Test func `finds two entries that changed places`() {
        func moved(_ row: LedgerRow, to sequence: Int64) -> LedgerRow {
            var row = row
            row.entry = LedgerEntry(
                position: LedgerPosition(node: "node-1", sequence: sequence),
                previous: row.entry.previous,
                hash: row.entry.hash,
                body: row.entry.body
            )
            return row
        }
        var changed = rows
        changed[2] = moved(rows[3], to: 3)
        changed[3] = moved(rows[2], to: 4)
        #expect(
            fault(in: changed)
                == LedgerFault(sequence: 3, kind: .reordered(body: LedgerPosition(node: "node-1", sequence: 4)))
        )
        #expect(fault(in: [rows[1], rows[0]]) == LedgerFault(sequence: 2, kind: .missing(from: 1)))
    }

    @Test func `finds another node's entry`() {
        var verifier = LedgerVerifier(node: "node-2")
        #expect(throws: LedgerFault(sequence: 1, kind: .reordered(body: rows[0].entry.position))) {
            try verifier.check(rows[0])
        }
    }

    @Test(arguments: ["time", "kind", "claims"])
    func `finds a column that says something else than the text`(column: String) {
        var changed = rows
        switch column {
        case "time": changed[5].time = epoch
        case "kind": changed[5].kind = "token_refused"
        default: changed[5].claims[20] ^= 1
        }
        #expect(fault(in: changed) == LedgerFault(sequence: 6, kind: .column(column)))
    }

    @Test func `goes on from any good entry`() throws {
        var verifier = LedgerVerifier(node: "node-1", after: (4, rows[3].entry.hash))
        for row in rows[4...] { try verifier.check(row) }
        #expect(verifier.checked == 4)
    }

    @Test(arguments: [
        (LedgerFault.Kind.missing(from: 3), "entry 3 is missing"),
        (.missing(from: 1), "entries 1 to 3 are missing"),
        (.altered, "entry 4 was altered: its hash does not fit"),
        (.column("time"), "entry 4 was altered: column `time` differs from its text"),
    ])
    func `says on one line what it found`(kind: LedgerFault.Kind, text: String) {
        #expect(LedgerFault(sequence: 4, kind: kind).description == text)
    }
}
