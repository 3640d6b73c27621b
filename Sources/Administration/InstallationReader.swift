/// Reads facts of the installation, in one snapshot; blocks.
public protocol InstallationReader {
    /// The text under a name: `issuer`, `environment`, `created`; nil when there is none.
    func setting(_ name: String) throws -> String?
}
