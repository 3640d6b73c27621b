import Delegations
import Organisations
import Vocabulary

/// Who holds roles for an organisation, or what a person holds, or both with every way there.
package struct ListRoles: Inquiry {
    package static let name = "role-list"
    package static let summary =
        "List who holds roles for an organisation, or what a person holds, or both with every way there."
    package static let parameters = [
        Parameter("org", .organisation, "The organisation."),
        Parameter("person", .identityNumber, "The person."),
    ]
    package static let asksInBody = true
    package let arguments: Arguments
    private let organisation: OrganisationNumber?
    private let person: NationalIdentityNumber?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        organisation = try arguments.organisation("org")
        person = try arguments.identityNumber("person")
        if organisation == nil, person == nil { throw .usage("name an organisation or a person") }
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer == .operator else {
            throw OperationFault(.notAllowed, "operator_only", "only the operator lists roles")
        }
        guard let person else {
            return try Self.assignments(try organisation.map { try reader.assignments(of: $0) } ?? [], reader)
        }
        let pseudonym = try context.knownPseudonym(of: person, reader)
        if let organisation { return try Self.paths(of: pseudonym, for: organisation, reader) }
        return try Self.assignments(
            try pseudonym.map { try reader.assignments(heldBy: .person($0)) } ?? [],
            reader
        )
    }

    private static func assignments(_ found: [RoleAssignment], _ reader: some OperationReader) throws -> Report {
        var names = OrganisationNames()
        let rows = try found.sorted().map { assignment in
            Row(
                assignment: assignment,
                organisationName: try names.known(assignment.organisation, reader),
                holderName: try assignment.holder.organisation.flatMap { try names.known($0, reader) }
            )
        }
        return Report(Table("role-list", rows, whenEmpty: "no roles", columns: columns))
    }

    private struct Row: Sendable {
        let assignment: RoleAssignment
        let organisationName: String?
        let holderName: String?
    }

    private static let columns: [Column<Row>] = [
        Column("organisation_number", title: "ORG") { $0.assignment.organisation },
        Column("organisation_name", title: "NAME") { $0.organisationName },
        Column("role") { $0.assignment.role },
        Column("source") { $0.assignment.source.rawValue },
        Column("holder") { $0.assignment.holder.description },
        Column("holder_name") { $0.holderName },
        Column("holder_orgno", .detail) { $0.assignment.holder.organisation },
        Column("holder_person", .detail) { $0.assignment.holder.person },
    ]

    private static func paths(
        of person: PersonPseudonym?,
        for number: OrganisationNumber,
        _ reader: some OperationReader
    ) throws -> Report {
        guard try reader.unit(number) != nil else {
            throw OperationFault.absent(
                "organisation",
                "\(number)",
                hint: "import the register with `portvakt org import`"
            )
        }
        let held = try person.map { try RoleRules(reader).roles(of: .person($0), for: number) } ?? []
        var report = Report(Table("role-paths", held, whenEmpty: "no roles", columns: pathColumns))
        if held.isEmpty, try reader.hasUnlinkedPersons(in: number) {
            report.notes = [
                "`\(number)` has roles of persons whom open data name; is the person one of them? See `portvakt role link`"
            ]
        }
        return report
    }

    private static let pathColumns: [Column<HeldRole>] = [
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
}
