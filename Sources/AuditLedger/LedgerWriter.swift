internal import Synchronization
public import Vocabulary

/// Why the writer did not write.
public enum LedgerWriterError: Error, Hashable, Sendable {
    /// So many requests wait already that this one would wait too long.
    case full
    /// The writer stops, or has stopped.
    case stopped
    /// The clock is behind the highest time seen by more than the skew.
    case clockBehind(by: Seconds, mark: Timestamp)
    /// The store has not answered for longer than a request may wait; what was in its hands may be durable or not.
    case stalled
}

/// How the writer is set up.
public struct LedgerWriterSettings: Sendable, Hashable {
    /// How long claims are held.
    public var window: ReplayWindow
    /// The most requests that wait; further ones are refused at once.
    public var queueLimit: Int
    /// The most requests in one transaction.
    public var batchLimit: Int
    /// The longest that a request waits, from the moment it was submitted (``LedgerWriter/answerOverdue(at:)``).
    public var patience: Duration

    /// Settings; 4,096 may wait, of which 256 go into one transaction, and each for ten seconds.
    public init(
        window: ReplayWindow,
        queueLimit: Int = 4_096,
        batchLimit: Int = 256,
        patience: Duration = .seconds(10)
    ) {
        precondition(queueLimit > 0 && batchLimit > 0)
        self.window = window
        self.queueLimit = queueLimit
        self.batchLimit = batchLimit
        self.patience = patience
    }
}

/// The one writer of a node: gathers what waits, commits it in one transaction, signs the batch while the next one gathers,
/// and so resumes all waiters (DESIGN §2 item 6).
///
/// It has a thread of its own, because commits and signatures block. There is no timer: under load a batch is what came
/// while the one before was being signed.
public final class LedgerWriter<Store: LedgerStore>: Sendable {
    private let mailbox: ThreadMailbox<WriterItem<Store>>
    private let loop: WriterLoop<Store>
    private let status: WriterStatus
    private let hand = WriterHand<Store>()
    private let patience: Duration
    private let ending = ThreadEnding()

    /// A writer that is not started yet.
    ///
    /// - Parameters:
    ///   - store: Where it writes.
    ///   - settings: Its limits.
    ///   - clock: The clock on the wall.
    ///   - bootClock: The clock that nobody can set.
    ///   - notify: Is told what an operator should hear of, on the writer's thread; must not block.
    public init(
        store: Store,
        settings: LedgerWriterSettings,
        clock: any WallClock,
        bootClock: any BootClock = SystemBootClock(),
        notify: @escaping @Sendable (LedgerNotice) -> Void = { _ in }
    ) {
        mailbox = ThreadMailbox(limit: settings.queueLimit)
        status = WriterStatus(window: settings.window, clock: clock)
        patience = settings.patience
        loop = WriterLoop(
            store: store,
            settings: settings,
            clock: clock,
            bootClock: bootClock,
            notify: notify,
            mailbox: mailbox,
            status: status,
            hand: hand
        )
    }

