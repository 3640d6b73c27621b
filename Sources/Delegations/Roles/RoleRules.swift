public import Vocabulary

/// Who holds which role for an organisation: the connection rules of Altinn (altinn.md §1.4), on facts read as needed.
///
/// A decision reads the assignments of the organisation, of its main unit, and of each organisation that these name:
/// never those of a whole register, however many clients an accountant has.
public struct RoleRules<Reader: RoleReader> {
    let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// Every role of a party for an organisation, once for each way the party comes by it.
    ///
    /// None when the organisation is unknown or deleted, or a sub-unit whose main unit is; nor when the party is such a one.
    public func roles(of party: Party, for organisation: OrganisationNumber) throws -> [HeldRole] {
        guard let unit = try reader.unit(organisation), unit.isLive else { return [] }
        var held = try roles(of: party, assignedBy: unit, for: organisation)
        if let number = unit.mainUnit {
            guard let mainUnit = try reader.unit(number), mainUnit.isLive else { return [] }
            // §1.4 rule 4: what holds for the main unit holds for its sub-units, never the other way.
            held += try roles(of: party, assignedBy: mainUnit, for: organisation)
        }
        return held
    }

    /// §1.4 rules 1 to 3 for what one unit has assigned; `organisation` is the unit or a sub-unit of it.
    func roles(
        of party: Party,
        assignedBy unit: Unit,
        for organisation: OrganisationNumber
    ) throws -> [HeldRole] {
        var held: [HeldRole] = []
        var keyRoles: [OrganisationNumber: [RoleAssignment]] = [:]
        for assignment in try reader.assignments(of: unit.number) {
            if assignment.holder == party {
                // Asked only of who has something, and then once: an organisation comes by roles in no other way.
                if held.isEmpty, let holder = party.organisation, try !reader.isLive(holder) { return [] }
                held += roles(along: RolePath(organisation: organisation, assignment: assignment))
            } else if case .organisation(let holder) = assignment.holder, case .person(let person) = party,
                !Self.isExemptFromKeyRoles(assignment, in: unit)
            {
                let keys = try keyRoles[holder] ?? self.keyRoles(of: person, in: holder)
                keyRoles[holder] = keys
                for key in keys {
                    held += roles(
                        along: RolePath(organisation: organisation, assignment: assignment, keyRole: key)
                    )
                }
            }
        }
        return held
    }

    /// The key roles that a person holds in an organisation, by the register's word and directly.
    private func keyRoles(of person: PersonPseudonym, in organisation: OrganisationNumber) throws -> [RoleAssignment] {
        guard let unit = try reader.unit(organisation), try reader.isLive(organisation) else { return [] }
        return try reader.assignments(of: organisation).filter { assignment in
            assignment.holder == .person(person) && assignment.source == .register
                && RegisterRole.named(assignment.role)?.isKeyRole == true
                && !Self.isExemptFromKeyRoles(assignment, in: unit)
        }
    }

    /// §1.4 rule 3, the exception: participants of an inter-municipal company (IKS) do not act for one another.
    ///
    /// It holds on both hops: for the role that is assigned to an organisation, and for the key role in that organisation.
    private static func isExemptFromKeyRoles(_ assignment: RoleAssignment, in unit: Unit) -> Bool {
        assignment.role == "DTPR" && unit.form == "IKS"
    }

    /// The role of a path itself and, of a register role, the Altinn roles that it gives (§1.4 rule 2).
    private func roles(along path: RolePath) -> [HeldRole] {
        let role = path.assignment.role
        var held = [HeldRole(role: role, path: path)]
        guard path.assignment.source == .register else { return held }
        let mapped = RolePath(
            organisation: path.organisation,
            assignment: path.assignment,
            keyRole: path.keyRole,
            mappedFrom: role
        )
        for altinnRole in RoleMap.altinnRoles(from: role) {
            held.append(HeldRole(role: altinnRole, path: mapped))
        }
        return held
    }
}
