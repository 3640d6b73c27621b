public import AuditLedger
internal import Foundation
internal import RelationalStorage
public import Vocabulary

/// An open transaction that has its turn: nobody else changes facts, or appends to this node's chain, until it ends.
///
/// It lives no longer than the closure it is given to.
public final class PostgreSQLTransaction: LedgerTransaction {
    let database: PostgreSQLDatabase
    private let ledger: PostgreSQLLedger
    private var head: LedgerHead?
    private var zone = OpenZone()

    init(_ database: PostgreSQLDatabase, node: NodeName) {
        self.database = database
        ledger = PostgreSQLLedger(database, node: node.text)
    }

    /// The revision of the facts, in this transaction.
    public var revision: Int64 {
        get throws { try ledger.revision() }
    }

    /// Appends an event to the node's chain.
    ///
    /// It is written with those after it, in one statement.
    @discardableResult
    public func append(_ event: LedgerEvent, claiming claims: [ReplayClaim] = []) throws -> LedgerPosition {
        var next = try head ?? ledger.head()
        let position = try ledger.append(event, claiming: claims, after: &next)
        head = next
        try zone.note(position.sequence, time: event.time.seconds, in: ledger)
        return position
    }

    /// What the store remembers of the clock.
    public var clockRecord: ClockRecord {
        get throws { try ledger.clockRecord() }
    }

    /// Stores what is now known of the clock.
    public func store(_ record: ClockRecord) throws {
        try database.cachedStatement(
            sql: """
                UPDATE clock SET mark = ?, boot = ?, boot_offset = ?, acceptances = ?, barred_until = ? WHERE id = 1
                """
        )
        .execute(arguments: [
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
    /// The chain is walked back until an entry with claims is older than the window.
    public func visitClaims(mark: Timestamp, window: ReplayWindow, _ visit: (HeldClaim) -> Void) throws {
        try ledger.visitClaims(since: (mark - window.walk).seconds, visit)
        for bytes in try Data.fetchAll(database, sql: "SELECT claims FROM stray_claims") {
            guard let claims = ClaimBytes(bytes: Array(bytes)) else {
                throw PostgreSQLError.corrupt(detail: "stray claims are malformed")
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

    /// Writes what was kept back for the end; the last act before the commit.
    func finish() throws {
        try zone.write(to: ledger)
        try database.flush()
    }
}
