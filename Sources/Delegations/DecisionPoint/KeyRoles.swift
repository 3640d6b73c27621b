import Vocabulary

extension RoleRules {
    /// The key roles of a person in living organisations, by the register's word and directly (altinn.md §1.4 rule 3).
    func keyRoles(heldBy person: PersonPseudonym) throws -> [RoleAssignment] {
        try reader.assignments(heldBy: .person(person)).filter { assignment in
            guard assignment.source == .register, RegisterRole.named(assignment.role)?.isKeyRole == true,
                let unit = try reader.unit(assignment.organisation), try reader.isLive(unit.number)
            else { return false }
            return !(assignment.role == "DTPR" && unit.form == "IKS")
        }
    }
}
