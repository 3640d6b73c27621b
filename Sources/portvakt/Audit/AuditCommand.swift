import ArgumentParser
import SQLiteStorage

/// `portvakt audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the ledger, and prove that nobody has changed it.",
        subcommands: [
            AuditSearch.self, AuditTail.self, AuditVerify.self, AuditCheckpoint.self, AuditConsistency.self,
            AuditProve.self, AuditCheckProof.self, AuditExport.self, AuditCompare.self, AuditPrune.self, AuditKey.self,
        ]
    )
}

extension GlobalOptions {
    /// The store of the data folder, for a command that only reads.
    func openStore() throws -> SQLiteStore {
        try SQLiteStore(.init(path: dataFolder().path), opening: .requireCurrent)
    }
}
