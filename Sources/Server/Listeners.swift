import AdminAPI
import AuditLedger
import HTTPServer
import JOSE
import Logging
import MetricsExposition
import NIOCore
import SQLiteStorage
import Synchronization
import TokenIssuance
import Vocabulary

/// The listeners of a server: two, and a third where `/metrics` has its own.
struct Listeners {
    let keySet: PublishedDocument
    let statusLists: PublishedStatusLists
    let checkpoint = PublishedCheckpoint()
    let `public`: ListenerService<PublicListener>
    let admin: ListenerService<AdminListener>
    let metrics: ListenerService<MetricsListener>?
    /// Keeps what the admin listener answers from memory up to date.
    let scopeListing: ScopeListingRefresh
    let requests = RequestsInFlight()
    /// Connections by listener.
    let connections = (public: OpenConnections(), admin: OpenConnections(), metrics: OpenConnections())

    /// Makes them.
    ///
    /// - Throws: when an embedded template is broken.
    init(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        pipeline: IssuancePipeline,
        writer: LedgerWriter<SQLiteStore>,
        readiness: Readiness,
        admission: Admission,
        registry: MetricRegistry,
        bound: BoundListeners,
        openFiles: Int,
        version: String,
        clock: any WallClock,
        logger: Logger
    ) throws {
        let maximumAge = configuration.keySetMaximumAge
        keySet = PublishedDocument(opened.keys.keySet(at: clock.now), maximumAge: maximumAge)
        statusLists = PublishedStatusLists(maximumAge: configuration.statusListTimeToLive)
        var metadata = configuration.metadata
        metadata.checkpointKey = opened.checkpointKey.verifier.description
        let publicListener = try PublicListener(
            PublicListener.Parts(
                issuer: configuration.issuer,
                tokens: pipeline.tokenIssuer,
                queries: pipeline.tokenQueries(publishing: statusLists),
                keySet: keySet,
                metadata: PublishedDocument(metadata.document.encoded(), maximumAge: maximumAge),
                checkpoint: checkpoint,
                readiness: readiness,
                earlyRefusals: RingOfEarlyRefusals(ring: opened.ring, clock: clock),
                admission: admission,
                clientCertificates: ClientCertificateReading(
                    configuration.clientCertificates,
                    proxies: configuration.trustedProxies
                ),
                proofNonces: opened.proofNonces,
                clock: clock
            ),
            logger: logger
        )
        let api = Self.adminAPI(
            opened,
            configuration,
            writer: writer,
            issuance: pipeline,
            admission: admission,
            clock: clock
        )
        scopeListing = ScopeListingRefresh(refresh: { try await api.refreshListing() }, logger: logger)
        let adminListener = AdminListener(
            issuer: configuration.issuer,
            hosts: Self.adminHosts(configuration),
            // The API answers every path that is nobody else's.
            api: EndpointTables(tables: [
                try Self.console(
                    opened,
                    configuration,
                    writer: writer,
                    admission: admission,
                    version: version,
                    clock: clock
                ), api,
            ]),
            metrics: configuration.metricsListen == nil
                ? Self.metricsPage(registry, Self.metricsReaders(configuration, api)) : nil,
            readiness: readiness,
            admission: admission,
            clientCertificates: ClientCertificateReading(
                configuration.adminClientCertificates,
                proxies: configuration.trustedProxies
            ),
            clock: clock,
            logger: logger
        )
        let room = OpenFiles.connections(wanted: configuration.maximumConnections, files: openFiles)
        let idleTimeout = Duration.seconds(configuration.idleTimeout.count)
        let limits = ListenerLimits(maximumConnections: room.others, idleTimeout: idleTimeout)
        let deadline = Duration.seconds(configuration.drainDeadline.count)
        self.public = ListenerService(
            responder: publicListener,
            host: configuration.listen.host,
            port: configuration.listen.port,
            identity: opened.identity?.identity,
            asksForClientCertificates: configuration.clientCertificates == .ask,
            limits: ListenerLimits(maximumConnections: room.public, idleTimeout: idleTimeout),
            // None of its answers takes a thread for long: signatures are the writer's, and the database has its own queues.
            answersOnLoops: true,
            deadline: deadline,
            requests: requests,
            connections: connections.public,
            logger: logger,
            bound: { bound.set(\.public, $0) }
        )
        admin = ListenerService(
            responder: adminListener,
            host: configuration.adminListen.host,
            port: configuration.adminListen.port,
            identity: opened.identity?.identity,
            asksForClientCertificates: configuration.adminClientCertificates == .ask,
            limits: limits,
            deadline: deadline,
            requests: requests,
            connections: connections.admin,
            logger: logger,
            bound: { bound.set(\.admin, $0) }
        )
        metrics = configuration.metricsListen.map { [requests, connections] address in
            ListenerService(
                responder: MetricsListener(
                    issuer: configuration.issuer,
                    page: Self.metricsPage(registry, .everybody),
                    admission: admission,
                    clock: clock,
                    logger: logger
                ),
                host: address.host,
                port: address.port,
                identity: opened.identity?.identity,
                limits: limits,
                deadline: deadline,
                requests: requests,
                connections: connections.metrics,
                logger: logger,
                bound: { bound.set(\.metrics, $0) }
            )
        }
    }

