public import AuditLedger
internal import RelationalStorage

/// The database of any number of nodes: PostgreSQL, with one connection for each thread that asks.
///
/// What all nodes share stands in one schema, each node's chain of entries in one of its own. Whoever writes facts takes
/// turns over all nodes; whoever appends to a chain takes turns on that chain.
public final class PostgreSQLStore: LedgerStore {
    /// What is done when the schema is of another version.
    public enum Opening: Sendable, Hashable {
        /// Makes what is missing and migrates what is older: `serve`, `store migrate`, `store copy`.
        case migrate
        /// Stops with an error: every other command.
        case requireCurrent
    }

    /// The schema version that this program works with.
    public static let currentSchemaVersion = SchemaStep.current

    private let pool: ConnectionPool
    private let node: NodeName

    /// Opens the database for a node.
    ///
    /// - Parameters:
    ///   - settings: Where it is.
    ///   - node: The node's name, whose chain this store appends to.
    ///   - opening: What is done with a schema of another version.
    /// - Throws: `PostgreSQLError`.
    public init(_ settings: PostgreSQLSettings, node: String, opening: Opening) throws {
        let node = try NodeName(node)
        self.node = node
        let path = "SET search_path TO \(NodeName.quoted(node.schema)), \(SchemaMigration.shared)"
        pool = ConnectionPool(settings) { try $0.run(path) }
        try pool.withConnection { connection in
            try SchemaMigration(connection: connection, node: node, opening: opening).run()
        }
    }

    /// Runs `body` in one transaction and commits it durably, or rolls it back when `body` throws.
    ///
    /// Blocks the calling thread. Nobody else changes facts or appends to this node's chain meanwhile.
    @discardableResult
    public func transaction<Result>(_ body: (PostgreSQLTransaction) throws -> Result) throws -> Result {
        try pool.withConnection { connection in
            do {
                // The snapshot is taken after the locks: `LOCK TABLE` needs none.
                _ = try connection.runTogether([
                    .text("BEGIN ISOLATION LEVEL REPEATABLE READ", ParameterValues(count: 0)),
                    .text("LOCK TABLE facts_turn, chain_turn IN EXCLUSIVE MODE", ParameterValues(count: 0)),
                ])
                let database = PostgreSQLDatabase(connection)
                let transaction = PostgreSQLTransaction(database, node: node)
                let result = try body(transaction)
                try transaction.finish()
                try connection.commit()
                return result
            } catch {
                if connection.fault == nil { try? connection.run("ROLLBACK") }
                throw error
            }
        }
    }

    /// Closes all connections.
    public func close() {
        pool.close()
    }
}
