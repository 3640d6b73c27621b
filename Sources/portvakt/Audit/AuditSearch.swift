import ArgumentParser
import AuditLedger
import Operations
import SQLiteStorage
import TokenIssuance
import Vocabulary

/// `portvakt audit search`.
struct AuditSearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find entries of the ledger, and refusals from before the client was authenticated.",
        discussion: """
            All conditions must hold. The newest of what is found is shown, oldest first. A trace id is in every answer of \
            the server. Without --since the whole ledger is gone through.
            """
    )

    @Option(name: .long, help: ArgumentHelp("Of the request with that trace id.", valueName: "id"))
    var trace: String?

    @Option(
        name: .long,
        help: ArgumentHelp("From that time on: 2026-11-22T08:00:00Z, 2026-11-22, 24h.", valueName: "time")
    )
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Before that time.", valueName: "time"))
    var until: String?

    @Option(name: .long, help: ArgumentHelp("Where the organisation is consumer or supplier.", valueName: "org"))
    var org: String?

    @Option(name: .long, help: ArgumentHelp("Of the client.", valueName: "client-id"))
    var client: String?

    @Option(name: .long, help: ArgumentHelp("With the scope.", valueName: "scope"))
    var scope: String?

    @Option(name: .long, help: ArgumentHelp("Refused with the code.", valueName: "code"))
    var code: String?

    @Option(name: .long, help: ArgumentHelp("Done by somebody whose name holds that text.", valueName: "text"))
    var actor: String?

    @Option(name: .long, help: ArgumentHelp("Only these events; may be repeated.", valueName: "event"))
    var event: [String] = []

    @Option(name: .long, help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 1_000

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit must be 1 to 1000000.") }
    }

    func run() async throws {
        let query = try query()
        let store = try options.openStore()
        let recorded = try await store.read { [limit] in try $0.newestEntries(query, limit: limit + 1) }
        let early = earlyRefusals(query, in: store.folder)
        try store.close()
        let found = (recorded.reversed().map(AuditEntry.init) + early).sorted { $0.time < $1.time }
        if found.count > limit { options.warn("more than \(limit) were found: the newest are shown; see `--limit`") }
        let shown = Array(found.suffix(limit))
        try options.print(
            Table("audit-entries", shown, whenEmpty: "nothing was found", columns: AuditEntry.columns)
        )
        if trace != nil { explain(shown) }
    }

    private func query() throws(CLIError) -> LedgerQuery {
        var query = LedgerQuery()
        let now = options.now
        query.trace = try auditValue(trace, option: "--trace") { try TraceID(parsing: $0.lowercased()) }
        query.since = try AuditTime.time(since, option: "--since", now: now)
        query.until = try AuditTime.time(until, option: "--until", now: now)
        query.organisation = try auditValue(org, option: "--org") { try OrganisationNumber(typed: $0) }
        query.client = try auditValue(client, option: "--client") { try ClientID(parsing: $0) }
        query.scope = try auditValue(scope, option: "--scope") { try ScopeName(parsing: $0) }
        query.code = code?.uppercased()
        query.actor = actor
        query.kinds = try auditKinds(event)
        return query
    }

    /// Early refusals have no organisation, scope or actor, and are no events of the ledger.
    private func earlyRefusals(_ query: LedgerQuery, in folder: SQLiteStorage.DataFolder) -> [AuditEntry] {
        guard query.organisation == nil, query.scope == nil, query.actor == nil, query.kinds.isEmpty else { return [] }
        do {
            return try RefusalRing.refusals(in: folder.refusalRing).filter { note in
                (query.trace == nil || note.trace == query.trace)
                    && query.since.map { note.time >= $0 } ?? true
                    && query.until.map { note.time < $0 } ?? true
                    && (query.client == nil || note.claimedClient == query.client?.rawValue)
                    && (query.code == nil || note.code == query.code)
            }.map(AuditEntry.init)
        } catch {
            options.warn("\(error)")
            return []
        }
    }

    /// The story of one refusal ends with what mends it.
    private func explain(_ entries: [AuditEntry]) {
        for code in Set(entries.compactMap(\.code)).sorted() {
            guard let page = ErrorCode(rawValue: code).map(ErrorCatalogue.page) else { continue }
            options.note("\(code): \(page.title). \(page.meaning)")
            for fix in page.fixes { options.note("  - \(fix)") }
        }
    }
}
