import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt audit tail`.
struct AuditTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the newest entries of the ledger, oldest of them first."
    )

    @Flag(name: [.customShort("f"), .long], help: "Go on with what comes, until interrupted.")
    var follow = false

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("So many entries to begin with.", valueName: "count"))
    var lines = 20

    @Option(name: .long, help: ArgumentHelp("Only these events; may be repeated.", valueName: "event"))
    var event: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only where the organisation is consumer or supplier.", valueName: "org"))
    var org: String?

    @Option(name: .long, help: ArgumentHelp("Only of the client.", valueName: "client-id"))
    var client: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    /// How often a followed ledger is looked at.
    private static let interval = Duration.milliseconds(250)

    func validate() throws {
        guard (0...100_000).contains(lines) else { throw ValidationError("--lines must be 0 to 100000.") }
        let isDocument = options.json || options.output == .json || options.output == .yaml
        if follow, isDocument { throw ValidationError("--follow needs lines: use --output jsonl.") }
    }

    func run() async throws {
        var query = LedgerQuery()
        query.kinds = try auditKinds(event)
        query.organisation = try auditValue(org, option: "--org") { try OrganisationNumber(typed: $0) }
        query.client = try auditValue(client, option: "--client") { try ClientID(parsing: $0) }
        let store = try options.openStore()
        var (entries, position) = try await newest(query, in: store)
        try show(entries, isFirst: true)
        while follow {
            try await Task.sleep(for: Self.interval)
            (entries, position) = try await further(query, after: position, in: store)
            if !entries.isEmpty { try show(entries, isFirst: false) }
        }
        try store.close()
    }

    private func newest(_ query: LedgerQuery, in store: SQLiteStore) async throws -> ([AuditEntry], Int64) {
        try await store.read { [lines] reader in
            let newest = lines == 0 ? [] : try reader.newestEntries(query, limit: lines)
            return (newest.reversed().map(AuditEntry.init), try reader.lastSequence)
        }
    }

    private func further(
        _ query: LedgerQuery,
        after position: Int64,
        in store: SQLiteStore
    ) async throws -> ([AuditEntry], Int64) {
        try await store.read { reader in
            let last = try reader.lastSequence
            guard last > position else { return ([], position) }
            var found: [AuditEntry] = []
            try reader.visitEntries(query, after: position) {
                found.append(AuditEntry($0))
                return true
            }
            return (found, last)
        }
    }

    private func show(_ entries: [AuditEntry], isFirst: Bool) throws {
        let table = Table(
            "audit-entries",
            entries,
            whenEmpty: "the ledger holds no such entry",
            columns: AuditEntry.columns
        )
        let rendering = options.rendering
        guard !isFirst, rendering.format == .table else { return try options.print(table) }
        // The head stands above the first lines already.
        let text = try rendering.text(of: table)
        try Console.current.write(String(text.drop { $0 != "\n" }.dropFirst()))
    }
}
