internal import RelationalStorage

/// Brings a database up to date, or says why it will not do.
///
/// All nodes share the schema `portvakt`; each has one of its own besides, `portvakt_node_` and its name, with its chain.
struct SchemaMigration {
    /// The schema that all nodes share.
    static let shared = "portvakt"

    let connection: PostgreSQLConnection
    let node: NodeName
    let opening: PostgreSQLStore.Opening

    /// Checks both schemas, or makes and migrates them.
    ///
    /// - Throws: `PostgreSQLError`, above all `.schema`.
    func run() throws {
        try connection.run("BEGIN")
        do {
            if opening == .migrate {
                // Two that start at once: the second finds everything done.
                try execute("SELECT pg_advisory_xact_lock(\(Self.lock))")
            }
            try bring(Self.shared, statements: \.shared)
            try bring(node.schema, statements: \.own)
            try connection.commit()
        } catch {
            if connection.fault == nil { try? connection.run("ROLLBACK") }
            throw error
        }
    }

    /// "Port" and "vakt" in ASCII, as one number.
    private static let lock: Int64 = 0x506F_7274_7661_6B74

    private func bring(_ schema: String, statements: (SchemaStep) -> [String]) throws {
        let version = try version(of: schema)
        guard version ?? 0 <= SchemaStep.current else {
            throw PostgreSQLError.schema(.newer(found: version ?? 0, known: SchemaStep.current))
        }
        guard version != SchemaStep.current else { return }
        guard opening == .migrate else {
            guard let version else { throw PostgreSQLError.schema(.missing(schema: schema)) }
            throw PostgreSQLError.schema(.older(found: version, known: SchemaStep.current))
        }
        if version == nil { try make(schema) }
        try execute("SET LOCAL search_path TO \(NodeName.quoted(schema)), \(Self.shared)")
        for step in SchemaStep.all where step.number > version ?? 0 {
            for text in statements(step) { try connection.runScript(text) }
            try execute("UPDATE schema_version SET version = \(step.number)")
        }
    }

    private func make(_ schema: String) throws {
        let name = NodeName.quoted(schema)
        try execute("CREATE SCHEMA \(name)")
        try execute("CREATE TABLE \(name).schema_version (version bigint NOT NULL)")
        try execute("INSERT INTO \(name).schema_version (version) VALUES (0)")
    }

    /// The version of a schema; nil when there is no such schema.
    private func version(of schema: String) throws -> Int? {
        let database = PostgreSQLDatabase(connection)
        let row = try Row.fetchOne(
            database,
            sql: "SELECT to_regnamespace(?) IS NOT NULL, to_regclass(?) IS NOT NULL",
            arguments: [NodeName.quoted(schema), "\(NodeName.quoted(schema)).schema_version"]
        )
        guard let row, row[0] else { return nil }
        guard row[1],
            let version = try Int.fetchOne(
                database,
                sql: "SELECT version FROM \(NodeName.quoted(schema)).schema_version"
            )
        else { throw PostgreSQLError.schema(.foreign(schema: schema)) }
        return version
    }

    private func execute(_ sql: String) throws { try connection.run(sql) }
}

/// The name of a node, whose chain stands in a schema of its own.
struct NodeName: Hashable, Sendable {
    let text: String

    /// PostgreSQL cuts longer identifiers short.
    private static let longest = 63 - prefix.utf8.count
    private static let prefix = "portvakt_node_"

    /// - Throws: `PostgreSQLError.configuration` when it is empty, too long, or holds a zero byte.
    init(_ text: String) throws(PostgreSQLError) {
        guard (1...Self.longest).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw .configuration("a node's name has 1 to \(Self.longest) bytes, and `\(text)` has not")
        }
        self.text = text
    }

    /// The schema that holds its chain.
    var schema: String { Self.prefix + text }

    /// An identifier as it stands in a statement.
    static func quoted(_ identifier: String) -> String {
        "\"\(identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}
