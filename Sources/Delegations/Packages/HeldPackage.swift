/// An access package that a party has for an organisation, and what may be done with it.
public struct HeldPackage: Sendable, Hashable {
    /// Its name, the end of `urn:altinn:accesspackage:<slug>`.
    public let slug: String
    /// Whether the holder may do what the package opens; a main administrator may only give it.
    public let hasAccess: Bool
    /// Whether the holder may give it to others.
    public let canDelegate: Bool
    /// The role that carries it, and how the holder came by that.
    public let path: RolePath

    /// A held package.
    public init(slug: String, hasAccess: Bool, canDelegate: Bool, path: RolePath) {
        self.slug = slug
        self.hasAccess = hasAccess
        self.canDelegate = canDelegate
        self.path = path
    }
}
