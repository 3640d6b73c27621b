internal import CLibPQ

/// An answer of the server; its memory lives as long as it.
final class PostgreSQLResult {
    private let library: LibPQ
    private let handle: OpaquePointer
    let rowCount: Int32
    let columnCount: Int32

    init(_ handle: OpaquePointer, _ library: LibPQ) {
        self.handle = handle
        self.library = library
        rowCount = library.rowCount(handle)
        columnCount = library.columnCount(handle)
    }

    deinit { library.clear(handle) }

    /// What kind of answer it is (`PQ_TUPLES_OK` …).
    var status: Int { Int(library.resultStatus(handle)) }

    /// The error that it reports.
    ///
    /// Only the primary message: the detail may repeat values.
    var error: PostgreSQLError {
        let state = field(PQ_DIAG_SQLSTATE) ?? "XX000"
        return .refused(SQLState(state), message: field(PQ_DIAG_MESSAGE_PRIMARY) ?? "no reason was given")
    }

    private func field(_ code: some BinaryInteger) -> String? {
        library.resultErrorField(handle, Int32(code)).map { String(cString: $0) }
    }

    /// What was done, as the server names it, such as `COMMIT`.
    var command: String { library.commandStatus(handle).map { String(cString: $0) } ?? "" }

    /// How many rows were inserted, changed, deleted or found.
    var changesCount: Int {
        library.commandRows(handle).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The type of a column, by its object identifier.
    func type(_ column: Int32) -> UInt32 { library.columnType(handle, column) }

    func isNull(_ row: Int32, _ column: Int32) -> Bool { library.isNull(handle, row, column) != 0 }

    /// The bytes of a value as they came.
    func bytes(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer {
        let count = Int(library.length(handle, row, column))
        return UnsafeRawBufferPointer(start: library.value(handle, row, column), count: count)
    }
}
