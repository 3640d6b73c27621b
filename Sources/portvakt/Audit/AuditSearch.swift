import Administration
import ArgumentParser
import Operations

/// `portvakt audit search`.
struct AuditSearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find entries of the ledger, and refusals from before the client was authenticated.",
        discussion: """
            All conditions must hold. The newest of what is found is shown, oldest first. A trace id is in every answer of \
            the server. Without --since the whole ledger is gone through. --person needs the pseudonyms' key of the data \
            folder, and is recorded in the ledger.
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

    @Option(
        name: .long,
        help: ArgumentHelp("Where the organisation is consumer or supplier.", valueName: "org"),
        completion: .organisations
    )
    var org: String?

    @Option(name: .long, help: ArgumentHelp("Of the client.", valueName: "client-id"), completion: .clients)
    var client: String?

    @Option(name: .long, help: ArgumentHelp("With the scope.", valueName: "scope"), completion: .scopes)
    var scope: String?

    @Option(name: .long, help: ArgumentHelp("Refused with the code.", valueName: "code"))
    var code: String?

    @Option(name: .long, help: ArgumentHelp("Done by somebody whose name holds that text.", valueName: "text"))
    var actor: String?

    @Option(name: .long, help: ArgumentHelp("Only these events; may be repeated.", valueName: "event"))
    var event: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only what names the person whose national identity number stands in the file; - is stdin.",
            valueName: "file"
        ),
        completion: .file()
    )
    var person: String?

    @Option(name: .long, help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 1_000

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit must be 1 to 1000000.") }
    }

    func run() async throws {
        var search = try SearchAudit([
            "trace": trace, "since": since, "until": until, "org": org, "client": client, "scope": scope,
            "code": code, "actor": actor, "event": event, "limit": limit,
        ])
        guard let person else { return try await options.perform(search) }
        // Only the key beside the database tells which pseudonym is whose; that it was used is recorded.
        try options.requireDataFolder("`--person`")
        let pseudonym = try options.person(file: person)
        search.person = pseudonym
        let report = try options.lookUp(search)
        try options.administer { try $0.notePersonSearch(for: pseudonym, found: report.items.count) }
        try options.print(report)
    }
}
