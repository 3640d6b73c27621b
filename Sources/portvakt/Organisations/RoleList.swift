import ArgumentParser
import Delegations
import Operations
import Organisations
import SQLiteStorage
import Vocabulary

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

    @Argument(help: ArgumentHelp("The organisation number.", valueName: "org")) var organisation: String?

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
        let number = try organisation.map { text throws(CLIError) in try Typed.organisation(text) }
        let pseudonym = try person.map { try options.person(file: $0) }
        switch (number, pseudonym) {
        case (let number?, nil): try listAssignments { try $0.assignments(of: number) }
        case (nil, let pseudonym?): try listAssignments { try $0.assignments(heldBy: .person(pseudonym)) }
        case (let number?, let pseudonym?): try listPaths(of: pseudonym, for: number)
        case (nil, nil): break
        }
    }

    private struct Row {
        let assignment: RoleAssignment
        let organisationName: String?
        let holderName: String?
    }

    private func listAssignments(_ find: (SQLiteReader) throws -> [RoleAssignment]) throws {
        let rows = try options.look { reader in
            try find(reader).sorted().map { assignment in
                Row(
                    assignment: assignment,
                    organisationName: try reader.organisation(assignment.organisation)?.name,
                    holderName: try assignment.holder.organisation.flatMap { try reader.organisation($0)?.name }
                )
            }
        }
        try options.print(
            Table(
                "role-list",
                rows,
                whenEmpty: "no roles",
                columns: [
                    Column("organisation_number", title: "ORG") { $0.assignment.organisation },
                    Column("organisation_name", title: "NAME") { $0.organisationName },
                    Column("role") { $0.assignment.role },
                    Column("source") { $0.assignment.source.rawValue },
                    Column("holder") { $0.assignment.holder.description },
                    Column("holder_name") { $0.holderName },
                    Column("holder_orgno", .detail) { $0.assignment.holder.organisation },
                    Column("holder_person", .detail) { $0.assignment.holder.person },
                ]
            )
        )
    }

    private func listPaths(of person: PersonPseudonym, for number: OrganisationNumber) throws {
        let (held, isPerhapsUnlinked) = try options.look { reader in
            guard try reader.unit(number) != nil else {
                throw CLIError.notFound(
                    "organisation",
                    "\(number)",
                    hint: "import the register with `portvakt org import`"
                )
            }
            return (
                try RoleRules(reader).roles(of: .person(person), for: number),
                try reader.hasUnlinkedPersons(in: number)
            )
        }
        try options.print(
            Table(
                "role-paths",
                held,
                whenEmpty: "no roles",
                columns: [
                    Column("role") { $0.role },
                    Column("path") { $0.path.description },
                    Column("assigned_by", .detail) { $0.path.assignment.organisation },
                    Column("assigned_role", .detail) { $0.path.assignment.role },
                    Column("source", .detail) { $0.path.assignment.source.rawValue },
                    Column("key_role_in", .detail) { $0.path.keyRole?.organisation },
                    Column("key_role", .detail) { $0.path.keyRole?.role },
                    Column("mapped_from", .detail) { $0.path.mappedFrom },
                    Column("main_unit", .detail) { $0.path.mainUnit },
                ]
            )
        )
        if held.isEmpty, isPerhapsUnlinked {
            options.note(
                "`\(number)` has roles of persons whom open data name; is the person one of them? See `portvakt role link`"
            )
        }
    }
}
