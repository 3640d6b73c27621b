internal import GRDB
internal import GRDBSQLite

/// A statement driven by SQLite's own C interface, for what is done millions of times; lives in the closure it is made in.
///
/// It is one of GRDB's cached statements, so it is prepared once a connection; nobody else uses it in the meantime.
struct RawStatement {
    private let handle: OpaquePointer

    init(_ database: Database, sql: String) throws {
        handle = try database.cachedStatement(sql: sql).sqliteStatement
        reset()
    }

    /// One of GRDB's statements whose values are set already.
    init(running statement: Statement) {
        handle = statement.sqliteStatement
        reset()
    }

    /// Makes it ready for other values.
    func reset() { sqlite3_reset(handle) }

    func bind(_ value: Int64, to index: Int32) throws {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    /// Binds bytes that outlive the next ``step()``, and are not copied.
    func bind(_ bytes: UnsafeRawBufferPointer, to index: Int32) throws {
        if bytes.isEmpty {
            try check(sqlite3_bind_zeroblob(handle, index, 0))
        } else {
            // No destructor means SQLITE_STATIC.
            try check(sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil))
        }
    }

    /// Whether there is another row.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    /// Runs it to its end and makes it ready again.
    func run() throws {
        defer { reset() }
        while try step() {}
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func optionalInteger(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
    }

    /// The text of a column; nil for NULL.
    func text(_ column: Int32) -> String? {
        guard sqlite3_column_type(handle, column) != SQLITE_NULL else { return nil }
        return String(decoding: bytes(column), as: UTF8.self)
    }

    /// SQLite's own bytes, until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
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
