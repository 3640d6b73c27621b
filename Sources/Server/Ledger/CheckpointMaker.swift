import AuditLedger
import HTTPServer
import Logging
import NIOPosix
import SQLiteStorage
import ServiceLifecycle
import Synchronization
import Vocabulary

/// Grows the tree behind the ledger and signs a checkpoint every thousand entries, or every minute in which there were any.
///
/// It looks once a second, so that under load one checkpoint stands for all entries of that second. Entries are read and hashed
/// on a reader's connection; the one writer gets finished tiles, a few kilobytes a second, in a transaction of their own. No
/// token waits for a checkpoint.
struct CheckpointMaker: Service {
    let store: SQLiteStore
    let writer: LedgerWriter<SQLiteStore>
    /// Reads the key, which an operator may replace while the server runs.
    let readKey: @Sendable () throws -> CheckpointKey
    let published: PublishedCheckpoint
    let lag: CheckpointLag
    let clock: any WallClock
    let logger: Logger
    private let failing = Failing()
    private let last = LastSigned()

    private static let interval = Duration.seconds(1)
    /// A checkpoint is due after so many entries, or so long after the one before.
    static let (entries, age) = (Int64(1_000), Seconds.minutes(1))
    /// So many entries are hashed in one snapshot and written in one transaction: some milliseconds.
    private static let step: Int64 = 4_096

    init(
        store: SQLiteStore,
        writer: LedgerWriter<SQLiteStore>,
        readKey: @escaping @Sendable () throws -> CheckpointKey,
        published: PublishedCheckpoint,
        lag: CheckpointLag = CheckpointLag(),
        clock: any WallClock,
        logger: Logger
    ) {
        self.store = store
        self.writer = writer
        self.readKey = readKey
        self.published = published
        self.lag = lag
        self.clock = clock
        self.logger = logger
    }

    /// The last checkpoint that this process has signed: what is in the database may have been changed since.
    private final class LastSigned: Sendable {
        private let state = Mutex<Checkpoint?>(nil)

        var checkpoint: Checkpoint? { state.withLock { $0 } }

        func note(_ checkpoint: Checkpoint) { state.withLock { $0 = checkpoint } }
    }

    /// Whether what was said of a failure still holds; said once.
    private final class Failing: Sendable {
        private let state = Mutex(false)

        /// Takes note; true when it is news.
        func note(_ isFailing: Bool) -> Bool {
            state.withLock { state in
                defer { state = isFailing }
                return state != isFailing
            }
        }
    }

    /// Publishes the newest checkpoint there is, before anybody can ask for it; a small ledger gets its first one.
    func prepare() async {
        guard let state = try? await look(), let checkpoint = state.checkpoint else {
            return await make(atOnce: true, steps: 1)
        }
        published.publish(checkpoint.note)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await make(atOnce: false) }
        }
        // The listeners have ended: what was written last is covered before the server goes.
        await make(atOnce: true, steps: 1)
    }

    private struct State: Sendable {
        let last: Int64
        let checkpoint: StoredCheckpoint?
        let oldestUncovered: Timestamp?

        func isDue(at now: Timestamp) -> Bool {
            guard let checkpoint else { return last > 0 }
            let count = last - checkpoint.size
            // A clock that was set back must not keep checkpoints away.
            return count >= CheckpointMaker.entries
                || count > 0 && (now - checkpoint.time >= CheckpointMaker.age || now < checkpoint.time)
        }
    }

    private func look() async throws -> State {
        let state = try await store.read {
            State(
                last: try $0.lastSequence,
                checkpoint: try $0.latestCheckpoint,
                oldestUncovered: try $0.oldestUncovered
            )
        }
        lag.note(oldestUncovered: state.oldestUncovered)
        return state
    }

    /// Catches up with the ledger when a checkpoint is due, and signs it when it has.
    private func make(atOnce: Bool, steps limit: Int = .max) async {
        do {
            let now = clock.now
            let state = try await look()
            guard state.last > state.checkpoint?.size ?? 0, atOnce || state.isDue(at: now) else { return }
            let key = try readKey()
            var left = limit
            while left > 0, !Task.isCancelled || atOnce {
                left -= 1
                let start = ContinuousClock.now
                let before =
                    try last.checkpoint ?? state.checkpoint.map { try CheckpointMaking.own($0, by: key.verifier) }
                let step = try await NIOThreadPool.singleton.runIfActive { [store] in
                    try store.nextTreeStep(limit: Self.step, continuing: before, resting: !atOnce)
                }
                // Only what was caught up with is signed for: a ledger of millions gets one checkpoint at the end.
                let isFull = step.entries == Self.step && step.isBehind
                let checkpoint =
                    isFull ? nil : try key.checkpoint(size: step.treeSize, root: step.root, at: now)
                let isWritten = try await writer.perform { try $0.add(step, checkpoint: checkpoint, by: key.verifier) }
                guard !isFull else {
                    // Catching up with a long ledger leaves tokens as much time as it takes.
                    try await Task.sleep(for: start.duration(to: .now))
                    continue
                }
                if isWritten, let checkpoint {
                    published.publish(checkpoint.note)
                    last.note(Checkpoint(origin: key.name, size: checkpoint.size, root: step.root))
                    lag.note(oldestUncovered: nil)
                }
                break
            }
            if failing.note(false) { logger.notice("checkpoints are made again") }
        } catch is CancellationError {
            return
        } catch {
            if failing.note(true) { logger.error("no checkpoint can be made", metadata: ["cause": "\(error)"]) }
        }
    }
}
