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
        let inputs = ConfigurationInputs(
            dataFolder: try options.dataFolder().path,
            environment: Console.current.surroundings.environment
        )
        let configuration: ServerConfiguration
        do { configuration = try ServerConfiguration(inputs) } catch {
            throw CLIError("configuration_faulty", "\(error)")
        }
        let now = options.now
        let report = try options.administer { administration in
            try act.perform(in: administration, OperationContext(viewer: .operator, now: now))
        }
        try options.print(
            Record(
                "console-link",
                [
                    .init("url", configuration.adminURL + (report.text("path") ?? "")),
                    .init("organisation", report.text("organisation")), .init("ends", now + ConsoleLink.lifetime),
                ]
            )
        )
        options.note("open it within \(ConsoleLink.lifetime.count) s, in the browser of whoever shall see")
    }
}

extension Report {
    /// The text of a record's member; nil when it has none.
    fileprivate func text(_ name: String) -> String? {
        guard case .record(let members) = content else { return nil }
        return members.first { $0.name == name }.flatMap { $0.value == .none ? nil : $0.value.cell }
    }
}
