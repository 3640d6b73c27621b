import ArgumentParser
import DemoWorld
import Logging
import PortvaktProvider
import Server
import Vocabulary

/// `portvakt demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The demo world: its story from a grant to a refusal, and what its other parties run.",
        subcommands: [DemoStory.self, DemoProvider.self, DemoConsumer.self, DemoPortal.self, DemoRevoke.self],
        defaultSubcommand: DemoStory.self
    )
}

/// `portvakt demo provider`.
struct DemoProvider: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider",
        abstract: "Run the API of the demo world's fisheries authority, for those whose token allows it.",
        discussion: """
            GET /fangst needs the scope demo:fangst.read, POST /fangst demo:fangst.write and this API as the token's \
            audience, GET /landinger demo:landing.es256, GET /kvoter demo:kvoter.read; GET /health/ready says whether it \
            knows its issuer's keys. It is built on the provider library alone, as an API of somebody else would be.
            """
    )

    @Option(name: .long, help: ArgumentHelp("Where it listens; loopback only.", valueName: "host:port"))
    var listen = "127.0.0.1:7090"

    @Option(name: .long, help: ArgumentHelp("Whose tokens it takes.", valueName: "url"))
    var issuer: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireNoServer()
        let address: ListenAddress
        do { address = try ListenAddress(parsing: listen) } catch {
            throw CLIError.usage("`--listen` is not `HOST:PORT`: `\(listen)`")
        }
        guard address.isLoopback else { throw CLIError.usage("`--listen` is not on loopback: `\(listen)`") }
        let issuer: Issuer
        do {
            issuer = try self.issuer.map { try Issuer(parsing: $0) } ?? DemoWorld.Plan.standardIssuer()
        } catch {
            throw CLIError.usage("`--issuer` is no issuer: `\(self.issuer ?? "")`")
        }
        var logger = Logger(label: "demo-provider") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        // It starts before its issuer does, as the parts of a demonstration may.
        var keySet = KeySetOptions()
        keySet.start = .lazy
        let keys = RemoteKeySet(.issuer(issuer), options: keySet, logger: logger)
        let api = try DemoProviderAPI(address: address, issuer: issuer, keys: keys)
        try await api.run(logger: logger) { options.note("ready: http://\(address), for tokens of \(issuer)") }
    }
}
