package import AuditLedger

/// The end of the chain, which the next entry extends.
package struct LedgerHead {
    package var sequence: Int64
    package var hash: [UInt8]

    package init(sequence: Int64, hash: [UInt8]) {
        self.sequence = sequence
        self.hash = hash
    }
}

/// What each database does in its own way: the ledger's hot path, inside a transaction.
package protocol LedgerAppending: AnyObject {
    /// The revision of the facts.
    func revision() throws -> Int64

    /// The last entry; read in each transaction, for another process may have written.
    func head() throws -> LedgerHead

    /// Appends an entry after `head`, which it moves on.
    func append(
        _ event: LedgerEvent,
        claiming claims: [ReplayClaim],
        after head: inout LedgerHead
    ) throws -> LedgerPosition

    /// The zone of that number, nil when none of its entries is written yet.
    func zone(_ number: Int64) throws -> LedgerZone?

    /// Stores a zone.
    func put(_ zone: LedgerZone) throws

    /// Visits the claims of the newest entries, back to the first one with claims that is older than `oldest`.
    func visitClaims(since oldest: Int64, _ visit: (HeldClaim) -> Void) throws

    /// What is remembered of the clock; read for each batch.
    func clockRecord() throws -> ClockRecord
}