    /// Reads the claims that may still matter and starts the thread; must be called once, and ``stop()`` after it.
    ///
    /// - Throws: What the store throws when it cannot be read.
    public func start() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            startThread(named: "ledger-writer") { [loop, ending] in
                loop.run { continuation.resume(with: $0) }
                ending.end()
            }
        }
    }

    /// Puts a request's share into the next batch; when there is no room for it, it has failed at once.
    public func submit(_ work: any LedgerWork<Store.Transaction>) {
        guard !status.isStalled else { return work.failed(LedgerWriterError.stalled) }
        switch mailbox.post(WriterItem(.work(work))) {
        case .accepted: break
        case .full: work.failed(LedgerWriterError.full)
        case .closed: work.failed(LedgerWriterError.stopped)
        }
    }

    /// Runs an act of administration in a transaction of its own, in its turn; what it throws fails nothing else.
    ///
    /// - Throws: What `body` or the store throws, or `LedgerWriterError`.
    public func perform<Result: Sendable>(
        _ body: @escaping @Sendable (Store.Transaction) throws -> Result
    ) async throws -> Result {
        guard !status.isStalled else { throw LedgerWriterError.stalled }
        return try await withCheckedThrowingContinuation { continuation in
            let answer = AnsweredOnce()
            let act: @Sendable (Store) -> Void = { store in
                // Nobody waits for it any more: it is not done behind the back of whoever was told that it failed.
                guard !answer.hasAnswer else { return }
                let result = Swift.Result { try store.transaction(body) }
                if answer.begin() { continuation.resume(with: result) }
            }
            let abandon: @Sendable (any Error) -> Void = { error in
                if answer.begin() { continuation.resume(throwing: error) }
            }
            switch mailbox.post(WriterItem(.act(act, abandon: abandon))) {
            case .accepted: break
            case .full: continuation.resume(throwing: LedgerWriterError.full)
            case .closed: continuation.resume(throwing: LedgerWriterError.stopped)
            }
        }
    }

    /// Takes nothing more, deals with all that waits, writes what is summed up, and ends the thread.
    public func stop() async {
        mailbox.close()
        await ending.wait()
    }

    /// Answers those that have waited longer than they may, because the store does not answer or is too slow; never waits itself,
    /// and is to be called about once a second.
    ///
    /// What is in the store's hands may become durable all the same; what is not is not written any more.
    ///
    /// - Parameter now: The present; an argument for tests.
    /// - Returns: Whether the store has held the writer for all that time, so that new requests are refused at once.
    @discardableResult
    public func answerOverdue(at now: SuspendingClock.Instant = .now) -> Bool {
        let latest = now - patience
        let isStuck = hand.isStuck(since: latest)
        status.note(isStalled: isStuck)
        for item in hand.items(since: latest) { item.abandon(LedgerWriterError.stalled) }
        for item in mailbox.waiting where item.posted <= latest { item.abandon(LedgerWriterError.stalled) }
        return isStuck
    }

    /// How many requests wait or are being written.
    public var queueLength: Int { mailbox.count }

    /// Why no token can be issued at this moment, for readiness; nil when all is well.
    public var impediment: LedgerImpediment? { status.impediment }

    /// Whether the clock is behind the highest time seen, so that nothing can be decided by it.
    public var isClockBehind: Bool {
        if case .clockBehind = status.impediment { true } else { false }
    }
}

/// Why no token can be issued at this moment.
public enum LedgerImpediment: Sendable, Hashable {
    /// The writer has not started, or has stopped.
    case stopped
    /// The clock is behind the highest time seen.
    case clockBehind(by: Seconds)
    /// The last batch could not be made durable.
    case storeFailing(String)
    /// The store has not answered for longer than a request may wait.
    case stalled
}

/// What other threads may know of the writer.
final class WriterStatus: Sendable {
    private struct State {
        var record: ClockRecord?
        var failure: String?
    }

    private let window: ReplayWindow
    private let clock: any WallClock
    private let state = Mutex(State())
    private let stalled = Atomic<Bool>(false)

    init(window: ReplayWindow, clock: any WallClock) {
        self.window = window
        self.clock = clock
    }

    func publish(_ record: ClockRecord?, failure: String?) {
        state.withLock { $0 = State(record: record, failure: failure) }
    }

    /// Whether the store holds the writer for longer than a request may wait.
    var isStalled: Bool { stalled.load(ordering: .relaxed) }

    func note(isStalled: Bool) { stalled.store(isStalled, ordering: .relaxed) }

    var impediment: LedgerImpediment? {
        if isStalled { return .stalled }
        let state = state.withLock { $0 }
        guard let record = state.record else { return .stopped }
        if let failure = state.failure { return .storeFailing(failure) }
        return record.behind(at: clock.now, window: window).map { .clockBehind(by: $0) }
    }
}

/// The end of a thread, which others may wait for.
final class ThreadEnding: Sendable {
    private struct State {
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}
