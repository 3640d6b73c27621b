import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt audit verify`.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Walk the hash chain of the ledger and find the first altered, missing or reordered entry.",
        discussion: """
            Exits with 3 when there is one. A chain by itself cannot show that its newest entries were cut off, nor that \
            all of it was written anew: keep the hash of the last entry elsewhere and compare it later.
            """
    )

    @Option(name: .long, help: ArgumentHelp("The first entry to check.", valueName: "sequence"))
    var from: Int64 = 1

    @Option(name: .long, help: ArgumentHelp("The last entry to check.", valueName: "sequence"))
    var to: Int64?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard from >= 1 else { throw ValidationError("--from must be 1 or more.") }
        if let to, to < from { throw ValidationError("--to must not be before --from.") }
    }

    func run() async throws {
        let store = try options.openStore()
        let outcome = try verify(store)
        try store.close()
        try options.print(outcome.record(of: from))
        if let fault = outcome.fault {
            throw CLIError.verdict(
                "ledger_broken",
                "\(fault)",
                hint: "compare with a backup and the last hash that was kept elsewhere"
            )
        }
        if let zone = outcome.misfiled {
            throw CLIError.verdict(
                "ledger_misfiled",
                "the times of entries \(zone.lowerBound) to \(zone.upperBound) are misfiled: searches pass them over",
                hint: "the entries themselves are whole"
            )
        }
    }

    /// What was found.
    private struct Outcome {
        let verifier: LedgerVerifier
        let fault: LedgerFault?
        let misfiled: ClosedRange<Int64>?

        func record(of first: Int64) -> Record {
            let isWhole = fault == nil && misfiled == nil
            return Record(
                "audit-verification",
                [
                    .init("result", isWhole ? "whole" : "broken"), .init("node", verifier.node),
                    .init("checked", verifier.checked), .init("first", verifier.checked > 0 ? first : nil),
                    .init("last", verifier.checked > 0 ? verifier.head.sequence : nil),
                    .init("last_hash", verifier.checked > 0 ? hexadecimal(verifier.head.hash) : nil),
                    .init("fault", fault.map(\.description)), .init("fault_at", fault.map(\.sequence)),
                    .init(
                        "not_seen",
                        "whether newer entries were cut off, or all was written anew: no anchored checkpoint"
                    ),
                ]
            )
        }
    }

    /// So many entries are read in one snapshot, so that a server's log can be folded in between.
    private static let stretch: Int64 = 10_000

    private func verify(_ store: SQLiteStore) throws -> Outcome {
        let (node, last) = try store.read { (try $0.node, try $0.lastSequence) }
        let end = min(to ?? last, last)
        let progress = options.progress("verifying", total: Int(max(0, end - from + 1)))
        defer { progress.finish() }
        var verifier = LedgerVerifier(node: node, after: try start(in: store))
        var next = from
        do {
            while next <= end {
                let stretchEnd = min(next + Self.stretch - 1, end)
                try store.read { try $0.visitRows(from: next, through: stretchEnd) { try verifier.check($0) } }
                next = stretchEnd + 1
                progress.update(Int(verifier.checked), "\(verifier.checked) entries")
            }
            if end > 0, verifier.head.sequence < end {
                throw LedgerFault(sequence: end + 1, kind: .missing(from: verifier.head.sequence + 1))
            }
        } catch let fault as LedgerFault {
            return Outcome(verifier: verifier, fault: fault, misfiled: nil)
        }
        return Outcome(
            verifier: verifier,
            fault: nil,
            misfiled: try store.read { try $0.misfiledEntries(from: from, through: end) }
        )
    }

    /// The entry before the first one to check.
    private func start(in store: SQLiteStore) throws -> (sequence: Int64, hash: [UInt8]) {
        guard from > 1 else { return (0, LedgerEntry.genesis) }
        guard let row = try store.read({ try $0.row(from - 1) }) else {
            throw CLIError.notFound("ledger entry", "\(from - 1)", hint: "`--from` needs the entry before it")
        }
        return (from - 1, row.entry.hash)
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
