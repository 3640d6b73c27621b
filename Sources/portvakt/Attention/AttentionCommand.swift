import ArgumentParser
import Attention
import Operations
import Server
import Vocabulary

/// `portvakt attention`.
struct AttentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention",
        abstract: "List what ends soon, has ended, or is not as it should be.",
        discussion: """
            Keys, accesses, delegations and certificates that end within 60 days or ended of late; organisations that are no \
            more and still have rights; an old register; clients that are refused much; scope files that differ from the \
            store. Each with the command that mends it. The same list stands in the console and the Atom feed, and webhooks \
            are told what changes in it.

            Exit 0 when nothing is listed, 2 else.
            """
    )

    @Option(help: ArgumentHelp("Only what is this pressing: notice, warning, urgent, critical.", valueName: "word"))
    var severity: String?

    @Option(help: ArgumentHelp("Only what concerns this organisation.", valueName: "org"), completion: .organisations)
    var org: String?

    @Option(name: .long, help: ArgumentHelp("Another configuration file.", valueName: "file"), completion: .file())
    var config: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        var inquiry = try ListAttention(["severity": severity, "org": org])
        if try options.target() == .dataFolder {
            inquiry.surroundings = try surroundings()
        } else if config != nil {
            throw CLIError.usage("`--config` is for the data folder: a server has read its own")
        }
        let report = try await options.answer(inquiry)
        try options.print(report)
        if case .table(_, let rows) = report.content, !rows.isEmpty {
            throw ExitCode(ExitStatus.attention.rawValue)
        }
    }

    /// Files and certificates beside the store; nil where the configuration cannot be read, which `doctor` tells.
    private func surroundings() throws -> AttentionSurroundings? {
        let inputs = ConfigurationInputs(
            dataFolder: options.data,
            file: config,
            environment: Console.current.surroundings.environment
        )
        guard let configuration = try? ServerConfiguration(inputs) else { return nil }
        return try options.look { AttentionScene(configuration).look($0) }
    }
}
