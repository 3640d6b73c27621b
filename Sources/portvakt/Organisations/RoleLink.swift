import Administration
import ArgumentParser
import Delegations
import Operations
import SQLiteStorage
import Vocabulary

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

    @Argument(help: ArgumentHelp("The unit that assigned the role.", valueName: "org")) var organisation: String?
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
        let open = try openPseudonym()
        let person = try options.person(file: person)
        let outcome = try options.administer { try $0.linkPerson(open, to: person) }
        try options.print(
            Record(
                "role-link",
                [
                    .init("pseudonym", open), .init("person", person),
                    .init("result", outcome.hasChanged ? "linked" : "already"),
                ]
            )
        )
    }

    private func openPseudonym() throws -> PersonPseudonym {
        if let pseudonym { return try Typed.pseudonym(pseudonym) }
        guard let organisation, let role, let name else { throw CLIError.usage("no role is named") }
        let day = try born.map { text throws(CLIError) in
            guard let day = CalendarDate(parsing: text) else {
                throw .usage("`--born` is no date: `\(text)`", hint: "write 1970-01-31")
            }
            return day
        }
        return try options.pseudonymKey().pseudonym(
            inUnit: Typed.organisation(organisation),
            role: Typed.role(role),
            name: name,
            birthDate: day
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
        let open = try Typed.pseudonym(pseudonym)
        try options.confirm("take back whom `\(open.abbreviated)` stands for")
        let outcome = try options.administer { try $0.linkPerson(open, to: nil) }
        try options.print(
            Record(
                "role-link",
                [.init("pseudonym", open), .init("result", outcome.hasChanged ? "unlinked" : "already")]
            )
        )
    }
}
