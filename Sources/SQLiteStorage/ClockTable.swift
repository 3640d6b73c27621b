public import AuditLedger
internal import Foundation
internal import RelationalStorage
public import Vocabulary

extension SQLiteReader {
    /// The highest time that the store has seen.
    public var clockMark: Timestamp {
        get throws {
            Timestamp(seconds: try Int64.fetchOne(database, sql: "SELECT mark FROM clock WHERE id = 1") ?? 0)
        }
    }
}

/// What the store remembers of the clock, and the claims that a walk through the ledger would not find.
extension SQLiteTransaction {
    /// What the store remembers of the clock.
    public var clockRecord: ClockRecord {
        get throws { try ledger.clockRecord() }
    }

    /// Stores what is now known of the clock.
    public func store(_ record: ClockRecord) throws {
        let statement = try database.cachedStatement(
            sql: """
                UPDATE clock SET mark = ?, boot = ?, boot_offset = ?, acceptances = ?, barred_until = ? WHERE id = 1
                """
        )
        try statement.execute(arguments: [
            record.mark.seconds, record.boot?.id, record.boot?.offset ?? 0, record.acceptances,
            record.barredUntil?.seconds,
        ])
    }

    /// Files claims that were made while the clock stood ahead of the mark, where a later walk would not find them.
    public func storeStray(_ claims: [HeldClaim]) throws {
        guard let latest = claims.map(\.expires).max() else { return }
        try database.execute(
            sql: "INSERT INTO stray_claims (latest, claims) VALUES (?, ?)",
            arguments: [latest.seconds, Data(ClaimBytes(held: claims).bytes)]
        )
    }

    /// Visits every claim that may still matter when the mark is `mark`.
    ///
    /// The ledger's rows are walked back by their sequence numbers, that is in the order they were written, until one with
    /// claims is older than the window; rows without claims, such as those of administration, may bear any time.
    public func visitClaims(mark: Timestamp, window: ReplayWindow, _ visit: (HeldClaim) -> Void) throws {
        try ledger.visitClaims(since: (mark - window.walk).seconds, visit)
        let strays = try Row.fetchCursor(database, sql: "SELECT claims FROM stray_claims")
        while let row = try strays.next() {
            guard let claims = ClaimBytes(bytes: Array(row[0] as Data)) else {
                throw StorageError.corrupt(detail: "stray claims are malformed")
            }
            claims.claims.forEach(visit)
        }
        // An operator may lower the mark by days; claims that ended a month before it are of no more use to anybody.
        try database.execute(
            sql: "DELETE FROM stray_claims WHERE latest < ?",
            arguments: [(mark - .days(Self.daysOfStrays)).seconds]
        )
    }

    private static var daysOfStrays: Int64 { 30 }
}
