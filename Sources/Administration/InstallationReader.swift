/// Reads facts of the installation, in one snapshot; blocks.
public protocol InstallationReader {
    /// The text under a name: `issuer`, `environment`, `created`; nil when there is none.
    func setting(_ name: String) throws -> String?

    /// Whether any person is known, under whatever pseudonym: then the key must be the one that made it.
    func hasPersons() throws -> Bool
}
