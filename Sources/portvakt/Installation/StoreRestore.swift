import Administration
import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt store restore FILE`.
struct StoreRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the database, which is set aside.",
        discussion: """
            Refuses a file that is not the one its manifest describes, that is damaged, or that a later version made, and \
            a data folder that is being served. Assertions issued before the restoration are refused afterwards. What was \
            done since the backup is in the database that is set aside: compare with `portvakt audit export`.
            """
    )

    @Argument(help: ArgumentHelp("The backup, with its manifest beside it.", valueName: "file"))
    var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let folder = SQLiteStorage.DataFolder(path: try options.dataFolder().path)
        let lock = try ServeLock(on: folder)
        let manifest = try StoreBackup.manifest(of: file)
        try options.confirm("put the backup of \(manifest.made) in the place of the database")
        let now = options.now
        let clock = SystemBootClock()
        let boot = ClockRecord.Boot(id: clock.bootID, offset: now.seconds - clock.seconds)
        let outcome = try StoreBackup.restore(file, into: folder, holding: lock, at: now) { transaction, manifest in
            try Administration(in: transaction, by: Actor(options.operatorIdentity), at: now, reason: options.reason)
                .noteRestoration(
                    ofBackupMade: manifest.made,
                    digest: manifest.digest,
                    boot: boot,
                    window: StoreAcceptClock.window
                )
        }
        try options.print(
            Record(
                "store-restoration",
                [
                    .init("backup_made", outcome.manifest.made), .init("last_sequence", outcome.manifest.lastSequence),
                    .init("last_hash", outcome.manifest.lastHash),
                    .init("schema_version_of_backup", outcome.manifest.schemaVersion),
                    .init("set_aside", outcome.setAside),
                ]
            )
        )
        options.note("acts and tokens since \(outcome.manifest.made) are not in it: see docs/backup.md")
    }
}
