public import Vocabulary

/// A role that a party has for a private person, and why.
public struct PersonRole: Sendable, Hashable {
    /// Why a party may act for a person.
    public enum Basis: Sendable, Hashable {
        /// It is the person; the role is `PRIV` or one that `PRIV` gives.
        case oneself
        /// It keeps or audits the accounts of the person's sole proprietorship, by that path.
        case soleProprietorship(RolePath)
    }

    /// The role.
    public let role: RoleCode
    /// Why the party has it.
    public let basis: Basis
}

extension RoleRules {
    /// How long after its deletion a sole proprietorship's accountant still reaches the owner, in days: two years.
    static var reachAfterDeletion: Int64 { 730 }

    /// Every role of a party for a private person on a day (altinn.md §1.4 rule 6 and the column PRIV of §1.2).
    ///
    /// Accountants and auditors of a sole proprietorship (ENK) also reach its owner, who lives: a role of the dead is not
    /// imported.
    public func roles(of party: Party, forPerson person: PersonPseudonym, on day: CalendarDate) throws -> [PersonRole] {
        if party == .person(person) {
            let roles = [RoleMap.privatePerson] + RoleMap.altinnRoles(from: RoleMap.privatePerson)
            return roles.map { PersonRole(role: $0, basis: .oneself) }
        }
        var held: [PersonRole] = []
        for ownership in try reader.assignments(heldBy: .person(person)) {
            guard ownership.role == "INNH", ownership.source == .register,
                let unit = try reader.unit(ownership.organisation), unit.form == "ENK", Self.isInReach(unit, on: day)
            else { continue }
            held += try roles(of: party, assignedBy: unit, for: unit.number)
                .filter { $0.path.assignment.role == "REGN" || $0.path.assignment.role == "REVI" }
                .map { PersonRole(role: $0.role, basis: .soleProprietorship($0.path)) }
        }
        return held
    }

    private static func isInReach(_ unit: Unit, on day: CalendarDate) -> Bool {
        if unit.isLive { return true }
        guard let deleted = unit.deleted else { return false }
        return day.daysSinceEpoch - deleted.daysSinceEpoch < reachAfterDeletion
    }
}
