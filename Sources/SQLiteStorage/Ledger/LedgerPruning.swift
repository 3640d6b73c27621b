public import AuditLedger
internal import Foundation
internal import RelationalStorage
public import Vocabulary

/// Where old entries can be let go.
extension SQLiteReader {
    /// The newest checkpoint of which every entry is older than `time`, and the chain's hash there; nil when there is none
    /// behind the present cut.
    ///
    /// Never inside the tail that replay claims are read back from (DESIGN §2 item 4), nor among entries whose use is not
    /// summed up yet.
    /// - Throws: `StorageError`.
    public func pruningPoint(
        olderThan time: Timestamp,
        keeping tail: Seconds
    ) throws -> (checkpoint: StoredCheckpoint, hash: [UInt8])? {
        let limit = min(time, try clockMark - tail)
        let last = try lastSequence
        let through = min(try firstEntry(notBefore: limit).map { $0 - 1 } ?? last, last - 1, try usageState())
        guard through > 0,
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT c.size, c.time, c.note, l.hash FROM ledger_checkpoint c JOIN ledger l ON l.sequence = c.size
                    WHERE c.size <= ? ORDER BY c.size DESC LIMIT 1
                    """,
                arguments: [through]
            )
        else { return nil }
        let found = StoredCheckpoint(size: row[0], time: Timestamp(seconds: row[1]), note: row[2])
        guard try found.size > cut?.size ?? 0 else { return nil }
        return (found, Array(row[3] as Data))
    }

    /// The first entry that is not older than that; nil when all are.
    ///
    /// Zones tell where to look: there is no index on time.
    public func firstEntry(notBefore time: Timestamp) throws -> Int64? {
        let zones = try Int64.fetchAll(
            database,
            sql: "SELECT zone FROM ledger_zone WHERE latest >= ? ORDER BY zone LIMIT 1",
            arguments: [time.seconds]
        )
        guard let zone = zones.first else { return nil }
        let sequences = LedgerZone(number: zone, earliest: 0, latest: 0).sequences
        return try Int64.fetchOne(
            database,
            sql: "SELECT min(sequence) FROM ledger WHERE sequence BETWEEN ? AND ? AND time >= ?",
            arguments: [sequences.lowerBound, sequences.upperBound, time.seconds]
        )
    }
}

extension SQLiteStore {
    /// How many entries go in one transaction: a few milliseconds.
    private static let entriesAtOnce = 1_000

    /// Takes out all entries before the cut, for a command; a server that runs is left as much time as was taken.
    ///
    /// - Throws: `StorageError`.
    /// - Returns: how many.
    @discardableResult
    public func removeCutEntries(_ progress: (Int) -> Void = { _ in }) throws -> Int {
        var removed = 0
        while true {
            let began = ContinuousClock.now
            let count = try transaction { try $0.removeCutEntries(limit: Self.entriesAtOnce) }
            removed += count
            progress(removed)
            guard count == Self.entriesAtOnce else { return removed }
            if try ServeLock.isHeldByAnother(on: folder) {
                usleep(UInt32(min(began.duration(to: .now) / .microseconds(1), 999_999)))
            }
        }
    }
}
