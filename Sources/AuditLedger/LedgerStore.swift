public import Vocabulary

/// A database that can take ledger entries: one durable, immediate transaction at a time.
public protocol LedgerStore: Sendable {
    /// What can be done inside a transaction.
    associatedtype Transaction: LedgerTransaction

    /// Runs `body` in one immediate transaction and commits it durably, or rolls it back when `body` throws.
    ///
    /// Blocks the calling thread; never call it on the cooperative pool.
    @discardableResult
    func transaction<Result>(_ body: (Transaction) throws -> Result) throws -> Result
}

/// An open transaction on the ledger.
public protocol LedgerTransaction {
    /// The revision of the facts, raised by every act that changes one (DESIGN §2).
    var revision: Int64 { get throws }

    /// Appends an event to this node's chain, whose head is read and extended inside this very transaction.
    ///
    /// The claims are filed in the same row.
    @discardableResult
    func append(_ event: LedgerEvent, claiming claims: [ReplayClaim]) throws -> LedgerPosition

    /// What the store remembers of the clock.
    var clockRecord: ClockRecord { get throws }

    /// Stores what is now known of the clock.
    func store(_ record: ClockRecord) throws

    /// Files claims that were made while the clock stood ahead of the mark, where a later walk would not find them.
    func storeStray(_ claims: [HeldClaim]) throws

    /// Visits every claim that may still matter when the mark is `mark`: those of the ledger's tail, walked back over
    /// at least the window's ``ReplayWindow/walk``, and the stray ones.
    func visitClaims(mark: Timestamp, window: ReplayWindow, _ visit: (HeldClaim) -> Void) throws
}

/// Where an entry stands in its node's chain.
public struct LedgerPosition: Sendable, Hashable {
    /// The node whose chain it is.
    public let node: String
    /// The gapless sequence number, from 1.
    public let sequence: Int64

    /// A position.
    public init(node: String, sequence: Int64) {
        self.node = node
        self.sequence = sequence
    }
}

/// Thrown by a work's `write` for a fault that concerns no other request, a registration that cannot be read above all.
///
/// The work fails with `cause` and its claims are released; the batch goes on. Only claims can be taken back: it must be
/// thrown before the work appends an entry or lets ``WriterMemory/admits(_:)`` count a refusal.
public struct FailedAlone: Error {
    /// What went wrong.
    public let cause: any Error

    /// A fault of one work.
    public init(cause: any Error) { self.cause = cause }
}

/// One request's share of the writer's next batch.
///
/// The writer calls `write` on its own thread inside the batch's transaction, then, when the batch is durable, `committed`
/// (also on that thread: this is where a token is signed, so that the next batch gathers meanwhile), or `failed` when it
/// is not. Exactly one of the last two is called, once. Before them ``abandoned(_:)`` may be, on any thread.
public protocol LedgerWork<Transaction>: AnyObject, Sendable {
    /// The transaction it works in.
    associatedtype Transaction: LedgerTransaction

    /// Claims, decides and appends. A refusal is an outcome, not an error: what it throws fails the whole batch, but for
    /// ``FailedAlone``.
    func write(in transaction: Transaction, with memory: WriterMemory) throws

    /// The batch is durable.
    func committed()

    /// The batch is not durable, or this work failed alone; nothing of it happened.
    func failed(_ error: any Error)

    /// It has waited longer than a request may: whoever waits is to be answered with `error` now.
    ///
    /// May be called repeatedly, and while `write` or one of the others runs. What is not written yet need not be; what is may
    /// become durable.
    func abandoned(_ error: any Error)
}

extension LedgerWork {
    /// Nobody is answered: whoever waits goes on waiting.
    public func abandoned(_ error: any Error) {}
}
