internal import AuditLedger
internal import Foundation
internal import RelationalStorage
internal import Vocabulary

/// A node's chain in PostgreSQL, inside a transaction that has its turn on it.
///
/// Entries are gathered and written in one statement: when the transaction ends, or before anything else is asked.
final class PostgreSQLLedger: LedgerAppending {
    private unowned let database: PostgreSQLDatabase
    private let node: String
    private var maker = LedgerEntryMaker()
    private var salts = SaltSource()
    private var waiting = WaitingEntries()

    init(_ database: PostgreSQLDatabase, node: String) {
        self.database = database
        self.node = node
        database.beforeEach = { [unowned self] in try write() }
    }

    func revision() throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT value FROM revision WHERE id = 1")
        guard let value = try Int64.fetchOne(statement) else {
            throw PostgreSQLError.corrupt(detail: "the revision is missing")
        }
        return value
    }

    func head() throws -> LedgerHead {
        let statement = try database.cachedStatement(
            sql: "SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1"
        )
        guard let row = try Row.fetchOne(statement) else {
            return LedgerHead(sequence: 0, hash: LedgerEntry.genesis)
        }
        let hash = Array(row[1] as Data)
        guard hash.count == LedgerEntry.genesis.count else {
            throw PostgreSQLError.corrupt(detail: "the ledger's last hash is missing")
        }
        return LedgerHead(sequence: row[0], hash: hash)
    }

    func append(
        _ event: LedgerEvent,
        claiming claims: [ReplayClaim],
        after head: inout LedgerHead
    ) throws -> LedgerPosition {
        let position = LedgerPosition(node: node, sequence: head.sequence + 1)
        let previous = head.hash
        let claims = ClaimBytes(claims)
        head.hash = try maker.make(
            event,
            claiming: claims,
            at: position,
            after: previous,
            salt: salts.next()
        ) { body, hash in
            waiting.append(
                sequence: position.sequence,
                event: event,
                previous: previous,
                hash: hash,
                claims: claims.bytes,
                body: body
            )
        }
        head.sequence = position.sequence
        return position
    }

    func zone(_ number: Int64) throws -> LedgerZone? {
        let statement = try database.cachedStatement(sql: "SELECT earliest, latest FROM ledger_zone WHERE zone = ?")
        return try Row.fetchOne(statement, arguments: [number]).map {
            LedgerZone(number: number, earliest: $0[0], latest: $0[1])
        }
    }

    func put(_ zone: LedgerZone) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO ledger_zone (zone, earliest, latest) VALUES (?, ?, ?)
                ON CONFLICT (zone) DO UPDATE SET earliest = excluded.earliest, latest = excluded.latest
                """
        )
        .execute(arguments: [zone.number, zone.earliest, zone.latest])
    }

    /// Reads the newest entries in stretches: an answer is in memory whole.
    func visitClaims(since oldest: Int64, _ visit: (HeldClaim) -> Void) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT sequence, time, claims FROM ledger WHERE claims IS NOT NULL AND sequence < ?
                ORDER BY sequence DESC LIMIT ?
                """
        )
        var before = Int64.max
        while true {
            let rows = try Row.fetchAll(statement, arguments: [before, Self.stretch])
            for row in rows {
                guard (row[1] as Int64) >= oldest else { return }
                guard let claims = ClaimBytes(bytes: Array(row[2] as Data)) else {
                    throw PostgreSQLError.corrupt(detail: "an entry's claims are malformed")
                }
                claims.claims.forEach(visit)
                before = row[0]
            }
            guard rows.count == Self.stretch else { return }
        }
    }

    func clockRecord() throws -> ClockRecord {
        let statement = try database.cachedStatement(
            sql: "SELECT mark, boot, boot_offset, acceptances, barred_until FROM clock WHERE id = 1"
        )
        guard let row = try Row.fetchOne(statement) else {
            throw PostgreSQLError.corrupt(detail: "the clock's record is missing")
        }
        return ClockRecord(
            mark: Timestamp(seconds: row[0]),
            boot: (row[1] as String?).map { ClockRecord.Boot(id: $0, offset: row[2]) },
            acceptances: row[3],
            barredUntil: (row[4] as Int64?).map { Timestamp(seconds: $0) }
        )
    }

    /// How many rows are read at a time.
    private static let stretch = 5_000

    private func write() throws {
        guard waiting.count > 0 else { return }
        let command = try database.connection.prepare(WaitingEntries.sql)
        let values = waiting.values
        waiting = WaitingEntries()
        _ = try database.connection.run(.prepared(name: command.name, values))
    }
}

/// Entries that wait to be written together, column by column.
private struct WaitingEntries {
    private(set) var count = 0
    private var sequences = BinaryArray(of: .bigint)
    private var times = BinaryArray(of: .bigint)
    private var kinds = BinaryArray(of: .text)
    private var previous = BinaryArray(of: .bytea)
    private var hashes = BinaryArray(of: .bytea)
    private var claims = BinaryArray(of: .bytea)
    private var bodies = BinaryArray(of: .bytea)

    static let sql = """
        INSERT INTO ledger (sequence, time, kind, previous, hash, claims, body)
        SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::bytea[], ?::bytea[], ?::bytea[], ?::bytea[])
        """

    mutating func append(
        sequence: Int64,
        event: LedgerEvent,
        previous: [UInt8],
        hash: [UInt8],
        claims: [UInt8],
        body: UnsafeRawBufferPointer
    ) {
        count += 1
        sequences.append(sequence)
        times.append(event.time.seconds)
        kinds.append(event.kind.rawValue.utf8)
        self.previous.append(previous)
        hashes.append(hash)
        self.claims.append(claims.isEmpty ? nil : claims)
        bodies.append(body)
    }

    var values: ParameterValues {
        var values = ParameterValues(count: 7)
        for (index, array) in [sequences, times, kinds, previous, hashes, claims, bodies].enumerated() {
            values.set(array.bytes, at: index)
        }
        return values
    }
}
