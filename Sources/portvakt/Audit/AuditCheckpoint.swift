import Administration
import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import Server

/// `portvakt audit checkpoint`.
struct AuditCheckpoint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Print the newest signed checkpoint of the ledger, to be kept elsewhere.",
        discussion: """
            It is the note that `GET /audit/checkpoint` answers. Kept where nobody who runs the server can change it, it \
            shows later whether any of the entries that it covers was changed: `portvakt audit verify --anchor FILE`.
            """
    )

    @Flag(help: "Make one of all entries first; works on the data folder alone.") var new = false
    @Option(help: ArgumentHelp("The first one that covers at least so many entries.", valueName: "entries"))
    var size: Int?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        if new {
            try options.requireDataFolder("`--new`")
            let store = try options.openStore()
            defer { try? store.close() }
            _ = try CheckpointMaking.catchUp(store, at: options.now)
        }
        let inquiry = try ShowCheckpoint(["size": size])
        let report = try await new ? options.lookUp(inquiry) : options.answer(inquiry)
        guard options.output == nil, !options.json, options.fields == nil, case .text(let note) = report["note"] else {
            return try options.print(report)
        }
        try Console.current.write(note)
    }
}

extension GlobalOptions {
    /// The answer from the data folder, wherever else the command would ask.
    func lookUp(_ inquiry: some Inquiry) throws -> Report {
        try look { try inquiry.answer(from: $0, in: OperationContext(viewer: .operator, now: now)) }
    }
}

/// `portvakt audit key`.
struct AuditKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Print what checkpoints are checked with: NAME+HASH+KEY.",
        discussion: """
            Give it to whoever keeps checkpoints or checks proofs; it stands in the server's metadata too \
            (`portvakt_checkpoint_key`). --replace makes another key, when the present one was lost or known to others: \
            it is set aside, and what it signed is still checked with it. Metadata show the new key after a restart.
            """
    )

    @Flag(help: "Make another key; the ledger keeps both.") var replace = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireDataFolder()
        let folder = try options.dataFolder().path
        let store = try options.openStore()
        defer { try? store.close() }
        let (name, known) = try await store.read { (try CheckpointMaking.origin(in: $0), try $0.checkpointKeys) }
        if replace {
            try options.confirm("make another key for checkpoints in place of `\(known.last?.name ?? name)`")
            let (before, after) = try CheckpointKeyFile.replace(in: folder, named: name, at: options.now)
            let former = before ?? known.last
            try options.administer { try $0.noteCheckpointKey(before: former, after: after.verifier) }
            _ = try CheckpointMaking.catchUp(store, at: options.now, after: former)
        }
        let key = try CheckpointKeyFile.readOrMake(in: folder, named: name, isUsed: known.last != nil).verifier
        guard options.output == nil, !options.json, options.fields == nil else {
            return try options.print(
                Record(
                    "audit-key",
                    [.init("key", "\(key)"), .init("former", known.filter { $0 != key }.map(\.description))]
                )
            )
        }
        try Console.current.write("\(key)\n")
    }
}
