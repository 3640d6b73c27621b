import AdminAPI
import AuditLedger
import HTTPServer
import JOSE
import Logging
import NIOCore
import SQLiteStorage
import Synchronization
import TokenIssuance
import Vocabulary

/// The two listeners of a server.
struct Listeners {
    let keySet: PublishedDocument
    let `public`: ListenerService<PublicListener>
    let admin: ListenerService<AdminListener>
    let requests = RequestsInFlight()

    /// Makes both.
    ///
    /// - Throws: when an embedded template is broken.
    init(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        tokens: TokenIssuer,
        writer: LedgerWriter<SQLiteStore>,
        readiness: Readiness,
        bound: BoundListeners,
        clock: any WallClock,
        logger: Logger
    ) throws {
        let maximumAge = configuration.keySetMaximumAge
        keySet = PublishedDocument(opened.keys.keySet(at: clock.now), maximumAge: maximumAge)
        let metadata = ServerMetadata(
            issuer: configuration.issuer,
            maximumAssertionLifetime: configuration.maximumAssertionLifetime,
            defaultTokenLifetime: configuration.defaultTokenLifetime
        )
        let publicListener = try PublicListener(
            PublicListener.Parts(
                issuer: configuration.issuer,
                tokens: tokens,
                keySet: keySet,
                metadata: PublishedDocument(metadata.document.encoded(), maximumAge: maximumAge),
                readiness: readiness,
                earlyRefusals: RingOfEarlyRefusals(ring: opened.ring, clock: clock),
                proofNonces: opened.proofNonces,
                clock: clock
            ),
            logger: logger
        )
        let adminListener = AdminListener(
            issuer: configuration.issuer,
            hosts: Self.adminHosts(configuration),
            api: Self.adminAPI(opened, configuration, writer: writer, clock: clock),
            readiness: readiness,
            clock: clock,
            logger: logger
        )
        let limits = ListenerLimits(
            maximumConnections: configuration.maximumConnections,
            idleTimeout: .seconds(configuration.idleTimeout.count)
        )
        let deadline = Duration.seconds(configuration.drainDeadline.count)
        self.public = ListenerService(
            responder: publicListener,
            host: configuration.listen.host,
            port: configuration.listen.port,
            identity: opened.identity?.identity,
            limits: limits,
            deadline: deadline,
            requests: requests,
            logger: logger,
            bound: { bound.set(\.public, $0) }
        )
        admin = ListenerService(
            responder: adminListener,
            host: configuration.adminListen.host,
            port: configuration.adminListen.port,
            identity: opened.identity?.identity,
            limits: limits,
            deadline: deadline,
            requests: requests,
            logger: logger,
            bound: { bound.set(\.admin, $0) }
        )
    }

    private static func adminAPI(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        writer: LedgerWriter<SQLiteStore>,
        clock: any WallClock
    ) -> AdminAPI<WriterAdministrationStore> {
        AdminAPI(
            store: WriterAdministrationStore(store: opened.store, writer: writer),
            settings: AdminSettings(
                issuer: configuration.issuer,
                adminURL: configuration.adminURL,
                portalURL: configuration.portalURL,
                keys: opened.keys.ring,
                pseudonyms: opened.pseudonyms,
                proofNonces: opened.proofNonces,
                isProofNonceRequired: configuration.proofNonce == .required,
                clock: clock
            )
        )
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
}

/// Waits for both listeners to listen.
final class BoundListeners: Sendable {
    struct State: Sendable {
        var `public`: Int?
        var admin: Int?
        var tell: (@Sendable (ListenerPorts) -> Void)?
    }

    private let state = Mutex(State())

    func whenComplete(_ tell: @escaping @Sendable (ListenerPorts) -> Void) { state.withLock { $0.tell = tell } }

    func set(_ listener: any WritableKeyPath<State, Int?> & Sendable, _ address: SocketAddress) {
        let complete = state.withLock { state -> (ListenerPorts, @Sendable (ListenerPorts) -> Void)? in
            state[keyPath: listener] = address.port ?? 0
            guard let publicPort = state.public, let adminPort = state.admin, let tell = state.tell else { return nil }
            state.tell = nil
            return (ListenerPorts(public: publicPort, admin: adminPort), tell)
        }
        if let (ports, tell) = complete { tell(ports) }
    }
}
