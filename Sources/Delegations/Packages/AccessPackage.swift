/// An access package of Altinn 3 (tilgangspakke): what opens a bundle of services to whoever holds it.
public struct AccessPackage: Sendable, Hashable {
    /// What a name of a package begins with where it stands as a URN.
    public static let urnPrefix = "urn:altinn:accesspackage:"

    /// A role that carries a package, and what its holder may do with it.
    public struct Grant: Sendable, Hashable {
        /// The role.
        public let role: RoleCode
        /// Whether the holder may do what the package opens.
        public let hasAccess: Bool
        /// Whether the holder may give it to others.
        public let canDelegate: Bool
        /// The organisation forms of the unit that assigned the role; empty when any will do.
        public let forms: Set<String>

        /// Whether the grant holds for a role that a unit of that form assigned.
        public func holds(forForm form: String) -> Bool { forms.isEmpty || forms.contains(form) }
    }

    /// Its name, the end of its URN.
    public let slug: String
    /// The area that it belongs to, in English.
    public let area: String
    /// Whether a holder may pass it on by role or client delegation.
    public let isDelegable: Bool
    /// Whether it may be given to a rightholder at all; others come from the register alone.
    public let isAssignable: Bool
    /// The roles that carry it.
    public let grants: [Grant]

    /// `urn:altinn:accesspackage:<slug>`.
    public var urn: String { Self.urnPrefix + slug }
}

extension AccessPackage {
    /// The roles that have a package with access and the right to give it, in the most usual case.
    static let usualRoles = "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE"

    /// A package and its grants, each a list of codes with spaces between.
    init(
        _ slug: String,
        _ area: String,
        isDelegable: Bool,
        isAssignable: Bool = true,
        full: String = "",
        accessOnly: String = "",
        delegateOnly: String = "",
        forms: Set<String> = []
    ) {
        self.slug = slug
        self.area = area
        self.isDelegable = isDelegable
        self.isAssignable = isAssignable
        func list(_ codes: String, hasAccess: Bool, canDelegate: Bool) -> [Grant] {
            codes.split(separator: " ").compactMap { RoleCode(parsing: $0) }.map {
                Grant(role: $0, hasAccess: hasAccess, canDelegate: canDelegate, forms: forms)
            }
        }
        grants =
            list(full, hasAccess: true, canDelegate: true)
            + list(accessOnly, hasAccess: true, canDelegate: false)
            + list(delegateOnly, hasAccess: false, canDelegate: true)
    }
}
