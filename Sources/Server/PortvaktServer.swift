import AuditLedger
import CoreMetrics
import EnterpriseCertificates
import HTTPServer
import JOSE
public import Logging
import MetricsExposition
import SQLiteStorage
public import ServiceLifecycle
import Synchronization
import TokenIssuance
public import UnixSignals
public import Vocabulary

/// A server built from a checked configuration: everything opened and looked at, nothing started.
///
/// The one place where the parts are put together, for `serve` and for tests alike.
public final class PortvaktServer: Sendable {
    /// What it runs with.
    public let configuration: ServerConfiguration
    /// What it says of itself at start.
    public let banner: Banner

    private let parts: Parts
    private let statusLists: StatusListPublisher
    private let scopeListing: ScopeListingRefresh
    private let checkpoints: CheckpointMaker
    private let group: ServiceGroup
    private let bound: BoundListeners
    private let requests: RequestsInFlight
    private let metrics: MetricRegistry
    private let lock: Mutex<ServeLock?>

    /// What is stopped or closed at the end, in this order.
    private struct Parts: Sendable {
        let writer: LedgerWriter<SQLiteStore>
        let ring: RefusalRing
        let store: SQLiteStore
    }

    /// Opens and checks everything.
    ///
    /// - Parameters:
    ///   - configuration: What to run with.
    ///   - clock: The clock of every decision.
    ///   - signals: Signals that begin the graceful end.
    ///   - version: The program's version, for the metrics.
    ///   - companions: Services that run beside it, such as the demo world's responder.
    ///   - instant: The even clock by which budgets of refusals fill.
    ///   - logger: Gets events, without secrets.
    /// - Throws: `StartFaults`: all that keeps it from starting, together.
    public init(
        _ configuration: ServerConfiguration,
        clock: any WallClock = SystemClock(),
        signals: [UnixSignal] = [],
        version: String = "unknown",
        companions: [any Service] = [],
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        logger: Logger
    ) throws(StartFaults) {
        let opened = try OpenedInstallation(configuration, clock: clock)
        let openFiles = OpenFiles.raiseLimit()
        Scheduling.letThreadsFinish()
        let writer = LedgerWriter(
            store: opened.store,
            settings: LedgerWriterSettings(
                window: ReplayWindow(lifetime: configuration.maximumAssertionLifetime, skew: GrantRules.skew)
            ),
            clock: clock,
            notify: { $0.log(to: logger) }
        )
        let metrics = MetricRegistry(ServerMetrics.all)
        let (admission, revocation) = withMetricsFactory(metrics) {
            var limits = configuration.admission
            // A proxy that nobody believes has one address for all: its budget would be spent by whoever is refused most.
            limits.tellsAddressesApart = !configuration.isBehindTLSProxy || !configuration.trustedProxies.isEmpty
            let admission = Admission(limits, proxies: configuration.trustedProxies, instant: instant)
            return (
                admission,
                Result { () throws(RevocationUnavailable) in
                    try RevocationParts(opened, configuration, writer: writer, clock: clock, logger: logger)
                }
            )
        }
        let certificates: RevocationParts
        do throws(RevocationUnavailable) { certificates = try revocation.get() } catch {
            throw StartFaults([error.description])
        }
        let register = RegisterSight(maximumAge: configuration.registerMaximumAge)
        if let feeds = try? opened.store.read({ try $0.registerFeeds() }) { register.note(feeds) }
        let pipeline = withMetricsFactory(metrics) {
            IssuancePipeline(
                opened,
                configuration,
                certificates: certificates,
                writer: writer,
                admission: admission,
                register: register,
                clock: clock
            )
        }
        let sight = StoreSight()
        let attention = AttentionCounts()
        if let revision = try? opened.store.read({ try $0.revision }) { sight.note(revision: revision) }
        let readiness = Readiness { [keys = opened.keys.ring, store = opened.store] in
            if sight.isLost || store.damage != nil { return .storeUnavailable }
            let now = clock.now
            return Self.obstacle(writer: writer, keys: keys, algorithm: configuration.signingAlgorithm, at: now)
                ?? register.obstacle(at: now)
        }
        let bound = BoundListeners(awaitsMetrics: configuration.metricsListen != nil)
        let listeners: Listeners
        do {
            listeners = try withMetricsFactory(metrics) {
                try Listeners(
                    opened,
                    configuration,
                    pipeline: pipeline,
                    writer: writer,
                    readiness: readiness,
                    admission: admission,
                    registry: metrics,
                    bound: bound,
                    openFiles: openFiles,
                    version: version,
                    clock: clock,
                    logger: logger
                )
            }
        } catch {
            throw StartFaults(["\(error)"])
        }
        let checkpointLag = CheckpointLag()
        let gauges = ServerGauges(
            writer: writer,
            ring: opened.ring,
            checkpointLag: checkpointLag,
            readiness: readiness,
            admission: admission,
            requests: listeners.requests,
            connections: listeners.openConnections,
            sight: sight,
            isStoreSound: { [store = opened.store] in store.damage == nil },
            attention: attention,
            register: register,
            keys: opened.keys.ring,
            identity: opened.identity?.identity,
            trust: opened.trust,
            clock: clock,
            process: ProcessGauges(version: version, started: clock.now, maximumFiles: openFiles)
        )
        metrics.addSource { gauges.samples }
        let housekeeping = Housekeeping(
            store: opened.store,
            sight: sight,
            register: register,
            keys: opened.keys,
            keySet: listeners.keySet,
            trust: opened.trust,
            sealTrust: opened.seals?.trust,
            identity: opened.identity,
            openConnections: { [connections = listeners.openConnections] in
                connections.reduce(0) { $0 + $1.count.count }
            },
            clock: clock,
            logger: logger
        )
        let statusLists = pipeline.statusListPublisher(publishing: listeners.statusLists, logger: logger)
        let drain = Drain(readiness: readiness, delay: configuration.drainDelay, logger: logger)
        // Ended from last to first, each after the one before has ended.
        let usage = UsageSumming(store: opened.store, writer: writer, logger: logger)
        let checkpoints = CheckpointMaker(
            store: opened.store,
            writer: writer,
            readKey: { [folder = configuration.dataFolder] in try CheckpointKeyFile.require(in: folder) },
            published: listeners.checkpoint,
            lag: checkpointLag,
            clock: clock,
            logger: logger
        )
        let watch = StoreWatch(
            store: opened.store,
            folder: configuration.dataFolder,
            clock: clock,
            logger: logger
        )
        let patience = WriterPatience(writer: writer, logger: logger)
        var services: [any Service] = [
            housekeeping, watch, patience, usage, checkpoints, statusLists, listeners.scopeListing,
        ]
        if let retention = configuration.auditRetention {
            services.append(
                LedgerRetention(
                    store: opened.store,
                    writer: writer,
                    retention: retention,
                    clock: clock,
                    logger: logger
                )
            )
        }
        services += companions + certificates.services
        services += Self.rotation(opened, configuration, writer, clock, logger)
        services += withMetricsFactory(metrics) {
            Self.attention(opened, configuration, writer, sight, attention, clock, logger)
        }
        if let listener = listeners.metrics { services.append(listener) }
        services += [listeners.admin, listeners.public, drain] as [any Service]
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: signals,
            logger: logger.quiet
        )
        group.maximumGracefulShutdownDuration = .seconds(
            configuration.drainDelay.count + 2 * configuration.drainDeadline.count + 10
        )
        self.group = ServiceGroup(configuration: group)
        self.statusLists = statusLists
        scopeListing = listeners.scopeListing
        self.checkpoints = checkpoints
        self.metrics = metrics
        self.configuration = configuration
        self.bound = bound
        requests = listeners.requests
        banner = Banner(configuration, opened: opened, openFiles: openFiles, at: clock.now)
        parts = Parts(writer: writer, ring: opened.ring, store: opened.store)
        lock = Mutex(opened.lock)
    }

    /// Serves until the graceful end is over, or something fails.
    ///
    /// - Parameter ready: Told once both listeners listen.
    /// - Throws: What made a listener fail, a port that was taken meanwhile above all.
    public func run(ready: @escaping @Sendable (ListenerPorts) -> Void = { _ in }) async throws {
        bound.whenComplete(ready)
        var failure: (any Error)?
        do {
            try await parts.writer.start()
            await statusLists.prepare()
            await scopeListing.prepare()
            await checkpoints.prepare()
            parts.ring.start()
            try await withMetricsFactory(metrics) { try await group.run() }
        } catch {
            failure = error
        }
        // The listeners have ended: nobody is left who would ask for an entry.
        await parts.writer.stop()
        await parts.ring.stop()
        try? parts.store.close()
        // Closing the file frees the lock for the next server.
        lock.withLock { $0 = nil }
        if let failure { throw StartFaults.explaining(failure, configuration) }
    }

    /// How many requests are being answered.
    public var requestsInFlight: Int { requests.count }

    /// Begins the graceful end, as a signal does.
    public func stop() async { await group.triggerGracefulShutdown() }

    // MARK: Parts

    /// What makes the next signing key in its time; nothing where operators do.
    private static func rotation(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        _ writer: LedgerWriter<SQLiteStore>,
        _ clock: any WallClock,
        _ logger: Logger
    ) -> [any Service] {
        guard let interval = configuration.keyRotation else { return [] }
        let schedule = SigningKeySchedule(keySetLifetime: configuration.keySetMaximumAge)
        return [
            AutomaticRotation(
                store: opened.store,
                writer: writer,
                rotation: SigningKeyRotation(
                    store: opened.store,
                    folder: SigningKeyFolder(configuration),
                    schedule: schedule
                ),
                schedule: schedule,
                interval: interval,
                clock: clock,
                logger: logger
            )
        ]
    }

    /// What looks for things that operators must not miss, and tells webhooks.
    private static func attention(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        _ writer: LedgerWriter<SQLiteStore>,
        _ sight: StoreSight,
        _ counts: AttentionCounts,
        _ clock: any WallClock,
        _ logger: Logger
    ) -> [any Service] {
        [
            WebhookSender(
                store: opened.store,
                writer: writer,
                http: LiveOutboundHTTP(webhooks: configuration),
                signer: opened.webhooks,
                counts: counts,
                clock: clock,
                logger: logger
            ),
            AttentionWatch(
                store: opened.store,
                writer: writer,
                sight: sight,
                counts: counts,
                scene: AttentionScene(configuration),
                identifiers: .random,
                clock: clock,
                logger: logger
            ),
        ]
    }

    /// Why no token can be issued at this moment.
    private static func obstacle(
        writer: LedgerWriter<SQLiteStore>,
        keys: SigningKeyRing,
        algorithm: JWSAlgorithm,
        at now: Timestamp
    ) -> Unavailable? {
        switch writer.impediment {
        case .stopped, .storeFailing: return .storeUnavailable
        case .stalled: return .storeStalled
        case .clockBehind: return .clockBehind
        case nil: break
        }
        // Red before clients time out: a queue that is half full is one that is not being emptied.
        if writer.queueLength > queueLimit / 2 { return .queueFull }
        return keys.active(algorithm, at: now) == nil ? .noSigningKey : nil
    }

    private static let queueLimit = LedgerWriterSettings(window: ReplayWindow(lifetime: 0, skew: 0)).queueLimit
}
