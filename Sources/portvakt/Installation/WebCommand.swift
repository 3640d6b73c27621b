import Administration
import ArgumentParser
import Operations
import Server
import Vocabulary

/// `portvakt web`.
struct WebCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web",
        abstract: "Print a one-time link to the console.",
        discussion: """
            The link holds for one minute and one use; whoever opens it sees, and cannot change anything. With --org it opens \
            that organisation's view and nothing of others.
            """
    )

    @Option(help: ArgumentHelp("The organisation whose view it opens.", valueName: "org"), completion: .organisations)
    var org: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try MakeConsoleLink(["org": org])
        // Whoever reaches the server at an address opens the console there too.
        let address =
            switch try options.target() {
            case .server(let context): context.server
            case .dataFolder: try configuration().adminURL
            }
        let report = try await options.answer(act)
        try options.print(
            Record(
                "console-link",
                [
                    .init("url", address + report["path"].cell), .init("organisation", report["organisation"]),
                    .init("ends", report["ends"]),
                ]
            )
        )
        options.note("open it within \(ConsoleLink.lifetime.count) s, in the browser of whoever shall see")
    }

    private func configuration() throws -> ServerConfiguration {
        let inputs = ConfigurationInputs(
            dataFolder: try options.dataFolder().path,
            environment: Console.current.surroundings.environment
        )
        do { return try ServerConfiguration(inputs) } catch { throw CLIError("configuration_faulty", "\(error)") }
    }
}
