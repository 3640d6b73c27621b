import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import Server
import Vocabulary

/// `portvakt store verify`.
struct StoreVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Look at the whole database: schema, pages, references, the ledger's chain.",
        discussion: "Exits with 3 when something is wrong. A server may serve meanwhile."
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let store = try SQLiteStore(.init(path: options.dataFolder().path), opening: .requireCurrent)
        defer { try? store.close() }
        var findings = try store.findings().filter { $0.part != .ledger }
        findings.append(try ledgerFinding(store))
        try options.print(
            Table(
                "store-verification",
                findings,
                whenEmpty: "nothing was looked at",
                columns: [
                    Column("part") { $0.part.rawValue },
                    Column("result", style: { $0.fault == nil ? .good : .bad }) {
                        $0.fault == nil ? "whole" : "broken"
                    },
                    Column("detail") { $0.detail },
                    Column("fault") { $0.fault },
                ]
            )
        )
        let faults = findings.filter { $0.fault != nil }
        guard !faults.isEmpty else { return }
        throw CLIError.verdict(
            "store_damaged",
            faults.map { "\($0.part.rawValue): \($0.fault ?? "")" }.joined(separator: "; "),
            hint: "stop serving from it, and restore a backup (docs/backup.md)"
        )
    }

    /// Chain, tree and checkpoints, as `audit verify` walks them.
    private func ledgerFinding(_ store: SQLiteStore) throws -> StoreFinding {
        let ownKey = try CheckpointKeyFile.read(in: options.dataFolder().path)?.verifier
        let outcome = try LedgerInspection(store, ownKey: ownKey).run(showing: options)
        let misfiled = outcome.misfiled.map { "the times of entries \($0.lowerBound) to \($0.upperBound) are misfiled" }
        return StoreFinding(
            part: .ledger,
            fault: outcome.fault.map { "\($0)" } ?? misfiled,
            detail: "\(outcome.chain.checked) entries"
        )
    }
}
