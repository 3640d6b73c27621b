import ArgumentParser
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt store backup FILE`.
struct StoreBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a file, while a server serves.",
        discussion: """
            The copy is one snapshot: what was committed before the command began is in it. It is looked at when it is \
            written (integrity, references, the ledger's chain), and a manifest with its SHA-256 stands beside it. Keep \
            `keys/` and `portvakt.yaml` as well: the key of pseudonyms and the signing keys are in no backup.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The file to write, which must not be there; the manifest gets `.json` behind it.",
            valueName: "file"
        )
    )
    var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let store = try SQLiteStore(.init(path: options.dataFolder().path), opening: .requireCurrent)
        defer { try? store.close() }
        let manifest = try StoreBackup.make(store, to: file, at: options.now)
        try options.print(
            Record(
                "store-backup",
                [
                    .init("file", file), .init("manifest", BackupManifest.path(of: file)),
                    .init("made", manifest.made), .init("bytes", manifest.bytes), .init("sha256", manifest.digest),
                    .init("schema_version", manifest.schemaVersion), .init("last_sequence", manifest.lastSequence),
                    .init("last_hash", manifest.lastHash), .init("signing_keys", manifest.signingKeys),
                ]
            )
        )
        options.note("keep the data folder's `keys/` and `portvakt.yaml` too: they are not in it")
    }
}

extension BackupFault: CLIErrorConvertible {
    /// The fault with a code for scripts.
    var cliError: CLIError {
        switch self {
        case .exists: .conflict("backup_exists", description)
        case .file: CLIError("backup_file", description)
        case .manifest: CLIError("backup_manifest", description, hint: "nothing was done")
        case .damaged, .unsound: CLIError("backup_damaged", description, hint: "nothing was done")
        }
    }
}
