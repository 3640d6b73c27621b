/// A connection to a database, inside an open transaction or snapshot; whoever has it is alone with it.
///
/// It lives no longer than the closure that it was given to. Each database has its driver, a type that conforms; what is
/// stored where is written once, in terms of this.
package protocol Database: AnyObject {
    /// A statement that is prepared once a connection: for what is asked often, with the same words each time.
    ///
    /// One that is still giving rows begins anew when it is asked for again.
    func cachedStatement(sql: String) throws -> any Statement

    /// A statement for one use.
    func makeStatement(sql: String) throws -> any Statement

    /// How many rows the last statement inserted, changed or deleted.
    var changesCount: Int { get }
}

/// One prepared statement, its values, and the row that it stands at.
///
/// Parameters are counted from 1, columns from 0, as in SQL itself and in the interfaces of both databases.
package protocol Statement: AnyObject {
    /// How many parameters it has.
    var parameterCount: Int32 { get }

    /// How many columns its rows have.
    var columnCount: Int32 { get }

    /// Makes it ready to run from the beginning, with new values.
    func reset()

    func bind(_ value: Int64, to index: Int32) throws
    func bind(_ text: String, to index: Int32) throws
    /// Binds bytes that outlive the next run, and need not be copied.
    func bind(_ bytes: UnsafeRawBufferPointer, to index: Int32) throws
    /// Binds bytes that are copied.
    func bind(_ bytes: [UInt8], to index: Int32) throws
    func bindNull(to index: Int32) throws

    /// Whether there is another row, which it then stands at.
    func step() throws -> Bool

    func isNull(_ column: Int32) -> Bool
    /// The number in a column; 0 for NULL.
    func integer(_ column: Int32) -> Int64
    /// The bytes of a column, its text in UTF-8, until the next step; none for NULL.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer
    /// The value of a column.
    func value(_ column: Int32) -> DatabaseValue
}

extension Database {
    /// Runs a statement once, to its end.
    package func execute(sql: String, arguments: StatementArguments = []) throws {
        try makeStatement(sql: sql).execute(arguments: arguments)
    }
}

extension Statement {
    /// Runs it to its end with these values, and makes it ready again.
    package func execute(arguments: StatementArguments = []) throws {
        try setArguments(arguments)
        try run()
    }

    /// Runs it to its end and makes it ready again.
    package func run() throws {
        defer { reset() }
        while try step() {}
    }

    /// Makes it ready with these values, one for each parameter.
    package func setArguments(_ arguments: StatementArguments) throws {
        reset()
        guard arguments.values.count == Int(parameterCount) else {
            throw DatabaseAccessFault.argumentCount(given: arguments.values.count, wanted: Int(parameterCount))
        }
        var index: Int32 = 1
        for value in arguments.values {
            switch value {
            case .null: try bindNull(to: index)
            case .integer(let number): try bind(number, to: index)
            case .text(let text): try bind(text, to: index)
            case .bytes(let bytes): try bind(bytes, to: index)
            }
            index += 1
        }
    }

    /// The number in a column; nil for NULL.
    package func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    /// The text in a column; nil for NULL.
    package func text(_ column: Int32) -> String? {
        isNull(column) ? nil : String(decoding: bytes(column), as: UTF8.self)
    }
}

/// A use of the database that is wrong whatever it holds.
package enum DatabaseAccessFault: Error, Hashable, Sendable {
    /// A statement was given another number of values than it has parameters.
    case argumentCount(given: Int, wanted: Int)
    /// A value is not of the kind that was asked for.
    case kind(found: DatabaseValue.Kind)
}
