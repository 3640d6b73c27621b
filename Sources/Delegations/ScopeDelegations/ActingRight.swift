/// On whose right an act of delegation rests.
public enum ActingRight: Sendable, Hashable {
    /// The operator's own, on the data folder: no person's role is checked (DESIGN §8).
    case operatorsAct
    /// A person's, who has logged in at that level of assurance (1 to 4); the right is checked.
    case person(PersonPseudonym, level: Int)

    /// The basis of what comes of the act.
    public var basis: DelegationBasis {
        switch self {
        case .operatorsAct: .operator
        case .person(let person, _): .person(person)
        }
    }
}
