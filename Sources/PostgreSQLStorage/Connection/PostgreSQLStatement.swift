internal import RelationalStorage

/// PostgreSQL's driver: a connection inside a transaction.
final class PostgreSQLDatabase: Database {
    let connection: PostgreSQLConnection
    private(set) var changesCount = 0
    /// What is done before each statement: what is kept back must be there when anything is asked.
    var beforeEach: (() throws -> Void)?

    init(_ connection: PostgreSQLConnection) { self.connection = connection }

    func cachedStatement(sql: String) throws -> any Statement {
        let prepared = try connection.prepare(sql)
        return PostgreSQLStatement(self, .prepared(prepared.name), parameterCount: prepared.parameterCount)
    }

    func makeStatement(sql: String) throws -> any Statement {
        let marks = ParameterMarks(sql)
        return PostgreSQLStatement(self, .text(marks.sql), parameterCount: marks.count)
    }

    /// Does what is done before each statement.
    func flush() throws { try beforeEach?() }

    fileprivate func run(_ command: PostgreSQLCommand) throws -> PostgreSQLResult {
        try flush()
        let result = try connection.run(command)
        changesCount = result.changesCount
        return result
    }
}

/// A statement, its values, and all rows of its answer.
final class PostgreSQLStatement: Statement {
    enum Source {
        case prepared(String)
        case text(String)
    }

    private let database: PostgreSQLDatabase
    private let source: Source
    private var values: ParameterValues
    private var result: PostgreSQLResult?
    private var row: Int32 = -1

    let parameterCount: Int32

    init(_ database: PostgreSQLDatabase, _ source: Source, parameterCount: Int32) {
        self.database = database
        self.source = source
        self.parameterCount = parameterCount
        values = ParameterValues(count: Int(parameterCount))
    }

    var columnCount: Int32 { result?.columnCount ?? 0 }

    func reset() {
        result = nil
        row = -1
        values.removeAll()
    }

    func bind(_ value: Int64, to index: Int32) throws { values.set(value, at: Int(index) - 1) }

    func bind(_ text: String, to index: Int32) throws {
        guard !text.utf8.contains(0) else {
            throw PostgreSQLError.refused(.zeroByte, message: "a text holds a zero byte")
        }
        values.set(text, at: Int(index) - 1)
    }

    func bind(_ bytes: UnsafeRawBufferPointer, to index: Int32) throws { values.set(bytes, at: Int(index) - 1) }

    func bind(_ bytes: [UInt8], to index: Int32) throws { values.set(bytes, at: Int(index) - 1) }

    func bindNull(to index: Int32) throws { values.setNull(at: Int(index) - 1) }

    func step() throws -> Bool {
        if result == nil {
            let command: PostgreSQLCommand =
                switch source {
                case .prepared(let name): .prepared(name: name, values)
                case .text(let sql): .text(sql, values)
                }
            result = try database.run(command)
        }
        row += 1
        return row < result?.rowCount ?? 0
    }

    func isNull(_ column: Int32) -> Bool { result?.isNull(row, column) ?? true }

    func integer(_ column: Int32) -> Int64 {
        guard case .integer(let number) = value(column) else { return 0 }
        return number
    }

    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        result?.bytes(row, column) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    func value(_ column: Int32) -> DatabaseValue {
        guard let result, !result.isNull(row, column) else { return .null }
        return BinaryValue.decode(result.bytes(row, column), type: result.type(column))
    }
}

extension SQLState {
    /// A text with a zero byte, which no text of PostgreSQL can hold.
    static let zeroByte = SQLState("22021")
}
