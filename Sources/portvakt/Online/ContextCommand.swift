import ArgumentParser
import Operations

/// `portvakt context`.
struct ContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Remember which servers you administer, and as which client.",
        discussion: """
            Contexts stand in `~/.config/portvakt/contexts.yaml` (or `$XDG_CONFIG_HOME`), which only you may read. They name \
            files with keys and hold none. Without `--server`, `--context` and `--data` a command uses the current context, \
            and without one the data folder.
            """,
        subcommands: [ContextList.self, ContextRemove.self, ContextSet.self, ContextShow.self, ContextUse.self]
    )
}

/// `portvakt context list`.
struct ContextList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the contexts.")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let file = try options.contextFile()
        try options.print(
            Table(
                "context-list",
                file.contexts,
                whenEmpty: "there is no context; `portvakt context set NAME --server URL …` makes one",
                columns: [
                    Column("context", style: { $0.name == file.current ? .good : .plain }) { $0.name },
                    Column("current") { $0.name == file.current },
                    Column("server") { $0.server },
                    Column("issuer") { $0.issuer },
                    Column("client_id", title: "CLIENT") { $0.clientID },
                    Column("key", .detail) { $0.key },
                ]
            )
        )
    }
}

/// `portvakt context show [NAME]`.
struct ContextShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a context: the current one, unless another is named."
    )

    @Argument(help: "The context.")
    var name: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let file = try options.contextFile()
        guard let name = name ?? options.context ?? file.current else {
            throw CLIError(
                "context_not_found",
                "no context is current",
                hint: "name one; `portvakt context list` shows them"
            )
        }
        try options.print(try file.context(name).record(in: file))
    }
}

/// `portvakt context use NAME`.
struct ContextUse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use",
        abstract: "Make a context the current one, or with --none let commands use the data folder again."
    )

    @Argument(help: "The context.")
    var name: String?

    @Flag(help: "Let commands use the data folder unless told otherwise.")
    var none = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if (name == nil) != none { throw ValidationError("Name a context, or give --none.") }
    }

    func run() async throws {
        var file = try options.contextFile()
        file.current = try name.map { name throws(CLIError) in try file.context(name).name }
        try file.write()
        try options.print(Record("context-use", [.init("context", file.current), .init("file", file.path)]))
    }
}

/// `portvakt context set NAME`.
struct ContextSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Make a context, or change what is given of one."
    )

    @Argument(help: "The context.")
    var name: String

    @OptionGroup(title: "Client and server") var client: TokenClientOptions

    @Flag(help: "Make it the current context too.")
    var use = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try ServerContext.check(name: name)
        var file = try options.contextFile()
        let existing = file.contexts.first { $0.name == name }
        guard
            let server = try options.server.map({ text throws(CLIError) in try ServerContext.server(text) })
                ?? existing?.server
        else {
            throw CLIError.usage("the context `\(name)` is new: say where its admin listener is with `--server`")
        }
        var context = existing ?? ServerContext(name: name, server: server)
        context.server = server
        try client.fill(&context)
        file.put(context)
        if use { file.current = name }
        try file.write()
        try options.print(context.record(in: file))
    }
}

/// `portvakt context remove NAME`.
struct ContextRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forget a context; keys and clients stay where they are."
    )

    @Argument(help: "The context.")
    var name: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        var file = try options.contextFile()
        _ = try file.context(name)
        try options.confirm("forget the context `\(name)`")
        file.contexts.removeAll { $0.name == name }
        if file.current == name { file.current = nil }
        try file.write()
        try options.print(Record("context-remove", [.init("context", name), .init("result", "removed")]))
    }
}

extension ServerContext {
    /// What is shown of it.
    func record(in file: ContextFile) -> Record {
        Record(
            "context",
            [.init("context", name), .init("current", name == file.current), .init("server", server)]
                + Self.fields.map { .init($0.name, self[keyPath: $0.path]) } + [.init("file", file.path)]
        )
    }
}
