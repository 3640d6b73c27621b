public import AuditLedger
internal import Foundation
internal import RelationalStorage
internal import Vocabulary

/// Reading the ledger.
extension SQLiteReader: LedgerReader {
    /// The name of this installation's node, whose chain it is.
    public var node: String {
        get throws {
            guard let node = try setting("node") else {
                throw StorageError.corrupt(detail: "the node's name is missing")
            }
            return node
        }
    }

    /// The entries that `query` wants, those written last first.
    public func newestEntries(_ query: LedgerQuery, limit: Int) throws -> [LedgerContent] {
        var found: [LedgerContent] = []
        try visit(query, after: 0, newestFirst: true) { content in
            found.append(content)
            return found.count < limit
        }
        return found
    }

    /// Visits the entries that `query` wants, those written last first, until `visit` says false.
    public func visitNewestEntries(_ query: LedgerQuery, _ visit: (LedgerContent) throws -> Bool) throws {
        try self.visit(query, after: 0, newestFirst: true, visit)
    }

    /// Visits the entries that `query` wants after the sequence number `position`, oldest first, until `visit` says false.
    public func visitEntries(
        _ query: LedgerQuery,
        after position: Int64 = 0,
        _ visit: (LedgerContent) throws -> Bool
    ) throws {
        try self.visit(query, after: position, newestFirst: false, visit)
    }

    /// The sequence number of the last entry; 0 in an empty ledger.
    public var lastSequence: Int64 {
        get throws { try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM ledger") ?? 0 }
    }

    /// One row as it stands, with its columns.
    public func row(_ sequence: Int64) throws -> LedgerRow? {
        try Row.fetchOne(database, sql: "\(Self.rowColumns) WHERE sequence = ?", arguments: [sequence])
            .map { Self.row($0, node: try node) }
    }

    /// Visits all rows from a sequence number through another, in their order.
    public func visitRows(
        from first: Int64 = 1,
        through last: Int64 = .max,
        _ visit: (LedgerRow) throws -> Void
    ) throws {
        let node = try node
        let rows = try Row.fetchCursor(
            database,
            sql: "\(Self.rowColumns) WHERE sequence BETWEEN ? AND ? ORDER BY sequence",
            arguments: [first, last]
        )
        while let row = try rows.next() { try visit(Self.row(row, node: node)) }
    }

    /// The first zone with an entry whose time the zone does not cover, so that searches would pass it over; nil: none.
    public func misfiledEntries(from first: Int64, through last: Int64) throws -> ClosedRange<Int64>? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT sequence >> ?1 FROM ledger LEFT JOIN ledger_zone ON zone = sequence >> ?1
                WHERE sequence BETWEEN ?2 AND ?3 AND (time NOT BETWEEN earliest AND latest OR zone IS NULL)
                ORDER BY sequence LIMIT 1
                """,
            arguments: [LedgerZone.bits, first, last]
        ).map { LedgerZone(number: $0, earliest: 0, latest: 0).sequences }
    }

    private static var rowColumns: String { "SELECT sequence, time, kind, previous, hash, claims, body FROM ledger" }

    private static func row(_ row: Row, node: String) -> LedgerRow {
        func bytes(_ column: Int) -> [UInt8] { (row[column] as Data?).map { Array($0) } ?? [] }
        return LedgerRow(
            entry: LedgerEntry(
                position: LedgerPosition(node: node, sequence: row[0]),
                previous: bytes(3),
                hash: bytes(4),
                body: bytes(6)
            ),
            time: Timestamp(seconds: row[1]),
            kind: row[2],
            claims: bytes(5)
        )
    }

    /// Goes through the zones that may hold wanted entries, in the order asked.
    private func visit(
        _ query: LedgerQuery,
        after position: Int64,
        newestFirst: Bool,
        _ visit: (LedgerContent) throws -> Bool
    ) throws {
        let direction = newestFirst ? "DESC" : "ASC"
        let zones = try Row.fetchCursor(
            database,
            sql: """
                SELECT zone FROM ledger_zone WHERE zone >= ? AND latest >= ? AND earliest < ? ORDER BY zone \(direction)
                """,
            arguments: [
                LedgerZone.number(of: position), query.since?.seconds ?? .min, query.until?.seconds ?? .max,
            ]
        )
        let search = try LedgerSearch(query, direction: direction, in: database)
        while let row = try zones.next() {
            let sequences = LedgerZone(number: row[0], earliest: 0, latest: 0).sequences
            guard sequences.upperBound > position else { continue }
            let wanted = max(sequences.lowerBound, position + 1)...sequences.upperBound
            guard try search.visit(wanted, visit) else { return }
        }
    }
}

/// A search as one prepared statement over a stretch of the ledger.
private struct LedgerSearch {
    private let query: LedgerQuery
    private let statement: any Statement
    private let arguments: [any DatabaseValueConvertible]

    /// The database passes over what cannot match; what is left is read and judged by itself.
    init(_ query: LedgerQuery, direction: String, in database: any Database) throws {
        self.query = query
        var conditions = ["sequence BETWEEN ? AND ?", "time >= ?", "time < ?"]
        var arguments: [any DatabaseValueConvertible] = [
            query.since?.seconds ?? Int64.min, query.until?.seconds ?? Int64.max,
        ]
        if !query.kinds.isEmpty {
            conditions.append("kind IN (\(query.kinds.map { _ in "?" }.joined(separator: ", ")))")
            arguments += query.kinds.map(\.rawValue)
            if query.kinds.isDisjoint(with: [.tokenIssued, .tokenRefused, .tokenRefusalsSummed]) {
                // Word for word the condition of the index of acts, or it would not be used.
                conditions.append("kind NOT IN ('token_issued', 'token_refused', 'token_refusals_summed')")
            }
        }
        for needle in query.needles {
            // Both are bytes: `instr` then compares bytes and decodes nothing.
            conditions.append("instr(body, ?)")
            arguments.append(Data(needle.utf8))
        }
        self.arguments = arguments
        statement = try database.makeStatement(
            sql: """
                SELECT sequence, body FROM ledger WHERE \(conditions.joined(separator: " AND ")) \
                ORDER BY sequence \(direction)
                """
        )
    }

    /// Visits the wanted entries of a stretch; false when `visit` wants no more.
    func visit(_ range: ClosedRange<Int64>, _ visit: (LedgerContent) throws -> Bool) throws -> Bool {
        let bounds: [any DatabaseValueConvertible] = [range.lowerBound, range.upperBound]
        let rows = try Row.fetchCursor(statement, arguments: StatementArguments(bounds + arguments))
        while let row = try rows.next() {
            let body: Data = row[1]
            let content: LedgerContent
            do { content = try LedgerContent(parsing: Array(body)) } catch {
                throw StorageError.corrupt(
                    detail: "ledger entry \(row[0] as Int64) cannot be read: run `portvakt audit verify`"
                )
            }
            if query.matches(content.event), try !visit(content) { return false }
        }
        return true
    }
}
