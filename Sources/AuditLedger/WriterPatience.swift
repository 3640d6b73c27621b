internal import Synchronization

/// Lets one of several who may answer a request be the one that does.
public final class AnsweredOnce: Sendable {
    private let isAnswered = Atomic<Bool>(false)

    /// Nobody has answered yet.
    public init() {}

    /// Whether somebody has.
    public var hasAnswer: Bool { isAnswered.load(ordering: .acquiring) }

    /// Takes it upon the caller to answer; false when somebody has.
    public func begin() -> Bool { !isAnswered.exchange(true, ordering: .acquiringAndReleasing) }
}

/// What waits for the writer, and since when.
struct WriterItem<Store: LedgerStore>: Sendable {
    enum Task: Sendable {
        case work(any LedgerWork<Store.Transaction>)
        /// An act; the second part answers whoever waits for it, when it takes too long.
        case act(@Sendable (Store) -> Void, abandon: @Sendable (any Error) -> Void)
    }

    let task: Task
    let posted: SuspendingClock.Instant

    init(_ task: Task) {
        self.task = task
        posted = .now
    }

    func abandon(_ error: any Error) {
        switch task {
        case .work(let work): work.abandoned(error)
        case .act(_, let abandon): abandon(error)
        }
    }
}

/// What the writer's thread has in hand, for others to see when it takes too long: a disk that does not answer holds the
/// thread inside the commit.
final class WriterHand<Store: LedgerStore>: Sendable {
    private struct State {
        var items: [WriterItem<Store>] = []
        /// Since when the thread has been in the store; nil while it is not.
        var entered: SuspendingClock.Instant?
    }

    private let state = Mutex(State())

    /// The thread has taken these.
    func take(_ items: [WriterItem<Store>]) { state.withLock { $0.items = items } }

    /// The thread turns to the store.
    func enter() { state.withLock { $0.entered = .now } }

    /// The store has answered.
    func leave() { state.withLock { $0.entered = nil } }

    /// The items in hand that have waited since before `instant`.
    func items(since instant: SuspendingClock.Instant) -> [WriterItem<Store>] {
        state.withLock { $0.items.filter { $0.posted <= instant } }
    }

    /// Whether the store has not answered since before `instant`.
    func isStuck(since instant: SuspendingClock.Instant) -> Bool {
        state.withLock { state in state.entered.map { $0 <= instant } ?? false }
    }
}
