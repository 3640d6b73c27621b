import SQLiteStorage
import Vocabulary

/// Where an operation is performed.
enum OperationTarget: Sendable, Equatable {
    /// On the data folder, by whoever owns it.
    case dataFolder
    /// Through a server's operator API.
    case server(ServerContext)
}

extension GlobalOptions {
    /// The environment's names of server and context.
    private static let (serverVariable, contextVariable) = ("PORTVAKT_SERVER", "PORTVAKT_CONTEXT")

    /// The file of contexts.
    func contextFile() throws(CLIError) -> ContextFile {
        try ContextFile(reading: ContextFile.standardPath(Console.current.surroundings.environment))
    }

    /// Where this command is performed: what its flags say, else the environment, else the current context, else the
    /// data folder.
    ///
    /// - Throws: `CLIError` for a context that does not exist, and for a server that no context knows.
    func target() throws(CLIError) -> OperationTarget {
        guard dataOption == nil else { return .dataFolder }
        let environment = Console.current.surroundings.environment
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        // A flag replaces both variables: one of each would be a mixture that nobody asked for.
        let isNamed = server != nil || context != nil
        let server = isNamed ? server : variable(Self.serverVariable)
        let name = isNamed ? context : variable(Self.contextVariable)
        let file = try contextFile()
        guard server != nil || name != nil || file.current != nil else { return .dataFolder }
        if claimedName != nil {
            throw .usage(
                "`--as` is for the data folder: a server knows who calls",
                hint: "add `--data FOLDER`, or leave `--as` out"
            )
        }
        guard let server = try server.map({ text throws(CLIError) in try ServerContext.server(text) }) else {
            return .server(try file.context(name ?? file.current ?? ""))
        }
        if let name {
            // The client of one context through another address, a tunnel for example.
            var context = try file.context(name)
            context.server = server
            return .server(context)
        }
        guard let context = file.contexts.first(where: { $0.server == server }) else {
            throw CLIError(
                "context_not_found",
                "no context knows the server `\(server)`",
                hint: "run `portvakt context set NAME --server \(server) --issuer URL --client-id ID --key FILE`",
                status: .notAllowed
            )
        }
        return .server(context)
    }

    /// Refuses a server that was named for something that works on the data folder alone.
    ///
    /// The current context and the environment are passed over: they say what is usual, not what this command is for.
    func requireDataFolder(_ what: String = "this command") throws(CLIError) {
        guard server == nil, context == nil else {
            throw .usage(
                "\(what) works on the data folder alone",
                hint: "run it where the data folder is, with `--data FOLDER` in place of `--server` and `--context`"
            )
        }
    }

    /// Refuses a server that was named for something that is done right here, with no data folder either.
    func requireNoServer() throws(CLIError) {
        guard server == nil, context == nil else {
            throw .usage(
                "this command asks no server: it works right here",
                hint: "leave `--server` and `--context` out"
            )
        }
    }

    /// How long a server may take to answer.
    func patience() throws(CLIError) -> Duration {
        guard let timeout else { return CommandHTTP.patience }
        let span = try Typed.span(timeout, option: "--timeout")
        guard (1...3_600).contains(span.count) else { throw .usage("`--timeout` must be 1 s to 1 h") }
        return .seconds(span.count)
    }

    /// The issuer of the installation that the command works on, where it is known.
    func issuer() throws -> Issuer? {
        switch try target() {
        case .server(let context): try context.issuer.map { try Issuer(parsing: $0) }
        case .dataFolder: try look { try $0.setting("issuer") }.map { try Issuer(parsing: $0) }
        }
    }
}
