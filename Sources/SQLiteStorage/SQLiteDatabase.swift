internal import GRDB
internal import GRDBSQLite
internal import RelationalStorage

/// SQLite's driver: a connection of GRDB's, whose statements are driven by SQLite's own C interface.
///
/// GRDB opens and shares out connections, begins and ends transactions, and keeps the prepared statements.
final class SQLiteDatabase: RelationalStorage.Database {
    /// As GRDB has it, for what only SQLite knows.
    let database: GRDB.Database

    init(_ database: GRDB.Database) { self.database = database }

    func cachedStatement(sql: String) throws -> any RelationalStorage.Statement {
        SQLiteStatement(try database.cachedStatement(sql: sql))
    }

    func makeStatement(sql: String) throws -> any RelationalStorage.Statement {
        SQLiteStatement(try database.makeStatement(sql: sql))
    }

    var changesCount: Int { database.changesCount }
}

/// One of GRDB's statements; nobody else uses it in the meantime.
private final class SQLiteStatement: RelationalStorage.Statement {
    private let handle: OpaquePointer
    /// Whoever frees the handle.
    private let owner: GRDB.Statement

    init(_ statement: GRDB.Statement) {
        owner = statement
        handle = statement.sqliteStatement
        reset()
    }

    var parameterCount: Int32 { sqlite3_bind_parameter_count(handle) }

    var columnCount: Int32 { sqlite3_column_count(handle) }

    func reset() { sqlite3_reset(handle) }

    func bind(_ value: Int64, to index: Int32) throws {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    func bind(_ text: String, to index: Int32) throws {
        var text = text
        try text.withUTF8 { bytes in
            try bytes.withMemoryRebound(to: CChar.self) {
                // An empty text may have no address, which would bind NULL.
                let start = $0.baseAddress
                try check(
                    start == nil
                        ? sqlite3_bind_text(handle, index, "", 0, Self.transient)
                        : sqlite3_bind_text(handle, index, start, Int32($0.count), Self.transient)
                )
            }
        }
    }

    func bind(_ bytes: UnsafeRawBufferPointer, to index: Int32) throws {
        // No destructor means SQLITE_STATIC.
        try bind(bytes, to: index, destructor: nil)
    }

    func bind(_ bytes: [UInt8], to index: Int32) throws {
        try bytes.withUnsafeBytes { try bind($0, to: index, destructor: Self.transient) }
    }

    func bindNull(to index: Int32) throws {
        try check(sqlite3_bind_null(handle, index))
    }

    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// SQLite's own bytes, until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }

    func value(_ column: Int32) -> RelationalStorage.DatabaseValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_TEXT: .text(String(decoding: bytes(column), as: UTF8.self))
        case SQLITE_BLOB: .bytes(Array(bytes(column)))
        // No table has a column of floating-point numbers, and no query makes one.
        default: .null
        }
    }

    /// SQLITE_TRANSIENT, a macro that is not imported: SQLite copies what is bound.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func bind(
        _ bytes: UnsafeRawBufferPointer,
        to index: Int32,
        destructor: sqlite3_destructor_type?
    ) throws {
        try check(
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), destructor)
        )
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let connection = sqlite3_db_handle(handle)
        return DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: connection.map { String(cString: sqlite3_errmsg($0)) }
        )
    }
}
