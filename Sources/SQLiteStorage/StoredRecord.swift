internal import RelationalStorage

/// One kind of record as the tables keep it: the query for its columns, and how a row of them is read.
struct StoredRecord<Value>: Sendable {
    /// `SELECT … FROM …`, without conditions.
    private let select: String
    /// Reads a row of these columns; throws `StorageError.corrupt`.
    private let read: @Sendable (Row) throws -> Value

    init(_ select: String, read: @escaping @Sendable (Row) throws -> Value) {
        self.select = select
        self.read = read
    }

    /// The first record under a `WHERE` and `ORDER BY`.
    func first(in database: any Database, _ clause: String, _ arguments: StatementArguments) throws -> Value? {
        let statement = try database.cachedStatement(sql: "\(select) \(clause)")
        return try Row.fetchOne(statement, arguments: arguments).map(read)
    }

    /// The records under a `WHERE` and `ORDER BY`.
    func all(in database: any Database, _ clause: String, _ arguments: StatementArguments) throws -> [Value] {
        let statement = try database.cachedStatement(sql: "\(select) \(clause)")
        return try Row.fetchAll(statement, arguments: arguments).map(read)
    }

    /// The records that a filter lets pass.
    func all(in database: any Database, _ filter: SQLFilter, orderedBy order: String) throws -> [Value] {
        try all(in: database, "\(filter.clause) ORDER BY \(order)", filter.arguments)
    }
}
