import ArgumentParser
import Operations

/// `portvakt role`.
struct RoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "See who holds which role for an organisation, and give roles.",
        discussion: """
            Roles of Enhetsregisteret come with `portvakt org import`. Persons are known by pseudonyms; a national identity \
            number is read from a file or stdin, never from the command line, and is not kept.
            """,
        subcommands: [RoleGive.self, RoleLink.self, RoleList.self, RoleRevoke.self, RoleUnlink.self]
    )
}

/// `portvakt role give ORG ROLE`.
struct RoleGive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "give",
        abstract: "Give a party a role for an organisation, by the operator's own act.",
        discussion: """
            No person's role is checked: the ledger says `basis: operator`. A role of Enhetsregisteret cannot be given. For \
            example: `portvakt role give 310000124 APIADM --to 314200772`.
            """
    )

    @Argument(
        help: ArgumentHelp("The organisation that the role is for.", valueName: "org"),
        completion: .organisations
    )
    var organisation: String
    @Argument(help: "The role, as `APIADM`.") var role: String

    @Option(help: ArgumentHelp("The organisation that shall hold it.", valueName: "org"), completion: .organisations)
    var to: String?
    @Option(
        help: ArgumentHelp("A file with the number of the person who shall hold it; - is stdin.", valueName: "file"),
        completion: .file()
    )
    var toPerson: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if (to == nil) == (toPerson == nil) { throw ValidationError("Give either --to or --to-person.") }
    }

    func run() async throws {
        try await options.perform(
            GiveRole([
                "org": organisation, "role": role, "holder_org": to,
                "holder_person": try toPerson.map { try options.identityNumber(file: $0) },
            ])
        )
    }
}

/// `portvakt role revoke ORG ROLE`.
struct RoleRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take back a role that was given, by the operator's own act.",
        discussion: "What Enhetsregisteret says stays as it is. What is taken back already stays so."
    )

    @Argument(
        help: ArgumentHelp("The organisation that the role is for.", valueName: "org"),
        completion: .organisations
    )
    var organisation: String
    @Argument(help: "The role, as `APIADM`.") var role: String

    @Option(help: ArgumentHelp("The organisation that holds it.", valueName: "org"), completion: .organisations)
    var from: String?
    @Option(
        help: ArgumentHelp("A file with the number of the person who holds it; - is stdin.", valueName: "file"),
        completion: .file()
    )
    var fromPerson: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if (from == nil) == (fromPerson == nil) { throw ValidationError("Give either --from or --from-person.") }
    }

    func run() async throws {
        let act = try RevokeRole([
            "org": organisation, "role": role, "holder_org": from,
            "holder_person": try fromPerson.map { try options.identityNumber(file: $0) },
        ])
        try options.confirm("take the role `\(act.role)` for `\(act.organisation)` back")
        try await options.perform(act)
    }
}
