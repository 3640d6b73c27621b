import Administration
import ArgumentParser
import Foundation
import Logging
import Operations
import Organisations
import SQLiteStorage
import Server
import ServiceLifecycle
import UnixSignals
import Vocabulary

/// `portvakt org sync`.
struct OrgSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring the local register up to date by the change feeds of Enhetsregisteret.",
        discussion: """
            Reads what changed since the last time, or since the day before the last import: new, changed, deleted and removed \
            units, and roles. Each page is taken over whole, with its place in the feed, so that a sync may be broken off at \
            any time. While an import runs it waits. Beside a running server deletions count with the next token request.

              portvakt org sync --data /var/lib/portvakt
              portvakt org sync --follow --interval 5m --data /var/lib/portvakt
            """
    )

    @Option(help: ArgumentHelp("The register's API: https, or http on this machine.", valueName: "url"))
    var url = RegisterAPI.defaultBase

    @Flag(help: "Read to the present end and stop (default).") var once = false

    @Flag(help: "Go on with what comes, until SIGTERM or SIGINT.") var follow = false

    @Option(help: ArgumentHelp("How long --follow waits between two readings, 1s to 1d.", valueName: "duration"))
    var interval = "5m"

    @Option(help: ArgumentHelp("Only this feed: main_units, sub_units, roles; may be repeated.", valueName: "feed"))
    var feed: [String] = []

    @Option(help: ArgumentHelp("Read all changes since this day or time once more.", valueName: "time"))
    var from: String?

    @Option(name: .long, help: ArgumentHelp("Another configuration file.", valueName: "file"), completion: .file())
    var config: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if once, follow { throw ValidationError("--once and --follow contradict each other.") }
        let isDocument = options.json || options.output == .json || options.output == .yaml
        if follow, isDocument { throw ValidationError("--follow needs lines: use --output jsonl.") }
    }

    func run() async throws {
        try options.requireDataFolder()
        let source: RegisterSource
        do throws(RegisterSource.Fault) { source = try RegisterSource(parsing: url) } catch {
            throw CLIError.usage("\(error)", hint: "the real one is `\(RegisterAPI.defaultBase)`")
        }
        let named = try feeds()
        let wait = try waitingTime()
        let start = try from.map { text throws(CLIError) in try TimeArgument.time(text, option: "--from") }
        let allowsPrivateAddresses = try allowsPrivateAddresses()
        let key = try options.pseudonymKey()
        let store = try options.openStore()
        defer { try? store.close() }
        let chosen = try choose(named, from: start, in: store)
        let (actor, reason) = (Actor(options.operatorIdentity), options.reason)
        let clock = Console.current.surroundings.clock
        let bar = options.progress("reading")
        defer { bar.finish() }
        let update = RegisterUpdate(
            from: source.api(allowsPrivateAddresses: allowsPrivateAddresses),
            into: store,
            by: try SQLiteRegisterSync(
                into: store,
                clock: clock,
                pseudonymising: { .init($0, under: key) },
                recording: { $0.ledgerEvent(of: $1, by: actor, reason: reason, at: $2) }
            ),
            clock: clock,
            progress: { [options] progress in
                switch progress {
                case .read(let report):
                    bar.update(report.entries, "\(report.entries) changes of \(report.feed.rawValue)")
                case .awaitingImport: options.note("an import is under way; waiting for its end")
                }
            }
        )
        guard follow else {
            let outcomes = try await update.run(chosen)
            bar.finish()
            try show(outcomes)
            options.indexNamesAfterwards(in: store)
            return try verdict(outcomes)
        }
        try await follow(update, of: chosen, every: wait, in: store)
    }

    /// Reads again and again; a round in which nothing happened is not told.
    private func follow(
        _ update: RegisterUpdate,
        of feeds: [RegisterFeed],
        every wait: Seconds,
        in store: SQLiteStore
    ) async throws {
        let follower = RegisterFollower(update, of: feeds, every: wait) { outcomes in
            let telling = outcomes.filter { $0.report.entries > 0 || $0.fault != nil }
            if !telling.isEmpty {
                try show(telling)
                options.indexNamesAfterwards(in: store)
            }
            for outcome in outcomes {
                if let fault = outcome.fault { options.warn("\(outcome.feed.rawValue): \(fault)") }
            }
        }
        let logger = Logger(label: "portvakt") { _ in SwiftLogNoOpLogHandler() }
        try await ServiceGroup(
            configuration: .init(services: [follower], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        options.note("ended in order")
    }

    // MARK: What was typed

    private func feeds() throws(CLIError) -> [RegisterFeed] {
        var feeds: [RegisterFeed] = []
        for text in feed {
            guard let feed = RegisterFeed(rawValue: text) else {
                let names = RegisterFeed.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw .usage("`\(text)` is no feed", hint: "there are \(names)")
            }
            if !feeds.contains(feed) { feeds.append(feed) }
        }
        return feeds
    }

    private func waitingTime() throws(CLIError) -> Seconds {
        guard let wait = DurationText.parse(interval), (1...Seconds.days(1)).contains(wait) else {
            throw .usage("`--interval` is no length of time from 1s to 1d: `\(interval)`", hint: "write 90s, 5m or 1h")
        }
        return wait
    }

    private func allowsPrivateAddresses() throws(CLIError) -> Bool {
        let inputs = ConfigurationInputs(
            dataFolder: options.data,
            file: config,
            environment: Console.current.surroundings.environment
        )
        do throws(ConfigurationFaults) { return try ServerConfiguration(inputs).allowsPrivateAddresses } catch {
            throw CLIError("configuration_invalid", "the configuration is not valid: \(error)")
        }
    }

    /// The feeds to read: those named, else those of which something was imported or read before.
    private func choose(
        _ named: [RegisterFeed],
        from start: Timestamp?,
        in store: SQLiteStore
    ) throws -> [RegisterFeed] {
        if let start {
            let chosen = named.isEmpty ? RegisterFeed.allCases : named
            try store.transaction { transaction in
                for feed in chosen { try transaction.set(.since(start), of: feed) }
            }
            return chosen
        }
        let states = try store.read { try $0.registerFeeds() }
        let begun = states.filter { $0.cursor != nil || $0.start != nil }.map(\.feed)
        let missing = named.isEmpty ? RegisterFeed.allCases.filter { !begun.contains($0) } : []
        if begun.isEmpty { throw Self.neverImported(named) }
        if let feed = named.first(where: { !begun.contains($0) }) { throw Self.neverImported([feed]) }
        for feed in missing {
            options.note("`\(feed.rawValue)` is passed over: nothing of it was ever imported")
        }
        return named.isEmpty ? begun : named
    }

    private static func neverImported(_ feeds: [RegisterFeed]) -> CLIError {
        let what = feeds.first.map { "nothing of `\($0.rawValue)` was ever imported" } ?? "nothing was ever imported"
        return CLIError(
            "register_never_imported",
            what + ", so nobody knows from when on changes count",
            hint: "import the bulk files with `portvakt org import`, or say when with `--from`"
        )
    }
}
