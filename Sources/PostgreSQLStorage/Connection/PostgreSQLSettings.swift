/// How PostgreSQL is reached, and how long anything may take.
public struct PostgreSQLSettings: Sendable, Hashable {
    /// Where it is: a connection URI or keywords and values, as libpq takes them (PostgreSQL, §34.1.1).
    ///
    /// Several hosts may be named; the one that takes writes is chosen.
    public var address: String
    /// The password, which the address need not hold.
    public var password: Password?
    /// How long the making of a connection may take, name look-up and log-in included.
    public var connectTimeout = Duration.seconds(5)
    /// How long one statement may take.
    public var statementTimeout = Duration.seconds(10)
    /// How long a statement may wait for a lock.
    public var lockTimeout = Duration.seconds(5)
    /// How long a connection of the pool is waited for.
    public var poolTimeout = Duration.seconds(5)
    /// The most connections of one process.
    public var connectionLimit = 8
    /// A connection that is older is replaced when it is given back, so that they spread anew after a failover.
    public var connectionLifetime = Duration.seconds(1_800)
    /// What the server's lists show.
    public var applicationName = "portvakt"

    /// Settings with the times above.
    public init(address: String, password: Password? = nil) {
        self.address = address
        self.password = password
    }

    /// A password, which is never shown.
    public struct Password: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
        let text: String

        /// A password.
        public init(_ text: String) { self.text = text }

        /// Not the password.
        public var description: String { "<redacted>" }
        /// Not the password.
        public var debugDescription: String { "<redacted>" }
    }
}
