public import Attention
import AuditLedger
import CoreMetrics
import Logging
import SQLiteStorage
import ServiceLifecycle
import Synchronization
public import Vocabulary

/// Sends what waits in the outbox: each target by itself, one notice after the other, again and again for about a day.
struct WebhookSender: Service {
    /// The whole time of one attempt.
    static let timeout = Duration.seconds(5)
    /// The most bytes of an answer that are read.
    static let maximumAnswer = 64 * 1_024
    /// The most notices that are sent to a target before it is looked again which are due.
    private static let batch = 8

    let store: SQLiteStore
    let writer: LedgerWriter<SQLiteStore>
    let http: any OutboundHTTP
    let signer: WebhookSigner
    let counts: AttentionCounts
    let clock: any WallClock
    let logger: Logger
    private let busy = BusyTargets()
    private let attempts: (delivered: Counter, failed: Counter, givenUp: Counter)

    init(
        store: SQLiteStore,
        writer: LedgerWriter<SQLiteStore>,
        http: any OutboundHTTP,
        signer: WebhookSigner,
        counts: AttentionCounts,
        clock: any WallClock,
        logger: Logger
    ) {
        self.store = store
        self.writer = writer
        self.http = http
        self.signer = signer
        self.counts = counts
        self.clock = clock
        self.logger = logger
        func counter(_ result: String) -> Counter {
            Counter(label: "portvakt_webhook_attempts_total", dimensions: [("result", result)])
        }
        attempts = (counter("delivered"), counter("failed"), counter("given_up"))
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // As many tasks as there are targets, which are few: none is given another while it is busy.
            await withDiscardingTaskGroup { group in
                while (try? await Task.sleep(for: .seconds(1))) != nil {
                    for (target, deliveries) in await due() where busy.begin(target.name) {
                        group.addTask {
                            await send(deliveries, to: target)
                            busy.end(target.name)
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// What is due, by target.
    private func due() async -> [(WebhookTarget, [WebhookDelivery])] {
        let now = clock.now
        let read = try? await store.read { reader in
            (
                try reader.webhookTargets(), try reader.dueDeliveries(at: now, ofEach: Self.batch),
                try reader.webhookStandings().reduce(0) { $0 + $1.pending }
            )
        }
        guard let (targets, deliveries, pending) = read else { return [] }
        counts.note(pending: pending)
        let byTarget = Dictionary(grouping: deliveries, by: \.target)
        return targets.compactMap { target in byTarget[target.name].map { (target, $0) } }
    }

    /// Sends deliveries in their order, until one fails: what comes after it would fail as well.
    func send(_ deliveries: [WebhookDelivery], to target: WebhookTarget) async {
        for delivery in deliveries {
            let outcome = await attempt(delivery, to: target)
            guard !Task.isCancelled || outcome.state == .delivered else { return }
            // Kept before the next one is sent. What is lost here is sent again, under the same identifier.
            do { try await writer.perform { try $0.put([outcome]) } } catch {
                logger.notice("what became of a notice cannot be kept", metadata: ["cause": "\(error)"])
                return
            }
            count(outcome)
            guard outcome.state == .delivered else { return }
        }
    }

    /// One attempt.
    private func attempt(_ delivery: WebhookDelivery, to target: WebhookTarget) async -> WebhookDelivery {
        let (status, fault) = await WebhookCall(http: http, signer: signer).send(delivery, to: target, at: clock.now)
        return WebhookRetries.outcome(
            of: delivery,
            status: status,
            fault: fault,
            draw: Double.random(in: -1...1),
            at: clock.now
        )
    }

    private func count(_ outcome: WebhookDelivery) {
        switch outcome.state {
        case .delivered: attempts.delivered.increment()
        case .pending: attempts.failed.increment()
        case .givenUp: attempts.givenUp.increment()
        }
        guard outcome.state != .delivered else { return }
        logger.notice(
            "a notice was not taken",
            metadata: [
                "webhook": "\(outcome.target)", "id": "\(outcome.id)", "attempts": "\(outcome.attempts)",
                "status": "\(outcome.status.map(String.init) ?? "none")", "cause": "\(outcome.fault ?? "")",
            ]
        )
    }
}

/// One call of a webhook, for the sender and for `webhook test`.
public struct WebhookCall: Sendable {
    private let http: any OutboundHTTP
    private let signer: WebhookSigner

    init(http: any OutboundHTTP, signer: WebhookSigner) {
        self.http = http
        self.signer = signer
    }

    /// Calls by the network, as a configuration allows.
    public init(_ configuration: ServerConfiguration, signer: WebhookSigner) {
        self.init(http: LiveOutboundHTTP(webhooks: configuration), signer: signer)
    }

    /// Sends a delivery once.
    ///
    /// - Returns: the answer's status, or why none came.
    public func send(
        _ delivery: WebhookDelivery,
        to target: WebhookTarget,
        at now: Timestamp
    ) async -> (status: Int?, fault: String?) {
        guard WebhookTarget.isAcceptable(target.url) else { return (nil, "the address is not https") }
        let body = Array(delivery.payload.utf8)
        var request = OutboundRequest(
            .post(body, contentType: "application/json"),
            target.url,
            timeout: WebhookSender.timeout,
            maximumBodySize: WebhookSender.maximumAnswer
        )
        let signature = signer.signature(id: delivery.id, time: now, body: body, seeds: target.seeds(at: now))
        request.headers = [
            .init("webhook-id", delivery.id), .init("webhook-timestamp", "\(now.seconds)"),
            .init("webhook-signature", signature),
        ]
        do throws(OutboundFault) {
            let answer = try await http.send(request)
            return (answer.status, nil)
        } catch {
            return (nil, "\(error)")
        }
    }
}

/// Which targets are being sent to.
private final class BusyTargets: Sendable {
    private let names = Mutex<Set<String>>([])

    func begin(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }

    func end(_ name: String) { names.withLock { _ = $0.remove(name) } }
}
