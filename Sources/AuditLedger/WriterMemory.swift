public import Vocabulary

/// What the one writer keeps in memory beside the store; confined to its thread.
///
/// Whatever a batch changes here is taken back when the batch fails.
public final class WriterMemory {
    private let window: ReplayWindow
    private let clock: any WallClock
    private let bootClock: any BootClock
    private var replays: ReplayMemory
    private var watch: ClockWatch
    private var refusals = RefusalSummaries()
    /// The clock's record as it stands in the store.
    private var stored: ClockRecord
    /// The writer's time, read when the batch began.
    public private(set) var now: Timestamp
    private var boot: Int64

    /// How a claim ended.
    public enum ClaimOutcome: Sendable, Hashable {
        /// All are claimed, now and for nobody else.
        case claimed
        /// One was claimed before; none is claimed now.
        case replayed
        /// One was issued before the clock was set back or the store restored, at or before that time.
        case barred(until: Timestamp)
        /// One ended while the request waited.
        case late
    }

    init(
        record: ClockRecord,
        window: ReplayWindow,
        clock: any WallClock,
        bootClock: any BootClock
    ) {
        self.window = window
        self.clock = clock
        self.bootClock = bootClock
        now = clock.now
        boot = bootClock.seconds
        stored = record
        replays = ReplayMemory(window: window, boot: boot)
        watch = ClockWatch(record: record, window: window, now: now, boot: boot, bootID: bootClock.bootID)
    }

    /// Claims all or none; a claim is held while its assertion could be accepted, whatever the clock does.
    public func claim(_ claims: [ReplayClaim]) -> ClaimOutcome {
        let held = claims.map { HeldClaim($0) }
        for (index, claim) in held.enumerated() {
            if replays.holds(claim) || held[..<index].contains(where: { $0.digest == claim.digest }) {
                return .replayed
            }
            if let bar = watch.record.barredUntil, claims[index].issued <= bar { return .barred(until: bar) }
            // Its claim may have been held and let go already: nothing is known of it any more.
            if watch.record.mark >= window.release(of: claim.expires) { return .late }
        }
        for claim in held { replays.hold(claim, now: now, boot: boot) }
        return .claimed
    }

    /// Counts a refusal; true when it is to be appended, false when a summary will stand for it.
    public func admits(_ refusal: LedgerEvent) -> Bool { refusals.admits(refusal, boot: boot) }

    /// How many claims are held.
    public var claimCount: Int { replays.count }
}

/// The writer's side: what happens around a batch.
extension WriterMemory {
    /// What is known of the clock.
    var clockRecord: ClockRecord { watch.record }

    /// Whether a transaction is due though nobody waits: refusals to sum up, or a clock that an operator may accept.
    var needsHousekeeping: Bool { refusals.isDue(boot: boot) || watch.behind(at: now) != nil }

    /// Looks at the clocks and lets go what is past its time.
    func tick() -> [LedgerNotice] {
        now = clock.now
        boot = bootClock.seconds
        let notices = watch.observe(now: now, boot: boot)
        replays.sweep(mark: watch.record.mark, boot: boot)
        return notices
    }

    /// Lets one work of the batch write; when it fails alone its claims are taken back.
    ///
    /// - Returns: Why it failed alone; nil when it did not.
    func write<Transaction>(
        _ work: any LedgerWork<Transaction>,
        in transaction: Transaction
    ) throws -> (any Error)? {
        let before = replays.batchCount
        do {
            try work.write(in: transaction, with: self)
            return nil
        } catch let failure as FailedAlone {
            replays.rollBack(toCount: before)
            return failure.cause
        }
    }

    /// Begins a batch; reads the claims again when an operator has lowered the mark since the last one.
    ///
    /// - Returns: By how much the clock is behind the mark, when no token may be issued; and what to tell the operator.
    func begin(in transaction: some LedgerTransaction) throws -> (behind: Seconds?, notices: [LedgerNotice]) {
        var notices = tick()
        let record = try transaction.clockRecord
        if record.acceptances != stored.acceptances {
            watch = ClockWatch(record: record, window: window, now: now, boot: boot, bootID: bootClock.bootID)
            stored = record
            try readClaims(in: transaction)
            notices.append(.clockAccepted(mark: record.mark))
            notices += watch.observe(now: now, boot: boot)
        }
        return (watch.behind(at: now), notices)
    }

    /// Ends a batch inside its transaction: summaries, stray claims and the clock's record.
    func end(in transaction: some LedgerTransaction, closing: Bool = false) throws {
        for summary in refusals.ended(boot: boot, all: closing, now: now) {
            try transaction.append(summary, claiming: [])
        }
        // Made ahead of the mark, their rows may lie behind older ones when the clock has gone back.
        if watch.isAhead { try transaction.storeStray(replays.batchClaims) }
        if watch.record != stored { try transaction.store(watch.record) }
    }

    /// The batch is durable.
    func commit() {
        stored = watch.record
        replays.commit()
        refusals.commit()
    }

    /// The batch is not.
    func rollBack() {
        replays.rollBack()
        refusals.rollBack()
    }

    /// Reads every claim that may still matter from the store.
    func readClaims(in transaction: some LedgerTransaction) throws {
        let reference = min(now, watch.record.mark)
        try transaction.visitClaims(mark: watch.record.mark, window: window) { claim in
            guard watch.record.mark < window.release(of: claim.expires) else { return }
            replays.hold(claim, now: reference, boot: boot)
        }
        replays.commit()
    }
}
