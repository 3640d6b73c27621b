import Administration
import ArgumentParser
import Delegations
import Operations
import SQLiteStorage
import Server
import Vocabulary

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

    @Argument(help: ArgumentHelp("The organisation that the role is for.", valueName: "org")) var organisation: String
    @Argument(help: "The role, as `APIADM`.") var role: String

    @Option(help: ArgumentHelp("The organisation that shall hold it.", valueName: "org")) var to: String?
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
        let number = try Typed.organisation(organisation)
        let role = try Typed.role(role)
        let holder = try options.party(organisation: to, personFile: toPerson)
        let outcome = try options.administer {
            try $0.giveRole(role, for: number, to: holder, by: .operatorsAct)
        }
        options.warn(outcome.warnings)
        try options.print(outcome.record(outcome.hasChanged ? "given" : "already"))
    }
}

/// `portvakt role revoke ORG ROLE`.
struct RoleRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take back a role that was given, by the operator's own act.",
        discussion: "What Enhetsregisteret says stays as it is. What is taken back already stays so."
    )

    @Argument(help: ArgumentHelp("The organisation that the role is for.", valueName: "org")) var organisation: String
    @Argument(help: "The role, as `APIADM`.") var role: String

    @Option(help: ArgumentHelp("The organisation that holds it.", valueName: "org")) var from: String?
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
        let number = try Typed.organisation(organisation)
        let role = try Typed.role(role)
        let holder = try options.party(organisation: from, personFile: fromPerson)
        try options.confirm("take the role `\(role)` for `\(number)` back")
        let outcome = try options.administer {
            try $0.revokeRole(role, for: number, from: holder, by: .operatorsAct)
        }
        options.warn(outcome.warnings)
        try options.print(outcome.record(outcome.hasChanged ? "revoked" : "already"))
    }
}

extension AdministrationOutcome<RoleAssignment> {
    /// What became of the role.
    fileprivate func record(_ result: String) -> Record {
        Record(
            "role",
            [
                .init("organisation_number", value.organisation), .init("role", value.role),
                .init("holder_orgno", value.holder.organisation), .init("holder_person", value.holder.person),
                .init("result", result),
            ]
        )
    }
}

extension GlobalOptions {
    /// The key under which persons are known; made when the data folder has none and needs none.
    func pseudonymKey() throws -> PseudonymKey {
        let isUsed = try look { try $0.hasPersons() }
        return try PseudonymKeyFile.readOrMake(in: dataFolder().path, isUsed: isUsed)
    }

    /// The person whose national identity number stands in a file.
    func person(file: String) throws -> PersonPseudonym {
        let text = try InputFile.readSecret(file).exposed.filter { $0 != " " }
        guard let number = NationalIdentityNumber(parsing: text) else {
            // What was typed may be somebody's number all but for a digit, so it is not repeated.
            throw CLIError.usage(
                "`\(file == "-" ? "stdin" : file)` holds no national identity number",
                hint: "eleven digits, of which the last two are control digits"
            )
        }
        return try pseudonymKey().pseudonym(of: number)
    }

    /// The party that one of two options names.
    func party(organisation: String?, personFile: String?) throws -> Party {
        if let organisation { return .organisation(try Typed.organisation(organisation)) }
        return .person(try person(file: personFile ?? "-"))
    }
}

extension Typed {
    /// A code of a role.
    static func role(_ text: String) throws(CLIError) -> RoleCode {
        guard let role = RoleCode(parsing: text) else {
            throw .usage("`\(text)` is no code of a role", hint: "letters and digits, as `APIADM` or `DAGL`")
        }
        return role
    }

    /// A pseudonym in full.
    static func pseudonym(_ text: String) throws(CLIError) -> PersonPseudonym {
        guard let pseudonym = PersonPseudonym(parsing: text) else {
            throw .usage("`\(text)` is no pseudonym", hint: "64 hexadecimal digits, as `portvakt role list` shows them")
        }
        return pseudonym
    }
}

extension RoleGivingRefusal: CLIErrorConvertible {
    var cliError: CLIError {
        switch self {
        case .notGivable: CLIError("role_not_givable", "\(self)")
        case .toItself: CLIError("role_to_itself", "\(self)")
        case .noAccessManager, .roleNotHeld, .notMainAdministratorByRegister:
            CLIError("role_not_allowed", "\(self)", status: .notAllowed)
        }
    }
}

extension PersonLinkRefusal: CLIErrorConvertible {
    var cliError: CLIError {
        switch self {
        case .unknownPseudonym:
            CLIError("pseudonym_not_found", "\(self)", hint: "name and birth date must be those of the register")
        case .toItself: CLIError("link_to_itself", "\(self)")
        case .targetIsLinked: .conflict("person_linked_elsewhere", "\(self)")
        }
    }
}

extension KeyFileFault: CLIErrorConvertible {
    var cliError: CLIError { CLIError("pseudonym_key", "\(self)") }
}
