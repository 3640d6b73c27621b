internal import AuditLedger
internal import GRDB
internal import GRDBSQLite
internal import RelationalStorage
internal import Vocabulary

/// The statements of the hot path, prepared once on the writing connection and driven by SQLite's own C interface.
final class LedgerStatements: LedgerAppending, @unchecked Sendable {
    // INVARIANT: made and used only inside the pool's writing closures, which run one at a time on the connection that the
    // statements belong to; finalised there too, or when nobody is left to use them.
    private let connection: OpaquePointer
    private let node: String
    private let selectRevision: OpaquePointer
    private let selectHead: OpaquePointer
    private let insert: OpaquePointer
    private let selectZone: OpaquePointer
    private let putZone: OpaquePointer
    private let selectClaims: OpaquePointer
    private let selectClock: OpaquePointer
    private var isFinalised = false
    private var maker = LedgerEntryMaker()
    private var salts = SaltSource()

    init(_ database: GRDB.Database) throws {
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
        selectZone = try prepare("SELECT earliest, latest FROM ledger_zone WHERE zone = ?1")
        putZone = try prepare(
            """
            INSERT INTO ledger_zone (zone, earliest, latest) VALUES (?1, ?2, ?3)
            ON CONFLICT (zone) DO UPDATE SET earliest = excluded.earliest, latest = excluded.latest
            """
        )
        selectClaims = try prepare(
            "SELECT time, claims FROM ledger WHERE claims IS NOT NULL ORDER BY sequence DESC"
        )
        selectClock = try prepare(
            "SELECT mark, boot, boot_offset, acceptances, barred_until FROM clock WHERE id = 1"
        )
    }

    deinit { finalise() }

    /// Frees the statements, before the connection is closed.
    func finalise() {
        guard !isFinalised else { return }
        isFinalised = true
        for statement in [selectRevision, selectHead, insert, selectZone, putZone, selectClaims, selectClock] {
            sqlite3_finalize(statement)
        }
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

    /// Appends an entry after `head`, which it moves on.
    func append(
        _ event: LedgerEvent,
        claiming claims: [ReplayClaim],
        after head: inout LedgerHead
    ) throws -> LedgerPosition {
        let position = LedgerPosition(node: node, sequence: head.sequence + 1)
        let previous = head.hash
        let claims = ClaimBytes(claims)
        let kind = event.kind.rawValue
        head.hash = try maker.make(
            event,
            claiming: claims,
            at: position,
            after: previous,
            salt: salts.next()
        ) { body, hash in
            defer {
                sqlite3_reset(insert)
                sqlite3_clear_bindings(insert)
            }
            try bind(position.sequence, to: 1, of: insert)
            try bind(event.time.seconds, to: 2, of: insert)
            try check(sqlite3_bind_text(insert, 3, kind, -1, Self.transient))
            try bind(previous, to: 4, of: insert)
            try bind(hash, to: 5, of: insert)
            if !claims.bytes.isEmpty { try bind(claims.bytes, to: 6, of: insert) }
            // The body outlives the step, so SQLite need not copy it: no destructor means SQLITE_STATIC.
            try check(sqlite3_bind_blob64(insert, 7, body.baseAddress, UInt64(body.count), nil))
            _ = try step(insert)
        }
        head.sequence = position.sequence
        return position
    }

    /// The zone of that number, nil when none of its entries is written yet.
    func zone(_ number: Int64) throws -> LedgerZone? {
        defer { sqlite3_reset(selectZone) }
        try bind(number, to: 1, of: selectZone)
        guard try step(selectZone) else { return nil }
        return LedgerZone(
            number: number,
            earliest: sqlite3_column_int64(selectZone, 0),
            latest: sqlite3_column_int64(selectZone, 1)
        )
    }

    /// Stores a zone.
    func put(_ zone: LedgerZone) throws {
        defer { sqlite3_reset(putZone) }
        try bind(zone.number, to: 1, of: putZone)
        try bind(zone.earliest, to: 2, of: putZone)
        try bind(zone.latest, to: 3, of: putZone)
        _ = try step(putZone)
    }

    /// Visits the claims of the newest entries, back to the first one with claims that is older than `oldest`.
    ///
    /// At the highest load that is most of a million entries, and the server does not answer before.
    func visitClaims(since oldest: Int64, _ visit: (HeldClaim) -> Void) throws {
        defer { sqlite3_reset(selectClaims) }
        while try step(selectClaims), sqlite3_column_int64(selectClaims, 0) >= oldest {
            let count = Int(sqlite3_column_bytes(selectClaims, 1))
            let bytes = Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(selectClaims, 1), count: count))
            guard let claims = ClaimBytes(bytes: bytes) else {
                throw StorageError.corrupt(detail: "an entry's claims are malformed")
            }
            claims.claims.forEach(visit)
        }
    }

    /// What is remembered of the clock; read for each batch.
    func clockRecord() throws -> ClockRecord {
        defer { sqlite3_reset(selectClock) }
        guard try step(selectClock) else { throw StorageError.corrupt(detail: "the clock's record is missing") }
        func time(_ column: Int32) -> Timestamp { Timestamp(seconds: sqlite3_column_int64(selectClock, column)) }
        let boot = sqlite3_column_text(selectClock, 1).map {
            ClockRecord.Boot(id: String(cString: $0), offset: sqlite3_column_int64(selectClock, 2))
        }
        return ClockRecord(
            mark: time(0),
            boot: boot,
            acceptances: sqlite3_column_int64(selectClock, 3),
            barredUntil: sqlite3_column_type(selectClock, 4) == SQLITE_NULL ? nil : time(4)
        )
    }

    /// SQLITE_TRANSIENT, a macro that is not imported: SQLite copies what is bound.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func bind(_ bytes: [UInt8], to index: Int32, of statement: OpaquePointer) throws {
        try bytes.withUnsafeBytes {
            try check(sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), Self.transient))
        }
    }

    private func bind(_ number: Int64, to index: Int32, of statement: OpaquePointer) throws {
        try check(sqlite3_bind_int64(statement, index, number))
    }

    /// A value that was not bound would be written as NULL.
    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw Self.error(connection) }
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
