/// The access packages of integration and access administration, and who holds them by role (altinn.md §2).
///
/// Altinn has 223 packages; those that open other services would decide nothing here.
public enum PackageTable {
    /// The package of that name, in any case; nil when it is none of these.
    public static func package(_ slug: some StringProtocol) -> AccessPackage? { bySlug[slug.lowercased()] }

    /// The packages that a role carries when a unit of that form assigned it.
    public static func packages(
        from role: RoleCode,
        assignedByForm form: String
    ) -> [(package: AccessPackage, grant: AccessPackage.Grant)] {
        (byRole[role] ?? []).filter { $0.grant.holds(forForm: form) }
    }

    private static let bySlug = Dictionary(packages.map { ($0.slug, $0) }) { first, _ in first }
    private static let byRole: [RoleCode: [(package: AccessPackage, grant: AccessPackage.Grant)]] = {
        var carried: [RoleCode: [(package: AccessPackage, grant: AccessPackage.Grant)]] = [:]
        for package in packages {
            for grant in package.grants { carried[grant.role, default: []].append((package, grant)) }
        }
        return carried
    }()

    private static let usual = AccessPackage.usualRoles

    // MARK: The table

    /// All of them.
    public static let packages: [AccessPackage] = [
        AccessPackage(
            "maskinporten-scopes",
            "Integrations",
            isDelegable: false,
            full: usual,
            delegateOnly: "HOVEDADMINISTRATOR"
        ),
        AccessPackage(
            "maskinporten-scopes-nuf",
            "Integrations",
            isDelegable: false,
            full: "KNUF",
            delegateOnly: "HOVEDADMINISTRATOR",
            forms: ["NUF"]
        ),
        AccessPackage(
            "maskinporten-administrator",
            "Manage access",
            isDelegable: false,
            full: usual + " KNUF",
            delegateOnly: "HOVEDADMINISTRATOR"
        ),
        AccessPackage(
            "tilgangsstyrer",
            "Manage access",
            isDelegable: false,
            full: usual + " KNUF",
            delegateOnly: "HOVEDADMINISTRATOR"
        ),
        AccessPackage(
            "klientadministrator",
            "Manage access",
            isDelegable: false,
            full: usual,
            delegateOnly: "HOVEDADMINISTRATOR"
        ),
        // Neither KOMP nor BEST: they manage access, but appoint no main administrator.
        AccessPackage("hovedadministrator", "Manage access", isDelegable: false, full: "DAGL LEDE INNH DTSO DTPR BOBE"),
        AccessPackage(
            "teknisk-samhandling-digdir",
            "Business affairs",
            isDelegable: true,
            full: usual,
            delegateOnly: "HOVEDADMINISTRATOR"
        ),
        AccessPackage(
            "regnskapsforer-med-signeringsrettighet",
            "Accountants",
            isDelegable: true,
            isAssignable: false,
            accessOnly: "REGN"
        ),
        AccessPackage(
            "regnskapsforer-uten-signeringsrettighet",
            "Accountants",
            isDelegable: true,
            isAssignable: false,
            accessOnly: "REGN"
        ),
        AccessPackage("regnskapsforer-lonn", "Accountants", isDelegable: true, isAssignable: false, accessOnly: "REGN"),
        AccessPackage("ansvarlig-revisor", "Auditors", isDelegable: true, isAssignable: false, accessOnly: "REVI"),
        AccessPackage("revisormedarbeider", "Auditors", isDelegable: true, isAssignable: false, accessOnly: "REVI"),
        AccessPackage(
            "forretningsforer-eiendom",
            "Businesses",
            isDelegable: true,
            isAssignable: false,
            accessOnly: "FFØR",
            forms: ["BRL", "ESEK"]
        ),
        AccessPackage("konkursbo-skrivetilgang", "Bankruptcy", isDelegable: true, full: "BOBE"),
        AccessPackage("konkursbo-lesetilgang", "Bankruptcy", isDelegable: true, full: "BOBE"),
        // Named among those that cannot be delegated onwards; no register role carries them here.
        AccessPackage("maskinlesbare-hendelser", "Integrations", isDelegable: false),
        AccessPackage("tilgangsstyring-enkeltinstanser", "Manage access", isDelegable: false),
        AccessPackage("konkursbo-tilgangsstyrer", "Bankruptcy", isDelegable: false),
        AccessPackage("ffor-tilgangsstyrer-nuf", "Manage access", isDelegable: false),
        AccessPackage("eksplisitt", "Manage access", isDelegable: false, isAssignable: false),
    ]
}
