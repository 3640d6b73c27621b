public import AuditLedger
internal import Synchronization
public import Vocabulary

/// A ledger in an array: transactions that roll back, a chain, claims and a clock's record, without a database.
///
/// It outlives the writers that use it, as a database outlives a process.
public final class InMemoryLedgerStore: LedgerStore {
    fileprivate struct State {
        var rows: [LedgerRow] = []
        var clock = ClockRecord(mark: Timestamp(seconds: 0))
        var strays: [HeldClaim] = []
        var revision: Int64 = 1
    }

    private struct Guarded {
        var state = State()
        var failures: [any Error] = []
        var commits = 0
    }

    private let guarded = Mutex(Guarded())

    /// An empty ledger of the node `node-1`.
    public init() {}

    /// Runs `body`; its changes are kept when it returns and no failure was ordered.
    @discardableResult
    public func transaction<Result>(_ body: (InMemoryLedgerTransaction) throws -> Result) throws -> Result {
        // The writer is one thread, so nobody else changes the state between these two critical sections.
        let transaction = InMemoryLedgerTransaction(guarded.withLock { $0.state })
        let result = try body(transaction)
        try guarded.withLock { guarded in
            if !guarded.failures.isEmpty { throw guarded.failures.removeFirst() }
            guarded.state = transaction.state
            guarded.commits += 1
        }
        return result
    }

    /// The next commits fail, each with the next of these errors.
    public func failCommits(with errors: [any Error]) { guarded.withLock { $0.failures += errors } }

    /// What stands in the ledger.
    public var rows: [LedgerRow] { guarded.withLock { $0.state.rows } }

    /// What the events say.
    public var events: [LedgerEvent] {
        rows.compactMap { try? LedgerContent(parsing: $0.entry.body).event }
    }

    /// The clock's record.
    public var clockRecord: ClockRecord { guarded.withLock { $0.state.clock } }

    /// How many transactions were committed.
    public var commits: Int { guarded.withLock { $0.commits } }

    /// Raises the revision, as an act that changes a fact does.
    public func raiseRevision() { guarded.withLock { $0.state.revision += 1 } }
}

/// An open transaction on an ``InMemoryLedgerStore``.
public final class InMemoryLedgerTransaction: LedgerTransaction {
    fileprivate var state: InMemoryLedgerStore.State
    private var maker = LedgerEntryMaker()

    fileprivate init(_ state: InMemoryLedgerStore.State) { self.state = state }

    /// The revision of the facts.
    public var revision: Int64 { state.revision }

    /// What is remembered of the clock.
    public var clockRecord: ClockRecord { state.clock }

    /// Stores what is now known of the clock.
    public func store(_ record: ClockRecord) { state.clock = record }

    /// Files claims that a walk would not find.
    public func storeStray(_ claims: [HeldClaim]) { state.strays += claims }

    /// Appends to the chain.
    @discardableResult
    public func append(_ event: LedgerEvent, claiming claims: [ReplayClaim]) throws -> LedgerPosition {
        let position = LedgerPosition(node: "node-1", sequence: Int64(state.rows.count) + 1)
        let previous = state.rows.last?.entry.hash ?? LedgerEntry.genesis
        let bytes = ClaimBytes(claims)
        var salt = SystemRandomNumberGenerator()
        var body: [UInt8] = []
        let hash = try maker.make(
            event,
            claiming: bytes,
            at: position,
            after: previous,
            salt: (0..<LedgerEntry.saltLength).map { _ in .random(in: 0...255, using: &salt) }
        ) { text, _ in body = Array(text) }
        state.rows.append(
            LedgerRow(
                entry: LedgerEntry(position: position, previous: previous, hash: hash, body: body),
                time: event.time,
                kind: event.kind.rawValue,
                claims: bytes.bytes
            )
        )
        return position
    }

    /// Visits the claims of the tail and the stray ones.
    public func visitClaims(mark: Timestamp, window: ReplayWindow, _ visit: (HeldClaim) -> Void) throws {
        for row in state.rows.reversed() where !row.claims.isEmpty {
            guard row.time >= mark - window.walk else { break }
            ClaimBytes(bytes: row.claims)?.claims.forEach(visit)
        }
        state.strays.forEach(visit)
    }
}
