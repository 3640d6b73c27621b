package import Foundation

/// One row of an answer, copied from the database.
///
/// A column that is not of the kind that it is read as is a fault of the program: the schema says what each one is, and
/// whether it may be NULL.
package struct Row: Sendable {
    private let values: [DatabaseValue]

    init(_ statement: any Statement) {
        let count = statement.columnCount
        values = [DatabaseValue](unsafeUninitializedCapacity: Int(count)) { buffer, initialised in
            for column in 0..<count {
                (buffer.baseAddress.unsafelyUnwrapped + Int(column)).initialize(to: statement.value(column))
            }
            initialised = Int(count)
        }
    }

    /// The value of a column as it is.
    package func value(_ column: Int) -> DatabaseValue { values[column] }

    package subscript(column: Int) -> Int64 { required(column) }
    package subscript(column: Int) -> Int64? { optional(column) }
    package subscript(column: Int) -> Int { required(column) }
    package subscript(column: Int) -> Int? { optional(column) }
    package subscript(column: Int) -> Bool { required(column) }
    package subscript(column: Int) -> String { required(column) }
    package subscript(column: Int) -> String? { optional(column) }
    package subscript(column: Int) -> Data { required(column) }
    package subscript(column: Int) -> Data? { optional(column) }

    private func required<Value: DatabaseValueConvertible>(_ column: Int) -> Value {
        guard let value = Value(databaseValue: values[column]) else {
            preconditionFailure("column \(column) is of kind \(values[column].kind), not \(Value.self)")
        }
        return value
    }

    private func optional<Value: DatabaseValueConvertible>(_ column: Int) -> Value? {
        values[column] == .null ? nil : required(column)
    }
}

/// The rows of an answer one by one; lives in the closure that it is made in.
package final class RowCursor {
    private let statement: any Statement

    init(_ statement: any Statement) { self.statement = statement }

    deinit { statement.reset() }

    /// The next row; nil at the end.
    package func next() throws -> Row? { try statement.step() ? Row(statement) : nil }
}

extension Row {
    /// The first row; nil when there is none.
    package static func fetchOne(_ statement: any Statement, arguments: StatementArguments = []) throws -> Row? {
        try statement.setArguments(arguments)
        defer { statement.reset() }
        return try statement.step() ? Row(statement) : nil
    }

    /// All rows.
    package static func fetchAll(_ statement: any Statement, arguments: StatementArguments = []) throws -> [Row] {
        try statement.setArguments(arguments)
        defer { statement.reset() }
        var rows: [Row] = []
        while try statement.step() { rows.append(Row(statement)) }
        return rows
    }

    /// The rows one by one.
    package static func fetchCursor(
        _ statement: any Statement,
        arguments: StatementArguments = []
    ) throws -> RowCursor {
        try statement.setArguments(arguments)
        return RowCursor(statement)
    }

    /// The first row of a statement for one use.
    package static func fetchOne(
        _ database: any Database,
        sql: String,
        arguments: StatementArguments = []
    ) throws -> Row? {
        try fetchOne(database.makeStatement(sql: sql), arguments: arguments)
    }

    /// All rows of a statement for one use.
    package static func fetchAll(
        _ database: any Database,
        sql: String,
        arguments: StatementArguments = []
    ) throws -> [Row] {
        try fetchAll(database.makeStatement(sql: sql), arguments: arguments)
    }

    /// The rows of a statement for one use, one by one.
    package static func fetchCursor(
        _ database: any Database,
        sql: String,
        arguments: StatementArguments = []
    ) throws -> RowCursor {
        try fetchCursor(database.makeStatement(sql: sql), arguments: arguments)
    }
}