    /// The connections of each listener that there is.
    var openConnections: [(listener: String, count: OpenConnections)] {
        [("public", connections.public), ("admin", connections.admin)]
            + (metrics == nil ? [] : [("metrics", connections.metrics)])
    }

    private static func metricsPage(_ registry: MetricRegistry, _ readers: MetricsPage.Readers) -> MetricsPage {
        MetricsPage(readers: readers, mediaType: MetricRegistry.mediaType) { registry.text() }
    }

    /// DESIGN §1: with a proxy in front, everybody may come from loopback.
    private static func metricsReaders(
        _ configuration: ServerConfiguration,
        _ api: AdminAPI<WriterAdministrationStore>
    ) -> MetricsPage.Readers {
        .operators(
            believesLoopback: configuration.trustedProxies.isEmpty && !configuration.isBehindTLSProxy,
            check: { try await api.requireOperator($0) }
        )
    }

    private static func adminAPI(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        writer: LedgerWriter<SQLiteStore>,
        issuance: IssuancePipeline,
        admission: Admission,
        clock: any WallClock
    ) -> AdminAPI<WriterAdministrationStore> {
        let standing = issuance.standing
        var settings = AdminSettings(
            issuer: configuration.issuer,
            adminURL: configuration.adminURL,
            portalURL: configuration.portalURL,
            keys: opened.keys.ring,
            pseudonyms: opened.pseudonyms,
            proofNonces: opened.proofNonces,
            isProofNonceRequired: configuration.proofNonce == .required,
            admission: admission,
            policy: issuance.policy,
            clock: clock,
            standing: { try await standing.facts(about: $0, at: $1) != nil }
        )
        settings.distress = configuration.organisationDistress
        settings.earlyRefusals = { [ring = opened.store.folder.refusalRing] in try RefusalRing.refusals(in: ring) }
        return AdminAPI(store: WriterAdministrationStore(store: opened.store, writer: writer), settings: settings)
    }

    /// The names that the admin listener answers to, beside the address that a connection came in at.
    private static func adminHosts(_ configuration: ServerConfiguration) -> Set<String> {
        let authority = configuration.adminURL.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first
        let port = configuration.adminListen.port
        return Set(
            [configuration.adminListen.description, "localhost:\(port)"] + (authority.map { [String($0)] } ?? [])
        )
    }
}

/// The ports that the listeners got, for whoever asked for any free one.
public struct ListenerPorts: Sendable, Hashable {
    /// The public listener's.
    public let `public`: Int
    /// The admin listener's.
    public let admin: Int
    /// That of the listener of metrics; nil when it has none.
    public let metrics: Int?
}

/// Waits for all listeners to listen.
final class BoundListeners: Sendable {
    struct State: Sendable {
        var `public`: Int?
        var admin: Int?
        var metrics: Int?
        var tell: (@Sendable (ListenerPorts) -> Void)?
    }

    private let state = Mutex(State())
    private let awaitsMetrics: Bool

    /// Waits for the listener of metrics too, where there is one.
    init(awaitsMetrics: Bool) { self.awaitsMetrics = awaitsMetrics }

    func whenComplete(_ tell: @escaping @Sendable (ListenerPorts) -> Void) { state.withLock { $0.tell = tell } }

    func set(_ listener: any WritableKeyPath<State, Int?> & Sendable, _ address: SocketAddress) {
        let complete = state.withLock { [awaitsMetrics] state -> (ListenerPorts, @Sendable (ListenerPorts) -> Void)? in
            state[keyPath: listener] = address.port ?? 0
            guard let publicPort = state.public, let adminPort = state.admin, let tell = state.tell,
                !awaitsMetrics || state.metrics != nil
            else { return nil }
            state.tell = nil
            return (ListenerPorts(public: publicPort, admin: adminPort, metrics: state.metrics), tell)
        }
        if let (ports, tell) = complete { tell(ports) }
    }
}
