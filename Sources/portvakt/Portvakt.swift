import ArgumentParser
import Foundation

/// The command line: `portvakt NOUN VERB`.
@main
struct Portvakt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portvakt",
        abstract: "Machine-to-machine authorization server, compatible with Maskinporten.",
        version: "portvakt \(Version.number)",
        subcommands: [
            // In alphabetical order; each noun has a file of its own.
            AccessCommand.self,
            AccessListCommand.self,
            AttentionCommand.self,
            AuditCommand.self,
            CertCommand.self,
            ClientCommand.self,
            Completion.self,
            ConsentCommand.self,
            ContextCommand.self,
            DecideCommand.self,
            DelegationCommand.self,
            DemoCommand.self,
            DoctorCommand.self,
            ExplainCommand.self,
            IncidentCommand.self,
            Init.self,
            KeysCommand.self,
            LoginCommand.self,
            OrgCommand.self,
            PrefixCommand.self,
            ReportCommand.self,
            ResourceCommand.self,
            RoleCommand.self,
            ScopeCommand.self,
            Serve.self,
            StoreCommand.self,
            SystemCommand.self,
            SystemUserCommand.self,
            TokenCommand.self,
            VersionCommand.self,
            WebCommand.self,
            WebhookCommand.self,
            WhoamiCommand.self,
        ]
    )

    static func main() async {
        // Interrupted: exit 130 at once. Transactions under way are the database's to roll back; `serve` replaces this.
        signal(SIGINT) { _ in _exit(ExitStatus.interrupted.rawValue) }
        // A reader that goes away is told by the write itself (`ReaderGone`).
        signal(SIGPIPE, SIG_IGN)
        Foundation.exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Runs one command line and says what to exit with; results and errors go to the present console.
    static func run(_ arguments: [String]) async -> ExitStatus {
        let arguments = movingLeadingGlobalOptions(arguments)
        return await $words.withValue(words(of: arguments)) { await perform(arguments) }
    }

    /// The words of the command that runs, as `portvakt access grant`.
    @TaskLocal static var words = "portvakt"

    /// The words that name a command; never one of its arguments, which may say something of somebody.
    static func words(of arguments: [String]) -> String {
        var (type, words): (any ParsableCommand.Type, [String]) = (Portvakt.self, ["portvakt"])
        for argument in arguments {
            let below = type.configuration.subcommands.first { $0.configuration.commandName == argument }
            guard let below else { break }
            type = below
            words.append(argument)
        }
        return words.joined(separator: " ")
    }

    private static func perform(_ arguments: [String]) async -> ExitStatus {
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch is ReaderGone {
            return .done
        } catch {
            return ErrorReport(for: arguments).report(error)
        }
    }
}
