package import Administration
package import Delegations

// What acts on delegations refuse, with codes for scripts.
extension OperationFault {
    /// What to tell of a refusal of the register of delegations; nil for another error.
    init?(tellingDelegations error: any Error) {
        switch error {
        case let refusal as RoleGivingRefusal: self.init(refusal)
        case let refusal as PersonLinkRefusal: self.init(refusal)
        case let faults as SystemFaults: self.init(faults)
        case let refusal as SystemUserRefusal: self.init(refusal)
        case let faults as ConsentFaults: self.init(faults)
        case let problem as ConsentProblem: self.init(problem)
        case let refusal as AccessListRefusal: self.init(refusal)
        default: return nil
        }
    }

    /// A role that is not given or taken back.
    package init(_ refusal: RoleGivingRefusal) {
        switch refusal {
        case .notGivable: self.init(.refused, "role_not_givable", "\(refusal)")
        case .toItself: self.init(.refused, "role_to_itself", "\(refusal)")
        case .noAccessManager, .roleNotHeld, .notMainAdministratorByRegister:
            self.init(.notAllowed, "role_not_allowed", "\(refusal)")
        }
    }

    /// A pseudonym that is not tied to a person.
    package init(_ refusal: PersonLinkRefusal) {
        switch refusal {
        case .unknownPseudonym:
            self.init(
                .refused,
                "pseudonym_not_found",
                "\(refusal)",
                hint: "name and birth date must be those of the register"
            )
        case .toItself: self.init(.refused, "link_to_itself", "\(refusal)")
        case .targetIsLinked: self.init(.conflict, "person_linked_elsewhere", "\(refusal)")
        }
    }

    /// Every fault of a system's record, with the register's code where it has one.
    package init(_ faults: SystemFaults) {
        let list = faults.faults.map { fault in
            OutputValue.object([
                .init("code", fault.rule?.code), .init("path", fault.path), .init("message", fault.description),
            ])
        }
        self.init(.refused, "system_invalid", faults.description, details: [.init("faults", list)])
    }

    /// A refusal about system users, with Altinn's code.
    package init(_ refusal: SystemUserRefusal) {
        let kind: Kind =
            switch refusal.problem {
            case .systemUserExists, .alreadyAccepted, .pending, .denied, .rejected, .requestNotNew, .agentHasClients:
                .conflict
            case .missingRole, .missingDelegation, .missingServiceRight, .levelTooLow, .notOwned, .partyMismatch,
                .packageCheckFailed, .packageMissingAccess:
                .notAllowed
            default: .refused
            }
        self.init(kind, refusal.problem.code, refusal.description, details: [.init("subject", refusal.subject)])
    }

    /// Every fault of a request for consent, with its code.
    package init(_ faults: ConsentFaults) {
        let list = faults.faults.map { fault in
            OutputValue.object([
                .init("code", fault.rule.code), .init("path", fault.path), .init("message", fault.text),
            ])
        }
        self.init(.refused, "consent_invalid", faults.description, details: [.init("faults", list)])
    }

    /// A problem with a consent, with Altinn's code.
    package init(_ problem: ConsentProblem) {
        let kind: Kind =
            switch problem {
            case .notAuthorised: .notAllowed
            case .notFound: .absent
            case .cannotBeAccepted, .cannotBeRejected, .cannotBeRevoked, .identifierTaken: .conflict
            default: .refused
            }
        self.init(kind, problem.code, problem.description)
    }

    /// An act on access lists that is not done.
    package init(_ refusal: AccessListRefusal) {
        switch refusal {
        case .unknownList: self.init(.absent, "access_list_not_found", refusal.description)
        case .text: self.init(.refused, "access_list_invalid", refusal.description)
        case .unknownResource: self.init(.absent, "resource_not_found", refusal.description)
        case .foreignResource: self.init(.refused, "resource_foreign", refusal.description)
        case .action: self.init(.refused, "action_invalid", refusal.description)
        }
    }
}
