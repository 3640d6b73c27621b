import ArgumentParser
import Operations

/// `portvakt role list [ORG] [--person FILE]`.
struct RoleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List who holds roles for an organisation, or what a person holds, or both with every way there.",
        discussion: """
            With an organisation: what it has assigned. With a person: what the person has been assigned anywhere. With both: \
            every role that the person has for the organisation, and how the person comes by it.
            """
    )

    @Argument(help: ArgumentHelp("The organisation number.", valueName: "org"), completion: .organisations)
    var organisation: String?

    @Option(
        help: ArgumentHelp("A file with the person's national identity number; - is stdin.", valueName: "file"),
        completion: .file()
    )
    var person: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if organisation == nil, person == nil { throw ValidationError("Name an organisation or a person.") }
    }

    func run() async throws {
        try await options.perform(
            ListRoles(["org": organisation, "person": try person.map { try options.identityNumber(file: $0) }])
        )
    }
}
