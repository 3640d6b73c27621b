public import AuditLedger
internal import RelationalStorage
internal import Vocabulary

/// An open, immediate transaction: nobody else writes until it ends; lives no longer than the closure it is given to.
public final class SQLiteTransaction: SQLiteReader, LedgerTransaction {
    /// The prepared statements of the hot path.
    let ledger: LedgerStatements
    private var knownRevision: Int64?
    private var hasRaised = false
    private var head: LedgerHead?
    private var zone = OpenZone()

    init(database: any Database, ledger: LedgerStatements, policies: PolicyMemory) {
        self.ledger = ledger
        super.init(database: database, policies: policies)
    }

    /// The revision of the facts, in this transaction.
    public override var revision: Int64 {
        get throws {
            if let knownRevision { return knownRevision }
            let revision = try ledger.revision()
            knownRevision = revision
            return revision
        }
    }

    /// The last revision that was read here, for caches to know that it moved.
    var seenRevision: Int64? { knownRevision }

    /// The last revision that was read here of what others have committed: all that is true when it is rolled back.
    var revisionSeenBefore: Int64? { hasRaised ? knownRevision.map { $0 - 1 } : knownRevision }

    /// Raises the revision, once a transaction: call it wherever a fact that a decision may rest on is changed.
    public func raiseRevision() throws {
        guard !hasRaised else { return }
        try database.execute(sql: "UPDATE revision SET value = value + 1 WHERE id = 1")
        hasRaised = true
        knownRevision = try readRevision()
    }

    /// Appends an event to the chain, whose head is read and extended inside this very transaction.
    @discardableResult
    public func append(_ event: LedgerEvent, claiming claims: [ReplayClaim] = []) throws -> LedgerPosition {
        var next = try head ?? ledger.head()
        let position = try ledger.append(event, claiming: claims, after: &next)
        head = next
        try zone.note(position.sequence, time: event.time.seconds, in: ledger)
        return position
    }

    /// Writes what was kept back for the end; the last act before the commit.
    func finish() throws { try zone.write(to: ledger) }
}
