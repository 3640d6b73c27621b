/// Values of the first column, one by one; lives in the closure that it is made in.
package final class ValueCursor<Value: DatabaseValueConvertible> {
    private let statement: any Statement

    init(_ statement: any Statement) { self.statement = statement }

    deinit { statement.reset() }

    /// The next value; nil at the end.
    package func next() throws -> Value? { try statement.step() ? try Value.read(statement) : nil }
}

extension DatabaseValueConvertible {
    /// The first column of the row that a statement stands at, which must not be NULL.
    fileprivate static func read(_ statement: any Statement) throws -> Self {
        let value = statement.value(0)
        guard let result = Self(databaseValue: value) else { throw DatabaseAccessFault.kind(found: value.kind) }
        return result
    }

    /// The first column of the first row; nil when there is no row or it is NULL.
    package static func fetchOne(_ statement: any Statement, arguments: StatementArguments = []) throws -> Self? {
        try statement.setArguments(arguments)
        defer { statement.reset() }
        return try statement.step() && !statement.isNull(0) ? try read(statement) : nil
    }

    /// The first column of all rows.
    package static func fetchAll(_ statement: any Statement, arguments: StatementArguments = []) throws -> [Self] {
        try statement.setArguments(arguments)
        defer { statement.reset() }
        var values: [Self] = []
        while try statement.step() { values.append(try read(statement)) }
        return values
    }

    /// The first column of the first row of a statement for one use.
    package static func fetchOne(
        _ database: any Database,
        sql: String,
        arguments: StatementArguments = []
    ) throws -> Self? {
        try fetchOne(database.makeStatement(sql: sql), arguments: arguments)
    }

    /// The first column of all rows of a statement for one use.
    package static func fetchAll(
        _ database: any Database,
        sql: String,
        arguments: StatementArguments = []
    ) throws -> [Self] {
        try fetchAll(database.makeStatement(sql: sql), arguments: arguments)
    }

    /// The first column of the rows, one by one.
    package static func fetchCursor(
        _ statement: any Statement,
        arguments: StatementArguments = []
    ) throws -> ValueCursor<Self> {
        try statement.setArguments(arguments)
        return ValueCursor(statement)
    }

    /// The first column of the rows of a statement for one use, one by one.
    package static func fetchCursor(
        _ database: any Database,
        sql: String,
        arguments: StatementArguments = []
    ) throws -> ValueCursor<Self> {
        try fetchCursor(database.makeStatement(sql: sql), arguments: arguments)
    }
}
