package import Administration
package import Delegations
package import Vocabulary

/// A role and its holder, as acts on roles are asked for them.
struct RoleArguments: Sendable {
    static let parameters = [
        Parameter("org", .organisation, "The organisation that the role is for.").required,
        Parameter("role", .text, "The role, as `APIADM`.").required,
        Parameter("holder_org", .organisation, "The organisation that holds it."),
        Parameter("holder_person", .identityNumber, "The person who holds it."),
    ]

    let organisation: OrganisationNumber
    let role: RoleCode
    private let holderOrganisation: OrganisationNumber?
    private let holderPerson: NationalIdentityNumber?

    init(_ arguments: Arguments) throws(OperationFault) {
        organisation = try arguments.required("org", arguments.organisation)
        role = try arguments.role("role")
        holderOrganisation = try arguments.organisation("holder_org")
        holderPerson = try arguments.identityNumber("holder_person")
        if (holderOrganisation == nil) == (holderPerson == nil) {
            throw .usage("name one holder: an organisation or a person")
        }
    }

    func holder(_ reader: some OperationReader, _ context: OperationContext) throws -> Party {
        if let holderOrganisation { return .organisation(holderOrganisation) }
        guard let holderPerson else { throw OperationFault.usage("name a holder") }
        return .person(try context.keptPseudonym(of: holderPerson, reader))
    }

    static func report(_ outcome: AdministrationOutcome<RoleAssignment>, _ result: String) -> Report {
        let assignment = outcome.value
        return Report(
            Record(
                "role",
                [
                    .init("organisation_number", assignment.organisation), .init("role", assignment.role),
                    .init("holder_orgno", assignment.holder.organisation),
                    .init("holder_person", assignment.holder.person),
                    .init("result", outcome.hasChanged ? result : "already"),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Gives a party a role for an organisation, by the operator's own act.
package struct GiveRole: OperatorAct {
    package static let name = "role-give"
    package static let summary = "Give a party a role for an organisation, by the operator's own act."
    package static let parameters = RoleArguments.parameters
    package let arguments: Arguments
    private let given: RoleArguments

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try RoleArguments(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let holder = try given.holder(administration.transaction, context)
        let outcome = try administration.giveRole(given.role, for: given.organisation, to: holder, by: .operatorsAct)
        return RoleArguments.report(outcome, "given")
    }
}

/// Takes back a role that was given, by the operator's own act.
package struct RevokeRole: OperatorAct {
    package static let name = "role-revoke"
    package static let summary = "Take back a role that was given, by the operator's own act."
    package static let parameters = RoleArguments.parameters
    package let arguments: Arguments
    private let given: RoleArguments

    /// The organisation that the role is for.
    package var organisation: OrganisationNumber { given.organisation }
    /// The role.
    package var role: RoleCode { given.role }

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try RoleArguments(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let holder = try given.holder(administration.transaction, context)
        let outcome = try administration.revokeRole(
            given.role,
            for: given.organisation,
            from: holder,
            by: .operatorsAct
        )
        return RoleArguments.report(outcome, "revoked")
    }
}
