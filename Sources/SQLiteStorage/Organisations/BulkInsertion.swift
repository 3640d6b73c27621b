internal import RelationalStorage

/// Rows that go into a table by the million.
///
/// A statement that inserts one row spends about half of its time on beginning and ending; one that inserts many of them
/// does that once.
struct BulkInsertion {
    /// How many rows a statement inserts; from here on more of them save nothing.
    static let rowsAtOnce = 64

    private let columnCount: Int32
    private let oneSQL: String
    private let manySQL: String

    /// Rows of `table`; when `ignoringKnown`, one that is there already is passed over.
    init(into table: String, columns: [String], ignoringKnown: Bool = false) {
        columnCount = Int32(columns.count)
        let row = "(\(columns.map { _ in "?" }.joined(separator: ", ")))"
        let verb = ignoringKnown ? "INSERT OR IGNORE INTO" : "INSERT INTO"
        oneSQL = "\(verb) \(table) (\(columns.joined(separator: ", "))) VALUES \(row)"
        manySQL = oneSQL + String(repeating: ", \(row)", count: Self.rowsAtOnce - 1)
    }

    /// The statements on a connection.
    func prepared(in database: any Database) throws -> Statements {
        Statements(
            one: try database.cachedStatement(sql: oneSQL),
            many: try database.cachedStatement(sql: manySQL),
            columnCount: columnCount
        )
    }

    /// The statements on a connection; they live in the closure that they are made in.
    struct Statements {
        fileprivate let one: any Statement
        fileprivate let many: any Statement
        fileprivate let columnCount: Int32

        /// Inserts rows, at most ``BulkInsertion/rowsAtOnce`` of them; `bind` binds one, the first value to that parameter.
        ///
        /// What it binds must stay where it is until all rows of the range are bound and written.
        func insert(_ rows: Range<Int>, _ bind: (any Statement, Int, Int32) throws -> Void) throws {
            guard rows.count == BulkInsertion.rowsAtOnce else {
                for row in rows {
                    try bind(one, row, 1)
                    try one.run()
                }
                return
            }
            var parameter: Int32 = 1
            for row in rows {
                try bind(many, row, parameter)
                parameter += columnCount
            }
            try many.run()
        }
    }
}
