import Administration
import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt store`.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the database of the data folder.",
        subcommands: [
            StoreAcceptClock.self, StoreBackupCommand.self, StoreMigrate.self, StoreRestore.self, StoreVerify.self,
        ]
    )
}

/// `portvakt store accept-clock`.
struct StoreAcceptClock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-clock",
        abstract: "Accept that the clock was set back: tokens are issued again.",
        discussion: """
            While the clock is behind the latest time that the store has seen, every token request is answered 503 \
            clock_behind, since an assertion used before could be used again. This command lowers that mark to the present. \
            Assertions issued before it are refused. A running server follows within a second.
            """
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    /// Wide enough whatever `maximum_assertion_lifetime` says.
    static let window = ReplayWindow(lifetime: ReplayWindow.longestLifetime, skew: 10)

    func run() async throws {
        let now = options.now
        let before = try options.look { try $0.clockMark }
        guard before > now else {
            options.note("the clock is not behind: nothing was done")
            return try options.print(record(before: before, after: before))
        }
        try options.confirm("accept \(now) as the present, though the store has seen \(before)")
        let clock = SystemBootClock()
        let boot = ClockRecord.Boot(id: clock.bootID, offset: now.seconds - clock.seconds)
        let known = try options.administer { try $0.acceptClock(boot: boot, window: Self.window) }
        try options.print(record(before: known.mark, after: now))
    }

    private func record(before: Timestamp, after: Timestamp) -> Record {
        Record(
            "clock-acceptance",
            [
                .init("accepted", before != after), .init("latest_time_seen_before", before),
                .init("latest_time_seen", after),
            ]
        )
    }
}

/// `portvakt store migrate`.
struct StoreMigrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema up to this program's version.",
        discussion: "Back the data folder up first: there is no way back. `portvakt serve` migrates by itself."
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let folder = SQLiteStorage.DataFolder(path: try options.dataFolder().path)
        guard folder.hasDatabase else { throw StorageError.missing(path: folder.database) }
        // Not under a server, which would go on with statements of the old schema.
        let lock = try ServeLock(on: folder)
        defer { withExtendedLifetime(lock) {} }
        let before = try SQLiteStore.schemaVersion(of: folder)
        try SQLiteStore(folder, opening: .migrate).close()
        try options.print(
            Record(
                "store-migration",
                [.init("from_version", before), .init("to_version", SQLiteStore.currentSchemaVersion)]
            )
        )
    }
}
