public import Delegations

extension ResourceID: OutputRepresentable {
    /// The identifier.
    public var output: OutputValue { .text(rawValue) }
}

extension DelegationID: OutputRepresentable {
    /// The identifier.
    public var output: OutputValue { .text(description) }
}

extension DelegationBasis: OutputRepresentable {
    /// On whose act it rests: `operator`, or the pseudonym of a person.
    public var output: OutputValue {
        switch self {
        case .operator: .text("operator")
        case .person(let person): .text("\(person)")
        }
    }
}

extension AccessListID: OutputRepresentable {
    /// Its owner's number and its identifier.
    public var output: OutputValue { .text(description) }
}

extension RoleCode: OutputRepresentable {
    /// The code.
    public var output: OutputValue { .text(rawValue) }
}

extension PersonPseudonym: OutputRepresentable {
    /// All of it: a pseudonym is what scripts pass on.
    public var output: OutputValue { .text("\(self)") }
}
