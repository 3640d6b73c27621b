import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import Server
import Vocabulary

/// `portvakt audit verify`.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Walk the ledger and find the first altered, missing, inserted or reordered entry.",
        discussion: """
            Chain, tree and signed checkpoints are compared, entry by entry. Exits with 3 when something does not fit. \
            Whoever holds database and checkpoint key could write all of it anew, which only a checkpoint that was kept \
            elsewhere shows: `--anchor`, with the key as it was given to you (`--key`).
            """
    )

    @Option(name: .long, help: ArgumentHelp("The first entry to check.", valueName: "sequence"))
    var from: Int64 = 1

    @Option(name: .long, help: ArgumentHelp("The last entry to check.", valueName: "sequence"))
    var to: Int64?

    @Option(help: ArgumentHelp("A checkpoint kept elsewhere: a file or URL; may be repeated.", valueName: "file|url"))
    var anchor: [String] = []

    @Option(help: ArgumentHelp("What the anchors are checked with: NAME+HASH+KEY, or @FILE.", valueName: "key"))
    var key: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard from >= 1 else { throw ValidationError("--from must be 1 or more.") }
        if let to, to < from { throw ValidationError("--to must not be before --from.") }
        guard key == nil || !anchor.isEmpty else { throw ValidationError("--key is for --anchor.") }
    }

    func run() async throws {
        try options.requireDataFolder()
        var inputs: [CheckpointInput] = []
        for place in anchor { inputs.append(try await CheckpointInput(place, patience: options.patience())) }
        let store = try options.openStore()
        defer { try? store.close() }
        let known = try await store.read { try $0.checkpointKeys }
        let keys = try key.map { text throws(CLIError) in [try CheckpointVerifier(typed: text)] } ?? known
        if key == nil, !inputs.isEmpty {
            options.warn("the anchors are checked with the key that the data folder itself names: give --key")
        }
        let anchors = try inputs.map { input throws(CLIError) in
            let checkpoint = try input.checkpoint(by: keys)
            return TreeVerifier.Mark(size: checkpoint.size, root: checkpoint.root, witness: .anchor(input.place))
        }
        // A data folder without the key, as a copy for an auditor, is checked by what the database names.
        let ownKey = try CheckpointKeyFile.read(in: options.dataFolder().path)?.verifier
        let outcome = try LedgerInspection(store, from: from, to: to, anchors: anchors, ownKey: ownKey)
            .run(showing: options)
        try options.print(outcome.record)
        if let fault = outcome.fault {
            throw CLIError.verdict(
                "ledger_broken",
                "\(fault)",
                hint: "compare with a backup, an export (`portvakt audit compare`) and checkpoints kept elsewhere"
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
}

extension LedgerInspection {
    /// Walks it, with progress on a terminal.
    func run(showing options: GlobalOptions) throws -> Outcome {
        let progress = options.progress("verifying")
        defer { progress.finish() }
        do { return try run { progress.update(Int($0), "\($0) entries") } } catch let fault as NoSuchEntry {
            throw CLIError.notFound("ledger entry", "\(fault.sequence)", hint: "`--from` needs the entry before it")
        }
    }
}
