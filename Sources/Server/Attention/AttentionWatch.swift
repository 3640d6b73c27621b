import Attention
import AuditLedger
import Logging
import NIOPosix
import SQLiteStorage
import ServiceLifecycle
import Synchronization
import Vocabulary

/// Keeps the list of what operators must not miss, and puts what changes into the outbox of every webhook.
struct AttentionWatch: Service {
    /// How long what was resolved is remembered, for the feed.
    static let memory = Seconds.days(30)
    /// How long finished deliveries are kept.
    static let deliveryMemory = Seconds.days(30)
    /// The most notices that wait at once.
    static let maximumPending = 10_000
    /// Time alone changes the list too.
    private static let interval = Duration.seconds(60)
    /// Looking takes at most this part of the time.
    private static let share = 20

    let store: SQLiteStore
    let writer: LedgerWriter<SQLiteStore>
    let sight: StoreSight
    let counts: AttentionCounts
    let scene: AttentionScene
    let identifiers: WebhookIDSource
    let clock: any WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last: (revision: Int64, time: ContinuousClock.Instant, took: Duration)?
            while !Task.isCancelled {
                let started = ContinuousClock.now
                let revision = sight.revision
                if isDue(last, revision, started) {
                    await look()
                    last = (revision, started, ContinuousClock.now - started)
                }
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    private func isDue(
        _ last: (revision: Int64, time: ContinuousClock.Instant, took: Duration)?,
        _ revision: Int64,
        _ now: ContinuousClock.Instant
    ) -> Bool {
        guard let last else { return true }
        let since = now - last.time
        guard since >= last.took * Self.share else { return false }
        return revision != last.revision || since >= Self.interval
    }

    /// Looks once; what cannot be read or written now is looked at again.
    func look() async {
        let now = clock.now
        do {
            let (items, difference) = try await NIOThreadPool.singleton.runIfActive {
                try store.read { reader in
                    let facts = try reader.attentionFacts(at: now)
                    counts.note(expiringKeys: facts.clientKeysWithinMonth)
                    let items = AttentionList.items(facts, scene.look(reader), at: now)
                    return (items, AttentionDifference(from: try reader.attentionRecords(), to: items, at: now))
                }
            }
            counts.note(items)
            guard !difference.isEmpty else { return }
            let ids = identifiers
            try await writer.perform { transaction in
                try transaction.keep(difference.changed, forgettingResolvedBefore: now - Self.memory)
                let targets = try transaction.webhookTargets()
                try transaction.put(
                    targets.flatMap { target in
                        difference.events.map { WebhookDelivery(id: ids.next(), target: target.name, $0, at: now) }
                    }
                )
                try transaction.trimDeliveries(
                    finishedBefore: now - Self.deliveryMemory,
                    keepingPending: Self.maximumPending,
                    at: now
                )
            }
        } catch {
            logger.notice("what wants attention cannot be looked at", metadata: ["cause": "\(error)"])
        }
    }
}

/// Makes the identifiers of notices.
struct WebhookIDSource: Sendable {
    /// The next one.
    let next: @Sendable () -> String

    /// 128 random bits.
    static let random = WebhookIDSource {
        var generator = SystemRandomNumberGenerator()
        let parts = (0..<2).map { _ in String(UInt64.random(in: 0 ... .max, using: &generator), radix: 16) }
        return "msg_" + parts.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }
}

/// How much wants attention, for the metrics; kept between two looks.
final class AttentionCounts: Sendable {
    private struct State {
        var bySeverity: [AttentionItem.Severity: Int] = [:]
        var expiringKeys = 0
        var pending = 0
    }

    private let state = Mutex(State())

    /// Items by severity.
    var bySeverity: [AttentionItem.Severity: Int] { state.withLock(\.bySeverity) }
    /// Keys of active clients that end within 30 days.
    var expiringKeys: Int { state.withLock(\.expiringKeys) }
    /// Notices that wait to be sent.
    var pending: Int { state.withLock(\.pending) }

    func note(_ items: [AttentionItem]) {
        let counts = Dictionary(grouping: items, by: \.severity).mapValues(\.count)
        state.withLock { $0.bySeverity = counts }
    }

    func note(expiringKeys: Int) { state.withLock { $0.expiringKeys = expiringKeys } }

    func note(pending: Int) { state.withLock { $0.pending = pending } }
}
