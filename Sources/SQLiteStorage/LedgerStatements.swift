internal import AuditLedger
internal import GRDB
internal import GRDBSQLite
internal import Vocabulary

/// The end of the chain, which the next entry extends.
struct LedgerHead {
    let sequence: Int64
    let hash: [UInt8]
}

/// The statements of the hot path, prepared once on the writing connection and driven by SQLite's own C interface.
final class LedgerStatements: @unchecked Sendable {
    // INVARIANT: made and used only inside the pool's writing closures, which run one at a time on the connection that the
    // statements belong to; finalised there too, or when nobody is left to use them.
    private let connection: OpaquePointer
    private let node: String
    private var all: [OpaquePointer] = []
    private let selectRevision: OpaquePointer
    private let selectHead: OpaquePointer
    private let insert: OpaquePointer
    private var maker = LedgerEntryMaker()
    private var random = SystemRandomNumberGenerator()

    init(_ database: Database) throws {
        guard let connection = database.sqliteConnection else {
            throw StorageError.other(code: Int(SQLITE_MISUSE), message: "the connection is closed")
        }
        self.connection = connection
        guard let node = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'node'") else {
            throw StorageError.corrupt(detail: "the node's name is missing")
        }
        self.node = node
        func prepare(_ sql: String) throws -> OpaquePointer {
            var statement: OpaquePointer?
            let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
            guard code == SQLITE_OK, let statement else { throw Self.error(connection) }
            return statement
        }
        selectRevision = try prepare("SELECT value FROM revision WHERE id = 1")
        selectHead = try prepare("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")
        insert = try prepare(
            "INSERT INTO ledger (sequence, time, kind, previous, hash, claims, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        )
        all = [selectRevision, selectHead, insert]
    }

    deinit { finalise() }

    /// Frees the statements, before the connection is closed.
    func finalise() {
        for statement in all { sqlite3_finalize(statement) }
        all = []
    }

    /// The revision of the facts.
    func revision() throws -> Int64 {
        defer { sqlite3_reset(selectRevision) }
        guard try step(selectRevision) else { throw StorageError.corrupt(detail: "the revision is missing") }
        return sqlite3_column_int64(selectRevision, 0)
    }

    /// The last entry, by the primary key: read in each transaction, for another process may have written.
    func head() throws -> LedgerHead {
        defer { sqlite3_reset(selectHead) }
        guard try step(selectHead) else { return LedgerHead(sequence: 0, hash: LedgerEntry.genesis) }
        let count = Int(sqlite3_column_bytes(selectHead, 1))
        guard let bytes = sqlite3_column_blob(selectHead, 1), count == LedgerEntry.genesis.count else {
            throw StorageError.corrupt(detail: "the ledger's last hash is missing")
        }
        return LedgerHead(
            sequence: sqlite3_column_int64(selectHead, 0),
            hash: Array(UnsafeRawBufferPointer(start: bytes, count: count))
        )
    }

    /// Appends an entry after `head` and gives the new head.
    func append(
        _ event: LedgerEvent,
        claiming claims: [ReplayClaim],
        after head: LedgerHead
    ) throws -> (LedgerHead, LedgerPosition) {
        let position = LedgerPosition(node: node, sequence: head.sequence + 1)
        let claimBytes = claims.isEmpty ? nil : ClaimBytes(claims)
        let hash = try maker.make(
            event,
            claiming: claimBytes,
            at: position,
            after: head.hash,
            salt: salt()
        ) { body, hash in
            // INVARIANT: all bytes outlive the step, so SQLite need not copy them (a null destructor is SQLITE_STATIC).
            defer {
                sqlite3_reset(insert)
                sqlite3_clear_bindings(insert)
            }
            try head.hash.withUnsafeBytes { previous in
                try hash.withUnsafeBytes { hash in
                    sqlite3_bind_int64(insert, 1, position.sequence)
                    sqlite3_bind_int64(insert, 2, event.time.seconds)
                    var kind = event.kind.rawValue
                    try kind.withUTF8 { kind in
                        _ = kind.withMemoryRebound(to: CChar.self) {
                            sqlite3_bind_text(insert, 3, $0.baseAddress, Int32($0.count), nil)
                        }
                        sqlite3_bind_blob(insert, 4, previous.baseAddress, Int32(previous.count), nil)
                        sqlite3_bind_blob(insert, 5, hash.baseAddress, Int32(hash.count), nil)
                        sqlite3_bind_blob(insert, 7, body.baseAddress, Int32(body.count), nil)
                        try (claimBytes?.bytes ?? []).withUnsafeBytes { claims in
                            if !claims.isEmpty {
                                sqlite3_bind_blob(insert, 6, claims.baseAddress, Int32(claims.count), nil)
                            }
                            _ = try step(insert)
                        }
                    }
                }
            }
        }
        return (LedgerHead(sequence: position.sequence, hash: hash), position)
    }

    private func salt() -> [UInt8] {
        var salt: [UInt8] = []
        salt.reserveCapacity(LedgerEntry.saltLength)
        while salt.count < LedgerEntry.saltLength {
            withUnsafeBytes(of: random.next()) { salt.append(contentsOf: $0) }
        }
        return salt
    }

    /// Steps once; true when there is a row.
    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw Self.error(connection)
        }
    }

    private static func error(_ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection))
        )
    }
}
