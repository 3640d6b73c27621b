internal import RelationalStorage

/// How much an installation holds, as the server tells at start.
public struct InstallationCounts: Sendable, Hashable {
    /// Clients, disabled ones included.
    public let clients: Int
    /// Scopes, inactive ones included.
    public let scopes: Int
    /// Access grants, whatever their state.
    public let accesses: Int
    /// Whether the register has been imported.
    public let hasRegister: Bool
}

extension SQLiteReader {
    /// Counts what is quick to count: the register's millions of rows are not.
    public func counts() throws -> InstallationCounts {
        func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
        return InstallationCounts(
            clients: try count("SELECT count(*) FROM client"),
            scopes: try count("SELECT count(*) FROM scope"),
            accesses: try count("SELECT count(*) FROM scope_access"),
            hasRegister: try count("SELECT EXISTS (SELECT 1 FROM organisation)") == 1
        )
    }
}
