import ArgumentParser
import Operations

/// `portvakt delegation check CONSUMER SUPPLIER SCOPE`.
struct DelegationCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell whether a supplier may act for a consumer with a scope, or whether a person may let it.",
        discussion: """
            Without a person: what a token request with `consumer_org` would find. With one: whether that person, logged in at \
            `--level`, may delegate the scope for the consumer. `--explain` shows every condition and what decided it. Exits with \
            3 on a no.
            """
    )

    @Argument(help: "The organisation that delegates.") var consumer: String
    @Argument(help: "The organisation that may act for it.") var supplier: String
    @Argument(help: "The scope.", completion: .scopes) var scope: String

    @Flag(help: "Show every condition.") var explain = false

    @Option(
        help: ArgumentHelp(
            "The pseudonym of a person who would delegate, as `portvakt role` shows it.",
            valueName: "pseudonym"
        )
    )
    var person: String?

    @OptionGroup var acting: ActingPersonOptions

    @Option(help: ArgumentHelp("The resource, where several bundle the scope.", valueName: "id"))
    var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if person != nil, acting.personStdin { throw ValidationError("Give either --person or --person-stdin.") }
    }

    func run() async throws {
        try await options.perform(
            CheckDelegation(
                acting.adding(
                    to: [
                        "consumer": consumer, "supplier": supplier, "scope": scope, "explain": explain,
                        "person": person, "level": acting.level, "resource": resource,
                    ],
                    options
                )
            )
        )
    }
}
