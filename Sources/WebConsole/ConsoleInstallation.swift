public import Vocabulary

/// What the pages say of the installation itself.
public struct ConsoleInstallation: Sendable {
    /// The server's identifier.
    public var issuer: String
    /// The environment's name, `test` or `prod`.
    public var environment: String
    /// Whether its tokens are for real.
    public var isProduction: Bool
    /// The program's version.
    public var version: String
    /// When the server was started.
    public var started: Timestamp
    /// What a person puts behind a command so that it reaches this installation: `--data /var/lib/portvakt`.
    public var commandSuffix: String
    /// Whether browsers reach the console over TLS.
    public var isSecure: Bool

    /// What the pages say.
    public init(
        issuer: String,
        environment: String,
        isProduction: Bool,
        version: String,
        started: Timestamp,
        commandSuffix: String,
        isSecure: Bool
    ) {
        self.issuer = issuer
        self.environment = environment
        self.isProduction = isProduction
        self.version = version
        self.started = started
        self.commandSuffix = commandSuffix
        self.isSecure = isSecure
    }
}
