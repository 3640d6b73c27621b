import ArgumentParser
import JOSE
import Operations

/// `portvakt decide [FILE]`.
struct DecideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Ask the decision point whether somebody may do something.",
        discussion: """
            The question is a request of the XACML 3.0 JSON profile in a file, or `--subject`, `--action`, `--resource` and \
            `--party`. A party is an organisation number, the UUID of a party, or the pseudonym of a person; a subject may also \
            be `systemuser:UUID`. Exits with 3 unless every decision is Permit.

            For example: `portvakt decide --subject 310000124 --action ScopeAccess --resource acme-catch --party 310000132`.
            """
    )

    @Argument(help: ArgumentHelp("The request; - is stdin.", valueName: "file"), completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("Who asks.", valueName: "party")) var subject: String?
    @Option(help: ArgumentHelp("What is to be done.", valueName: "action")) var action: String?
    @Option(help: ArgumentHelp("With which resource.", valueName: "id")) var resource: String?
    @Option(help: ArgumentHelp("Whose it is.", valueName: "party")) var party: String?

    @Flag(help: "Tell each step, and the rule, role path or record that decided.") var explain = false
    @Flag(help: "Print the response of the JSON profile.") var response = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        let isAsked = subject != nil || action != nil || resource != nil || party != nil
        if file != nil, isAsked { throw ValidationError("Give a file, or the options, not both.") }
        if file == nil, subject == nil || action == nil || resource == nil {
            throw ValidationError("Give a file, or --subject, --action and --resource.")
        }
        if explain, response { throw ValidationError("Give --explain or --response, not both.") }
    }

    func run() async throws {
        // A request may name persons by their numbers: where it goes is known before it is read.
        _ = try options.target()
        let report = try await options.answer(
            Decide([
                "request": try file.map { try JSONFile.object($0) }, "subject": subject, "action": action,
                "resource": resource, "party": party, "explain": explain, "response": response,
            ])
        )
        guard response else { return try options.print(report) }
        // The response of the profile as it is, whatever else is asked for.
        try Console.current.write(report["response"].jsonValue.text() + "\n")
        if let verdict = report.verdict { throw CLIError(verdict) }
    }
}
