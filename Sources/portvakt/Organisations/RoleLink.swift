import ArgumentParser
import Delegations
import Operations

/// `portvakt role link`.
struct RoleLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Say that a person of the register's open data is the person with a national identity number.",
        discussion: """
            Open data tell name and birth date, which several persons may share, so that nothing joins them by itself. Name \
            the role (its unit, code, and the person's name and birth date as the register has them), or its pseudonym; the \
            number comes from stdin. For example: \
            `portvakt role link 310000124 DAGL --name "KARI NORDMANN" --born 1970-01-31 < number`.
            """
    )

    @Argument(help: ArgumentHelp("The unit that assigned the role.", valueName: "org"), completion: .organisations)
    var organisation: String?
    @Argument(help: "The role, as `DAGL`.") var role: String?

    @Option(help: "The person's name, all of it, as the register has it.") var name: String?
    @Option(help: ArgumentHelp("The person's birth date, as 1970-01-31.", valueName: "date")) var born: String?
    @Option(help: ArgumentHelp("The pseudonym, instead of role, name and birth date.", valueName: "hex"))
    var pseudonym: String?
    @Option(
        help: ArgumentHelp("A file with the person's national identity number; - is stdin.", valueName: "file"),
        completion: .file()
    )
    var person = "-"

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        let named = [organisation, role, name]
        if pseudonym != nil {
            if named.contains(where: { $0 != nil }) || born != nil {
                throw ValidationError("--pseudonym and a role contradict each other.")
            }
        } else if named.contains(where: { $0 == nil }) {
            throw ValidationError("Name the unit, the role and --name, or give --pseudonym.")
        }
    }

    func run() async throws {
        try await options.perform(
            LinkPerson([
                "pseudonym": pseudonym, "org": organisation, "role": role, "name": name, "born": born,
                "person": try options.identityNumber(file: person),
            ])
        )
    }
}

/// `portvakt role unlink PSEUDONYM`.
struct RoleUnlink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlink",
        abstract: "Take back that a person of open data is a person with a number.",
        discussion: "What rests on the link ends with it, at the next token request."
    )

    @Argument(help: "The pseudonym that was linked.") var pseudonym: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try UnlinkPerson(["pseudonym": pseudonym])
        try options.confirm("take back whom `\(act.pseudonym.abbreviated)` stands for")
        try await options.perform(act)
    }
}
