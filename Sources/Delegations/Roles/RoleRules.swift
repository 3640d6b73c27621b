public import Vocabulary

/// Who holds which role for an organisation: the connection rules of Altinn (altinn.md §1.4), on facts read as needed.
public struct RoleRules<Reader: RoleReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// Every role of a party for an organisation, once for each way the party comes by it.
    public func roles(of party: Party, for organisation: OrganisationNumber) throws -> [HeldRole] {
        try reader.assignments(of: organisation).filter { $0.holder == party }.map {
            HeldRole(role: $0.role, path: RolePath(organisation: organisation, assignment: $0))
        }
    }
}
