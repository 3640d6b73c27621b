public import Vocabulary

/// Who holds which access package for an organisation (altinn.md §2).
public struct PackageRules<Reader: RoleReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// Every package of a party for an organisation, once for each way the party comes by it.
    public func packages(of party: Party, for organisation: OrganisationNumber) throws -> [HeldPackage] {
        try packages(from: RoleRules(reader).roles(of: party, for: organisation))
    }

    /// The packages that these roles carry, for whoever has found the roles already.
    public func packages(from roles: [HeldRole]) throws -> [HeldPackage] {
        var forms: [OrganisationNumber: String] = [:]
        var held: [HeldPackage] = []
        for role in roles {
            // The form that counts is that of the unit which assigned the role: a sub-unit of a NUF is no NUF itself.
            let assigning = role.path.assignment.organisation
            let form = try forms[assigning] ?? reader.unit(assigning)?.form ?? ""
            forms[assigning] = form
            for (package, grant) in PackageTable.packages(from: role.role, assignedByForm: form) {
                held.append(
                    HeldPackage(
                        slug: package.slug,
                        hasAccess: grant.hasAccess,
                        canDelegate: grant.canDelegate,
                        path: role.path
                    )
                )
            }
        }
        return held
    }
}
