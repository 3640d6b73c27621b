import AuditLedger
public import Delegations
import JOSE
public import Vocabulary

// Roles given inside the module, and who stands for whom.
extension Administration {
    /// Gives a party a role for an organisation.
    ///
    /// - Throws: `RoleGivingRefusal`; `AdministrationRefusal.unknownOrganisation` when either organisation is unknown.
    @discardableResult
    public func giveRole(
        _ role: RoleCode,
        for organisation: OrganisationNumber,
        to holder: Party,
        by right: ActingRight
    ) throws -> AdministrationOutcome<RoleAssignment> {
        let assignment = RoleAssignment(organisation: organisation, role: role, holder: holder, source: .given)
        var warnings = try warnings(about: organisation)
        if case .organisation(let number) = holder { warnings += try self.warnings(about: number) }
        let giving = RoleGiving(transaction)
        switch right {
        case .operatorsAct: try giving.checkForm(assignment)
        case .person(let person, _): try giving.checkGiving(assignment, by: person)
        }
        guard try transaction.give(assignment) else {
            return AdministrationOutcome(assignment, hasChanged: false, warnings: warnings)
        }
        try record(.roleGiven, assignment, by: right)
        return AdministrationOutcome(assignment, warnings: warnings)
    }

    /// Takes a role back that was given inside the module; what the register says stays.
    ///
    /// - Throws: `RoleGivingRefusal`; `AdministrationRefusal.unknownOrganisation`.
    @discardableResult
    public func revokeRole(
        _ role: RoleCode,
        for organisation: OrganisationNumber,
        from holder: Party,
        by right: ActingRight
    ) throws -> AdministrationOutcome<RoleAssignment> {
        let assignment = RoleAssignment(organisation: organisation, role: role, holder: holder, source: .given)
        guard try transaction.unit(organisation) != nil else {
            throw AdministrationRefusal.unknownOrganisation(organisation)
        }
        if case .person(let person, _) = right {
            try RoleGiving(transaction).checkRevoking(assignment, by: person)
        }
        guard try transaction.revoke(assignment) else { return AdministrationOutcome(assignment, hasChanged: false) }
        try record(.roleRevoked, assignment, by: right)
        return AdministrationOutcome(assignment)
    }

    /// Ties a pseudonym of open data to a person with a national identity number, or unties it (nil): the operator's act.
    ///
    /// - Throws: ``PersonLinkRefusal``.
    @discardableResult
    public func linkPerson(
        _ pseudonym: PersonPseudonym,
        to person: PersonPseudonym?
    ) throws -> AdministrationOutcome<PersonPseudonym?> {
        if let person {
            guard person != pseudonym else { throw PersonLinkRefusal.toItself }
            guard try transaction.linkedPerson(of: person) == nil else { throw PersonLinkRefusal.targetIsLinked }
        }
        let before = try transaction.linkedPerson(of: pseudonym)
        guard before != person else { return AdministrationOutcome(person, hasChanged: false) }
        if person != nil {
            guard try transaction.isUnlinkedHolder(pseudonym) || before != nil else {
                throw PersonLinkRefusal.unknownPseudonym
            }
        }
        try transaction.link(pseudonym, to: person)
        try record(
            person == nil ? .personUnlinked : .personLinked,
            [
                "pseudonym": .string("\(pseudonym)"),
                "person": change(before.map { .string("\($0)") }, person.map { .string("\($0)") }),
            ]
        ) { _ in }
        return AdministrationOutcome(person)
    }

    private func record(_ kind: LedgerEvent.Kind, _ assignment: RoleAssignment, by right: ActingRight) throws {
        var details: JSONObject = ["role": .string(assignment.role.rawValue)]
        switch assignment.holder {
        case .organisation(let number): details["holder"] = .string("\(number)")
        case .person(let person): details["holder_person"] = .string("\(person)")
        }
        switch right {
        case .operatorsAct: details["basis"] = "operator"
        case .person(let person, _):
            details["basis"] = "person"
            details["person"] = .string("\(person)")
        }
        try record(kind, details) { $0.consumer = assignment.organisation }
    }
}

/// Why a pseudonym cannot be tied to a person.
public enum PersonLinkRefusal: Error, Equatable, Sendable {
    /// No role of open data is held under it.
    case unknownPseudonym
    /// It is the person's own.
    case toItself
    /// The person's pseudonym stands for somebody else itself.
    case targetIsLinked
}

extension PersonLinkRefusal: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .unknownPseudonym: "no role of open data is held under that pseudonym"
        case .toItself: "a person is not linked to himself"
        case .targetIsLinked: "that person's pseudonym stands for another person already"
        }
    }
}
