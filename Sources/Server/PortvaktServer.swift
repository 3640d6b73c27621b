import AuditLedger
import EnterpriseCertificates
import HTTPServer
import JOSE
public import Logging
import SQLiteStorage
import ServiceLifecycle
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
    private let group: ServiceGroup
    private let bound: BoundListeners
    private let requests: RequestsInFlight
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
    ///   - logger: Gets events, without secrets.
    /// - Throws: `StartFaults`: all that keeps it from starting, together.
    public init(
        _ configuration: ServerConfiguration,
        clock: any WallClock = SystemClock(),
        signals: [UnixSignal] = [],
        logger: Logger
    ) throws(StartFaults) {
        let opened = try OpenedInstallation(configuration, clock: clock)
        let openFiles = OpenFiles.raiseLimit()
        let writer = LedgerWriter(
            store: opened.store,
            settings: LedgerWriterSettings(
                window: ReplayWindow(lifetime: configuration.maximumAssertionLifetime, skew: GrantRules.skew)
            ),
            clock: clock,
            notify: { $0.log(to: logger) }
        )
        let issuer = Self.tokenIssuer(opened, configuration, writer: writer, clock: clock)
        let sight = StoreSight()
        let readiness = Readiness { [keys = opened.keys.ring] in
            if sight.isLost { return .storeUnavailable }
            return Self.obstacle(writer: writer, keys: keys, algorithm: configuration.signingAlgorithm, at: clock.now)
        }
        let bound = BoundListeners()
        let listeners: Listeners
        do {
            listeners = try Listeners(
                opened,
                configuration,
                tokens: issuer,
                writer: writer,
                readiness: readiness,
                bound: bound,
                clock: clock,
                logger: logger
            )
        } catch {
            throw StartFaults(["\(error)"])
        }
        let housekeeping = Housekeeping(
            store: opened.store,
            sight: sight,
            keys: opened.keys,
            keySet: listeners.keySet,
            trust: opened.trust,
            identity: opened.identity,
            clock: clock,
            logger: logger
        )
        let drain = Drain(readiness: readiness, delay: configuration.drainDelay, logger: logger)
        // Ended from last to first, each after the one before has ended.
        var group = ServiceGroupConfiguration(
            services: [housekeeping, listeners.admin, listeners.public, drain],
            gracefulShutdownSignals: signals,
            logger: logger.quiet
        )
        group.maximumGracefulShutdownDuration = .seconds(
            configuration.drainDelay.count + 2 * configuration.drainDeadline.count + 10
        )
        self.group = ServiceGroup(configuration: group)
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
            parts.ring.start()
            try await group.run()
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

    private static func tokenIssuer(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        writer: LedgerWriter<SQLiteStore>,
        clock: any WallClock
    ) -> TokenIssuer {
        let registry = SQLiteFactsRegistry(store: opened.store)
        return TokenIssuer(
            clock: clock,
            authenticator: ClientAuthenticator(
                registry: registry,
                certificates: opened.validator,
                rules: GrantRules(
                    issuer: configuration.issuer,
                    maximumLifetime: configuration.maximumAssertionLifetime,
                    acceptsSyntheticPersons: configuration.environment == .test
                ),
                tokenIDs: RandomTokenIDs()
            ),
            registry: registry,
            policy: IssuancePolicy(
                issuer: configuration.issuer,
                defaultLifetime: configuration.defaultTokenLifetime,
                defaultAlgorithm: configuration.signingAlgorithm,
                distress: configuration.organisationDistress,
                administrationAudience: configuration.adminURL,
                pseudonyms: opened.pseudonyms
            ),
            possession: PossessionRules(
                issuer: configuration.issuer,
                nonces: opened.proofNonces,
                isNonceRequired: configuration.proofNonce == .required
            ),
            ledger: WriterIssuanceLedger(writer: writer, signer: TokenSigner(ring: opened.keys.ring))
        )
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
        case .clockBehind: return .clockBehind
        case nil: break
        }
        // Red before clients time out: a queue that is half full is one that is not being emptied.
        if writer.queueLength > queueLimit / 2 { return .queueFull }
        return keys.active(algorithm, at: now) == nil ? .noSigningKey : nil
    }

    private static let queueLimit = LedgerWriterSettings(window: ReplayWindow(lifetime: 0, skew: 0)).queueLimit
}
