import ArgumentParser
import Operations

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

    @Option(
        name: .long,
        help: ArgumentHelp("Only where the organisation is consumer or supplier.", valueName: "org"),
        completion: .organisations
    )
    var org: String?

    @Option(name: .long, help: ArgumentHelp("Only of the client.", valueName: "client-id"), completion: .clients)
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
        let filter: Arguments = ["event": event, "org": org, "client": client]
        // Read before the entries, so that none falls between the first look and the second.
        var position = try await follow ? options.answer(ShowAuditPosition([:])).position : 0
        let newest = try await options.answer(TailAudit(filter.setting("lines", to: lines)))
        try show(newest, isFirst: true)
        position = max(position, newest.position)
        while follow {
            try await Task.sleep(for: Self.interval)
            let further = try await options.answer(TailAudit(filter.setting("after", to: position)))
            if !further.items.isEmpty { try show(further, isFirst: false) }
            position = max(position, further.position)
        }
    }

    private func show(_ report: Report, isFirst: Bool) throws {
        let rendering = options.rendering
        guard !isFirst, rendering.format == .table else { return try options.print(report) }
        // The head stands above the first lines already.
        let text = try rendering.text(of: report)
        try Console.current.write(String(text.drop { $0 != "\n" }.dropFirst()))
    }
}

extension Report {
    /// The sequence number of the last entry that it tells of; 0 for none.
    fileprivate var position: Int {
        let values = items.map { $0["sequence"] }
        return values.reduce(0) { last, value in
            guard case .number(let number) = value else { return last }
            return max(last, Int(number))
        }
    }
}
