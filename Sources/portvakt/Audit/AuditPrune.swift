import ArgumentParser
import AuditLedger
import JOSE
import Operations
import SQLiteStorage
import Server
import Vocabulary

/// `portvakt audit prune`.
struct AuditPrune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Let old entries go, at a checkpoint that stays the proof of what they were.",
        discussion: """
            Without --before as `audit_retention` in the configuration says. The ledger is cut at the newest checkpoint of \
            which every entry is older; never within the last day. What is let go is checked first, and its leaves in the \
            tree are kept: proofs and checkpoints from before go on holding. Export first what you may need.
            """
    )

    @Option(help: ArgumentHelp("Let go what is older: a time, a day, or how long ago (400d).", valueName: "time"))
    var before: String?
    @Flag(help: "Say what would be let go, and do nothing.") var dryRun = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireDataFolder()
        let time = try wanted()
        let store = try options.openStore()
        defer { try? store.close() }
        let plan: LedgerPruning?
        do { plan = try LedgerPruning.plan(store, olderThan: time, at: options.now) } catch let fault as LedgerFault {
            throw CLIError.verdict(
                "ledger_broken",
                "\(fault)",
                hint: "nothing was let go: what is not whole is evidence; see `portvakt audit verify`"
            )
        }
        guard let plan, !dryRun else { return try options.print(record(of: plan, plan == nil ? "nothing" : "would")) }
        try options.confirm("let go of \(plan.entries) entries, up to number \(plan.cut.size)")
        let isCut = try options.administer { try plan.begin(in: $0) }
        guard isCut else { throw CLIError.conflict("ledger_cut", "somebody else has cut the ledger meanwhile") }
        let progress = options.progress("letting go", total: Int(plan.entries))
        try store.removeCutEntries { progress.update($0, "\($0) entries") }
        progress.finish()
        try options.print(record(of: plan, "pruned"))
    }

    private func wanted() throws -> Timestamp {
        if let before {
            let arguments: Arguments = ["before": before]
            return try arguments.past("before", before: options.now) ?? options.now
        }
        let environment = Console.current.surroundings.environment
        let configuration = try ServerConfiguration(
            ConfigurationInputs(dataFolder: options.dataFolder().path, environment: environment)
        )
        guard let retention = configuration.auditRetention else {
            throw CLIError.usage(
                "nothing says how long entries are kept",
                hint: "set `audit_retention`, or give --before"
            )
        }
        return options.now - retention
    }

    private func record(of plan: LedgerPruning?, _ result: String) -> Record {
        Record(
            "audit-pruning",
            [
                .init("result", result), .init("entries", plan?.entries ?? 0),
                .init("begins_after", plan.map(\.cut.size)), .init("older_than", plan.map(\.time)),
                .init("root", plan.map { Base64.encode($0.root) }), .init("checkpoint", plan.map(\.cut.note)),
            ]
        )
    }
}
