import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
public import Logging
public import NIOCore
public import ServiceLifecycle

/// A listener on its socket: HTTP/1.1, and HTTP/2 where there is TLS.
///
/// On graceful shutdown the socket closes at once, idle connections too, and those with requests in flight as soon as these
/// are answered: HTTP/1.1 behind the answer, HTTP/2 by GOAWAY and its last stream.
public struct ListenerService<Responder: ListenerResponder>: Service {
    private let responder: Responder
    private let host: String
    private let port: Int
    private let identity: TLSIdentity?
    private let asksForClientCertificates: Bool
    private let limits: ListenerLimits
    private let answersOnLoops: Bool
    private let deadline: Duration
    private let requests: RequestsInFlight
    private let connections: OpenConnections
    private let logger: Logger
    private let bound: @Sendable (SocketAddress) -> Void

    /// A listener that answers with `responder`.
    ///
    /// - Parameters:
    ///   - responder: What answers.
    ///   - host: The address to listen at.
    ///   - port: The port; 0 for any free one.
    ///   - identity: The certificate and key of TLS; nil for plain HTTP/1.1.
    ///   - asksForClientCertificates: Whether the TLS handshake asks for one; who shows none is let in as well.
    ///   - limits: What is taken from a peer.
    ///   - answersOnLoops: Whether requests are answered on the event loops' own threads: fastest, for a responder none of whose
    ///     answers takes a thread for long.
    ///   - deadline: How long requests in flight may take after the graceful shutdown has begun.
    ///   - requests: Counts the requests in flight.
    ///   - connections: Counts the connections.
    ///   - logger: Gets what goes wrong below HTTP.
    ///   - bound: Told the address once the socket listens.
    public init(
        responder: Responder,
        host: String,
        port: Int,
        identity: TLSIdentity? = nil,
        asksForClientCertificates: Bool = false,
        limits: ListenerLimits = ListenerLimits(),
        answersOnLoops: Bool = false,
        deadline: Duration = .seconds(10),
        requests: RequestsInFlight = RequestsInFlight(),
        connections: OpenConnections = OpenConnections(),
        logger: Logger,
        bound: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.responder = responder
        self.host = host
        self.port = port
        self.identity = identity
        self.asksForClientCertificates = asksForClientCertificates
        self.limits = limits
        self.answersOnLoops = answersOnLoops
        self.deadline = deadline
        self.requests = requests
        self.connections = connections
        self.logger = logger
        self.bound = bound
    }

    /// Listens until the graceful shutdown is over.
    public func run() async throws {
        // Hummingbird tells about every start; ours is in the banner.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let tasks = ConnectionTasks()
        let server = try builder(tasks).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(host, port: port),
                backlog: 1024,
                availableConnectionsDelegate: ConnectionLimit(
                    connections: connections,
                    maximum: limits.maximumConnections
                )
            ),
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup,
            logger: quiet,
            responder: answer,
            onServerRunning: { channel in
                if let address = channel.localAddress { bound(address) }
            }
        )
        try await withThrowingTaskGroup { group in
            group.addTask {
                async let connections: Void = tasks.run()
                defer { tasks.finish() }
                // Over when the socket is closed; requests in flight may still be on their way.
                try await server.run()
                tasks.finish()
                await connections
            }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: deadline)
                // HTTP/2 peers that never leave come here too, with nothing in flight.
                let cut = requests.count
                if cut > 0 { logger.warning("requests cut at the deadline", metadata: ["requests": "\(cut)"]) }
            }
            // Whichever is first ends the other: the server has ended, or may take no longer.
            try await group.next()
            group.cancelAll()
        }
    }

    private func answer(
        _ request: Request,
        into writer: consuming ResponseWriter,
        on channel: any Channel
    ) async throws {
        // RFC 9110 §10.1.1: libraries that wait for it would lose a second at each request.
        // What is refused by its head alone is refused at once.
        if request.headers[.expect]?.lowercased() == "100-continue", responder.readsBody(of: request) {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let response = try await responder.respond(to: request, context: ListenerContext(channel: channel))
        try await writer.write(response: response.head, body: response.body)
    }

    private func builder(_ tasks: ConnectionTasks) -> HTTPServerBuilder {
        let metrics = ConnectionMetrics()
        let executors = answersOnLoops ? LoopExecutors(EventLoopGroupProvider.singleton.eventLoopGroup) : nil
        let connection = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                RequestWatch(requests: requests, limits: limits, metrics: metrics, connections: connections)
            ],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.maximumHeaderListLength,
                maxHeaderListSize: limits.maximumHeaderListLength,
                maxHeaderFieldCount: limits.maximumHeaderFields
            )
        )
        guard let identity else {
            return HTTPServerBuilder { [limits, connections] responder in
                OwnTaskConnections(
                    base: HTTP1Channel(responder: responder, configuration: connection),
                    tasks: tasks,
                    connections: connections,
                    maximum: limits.maximumConnections,
                    executors: executors
                )
            }
        }
        return HTTPServerBuilder { [limits, connections, asksForClientCertificates] responder in
            let channel = HandshakeDeadline(
                base: try HTTP2UpgradeChannel(
                    tlsChannelConfiguration: identity.channelConfiguration(
                        asksForClientCertificates: asksForClientCertificates
                    ),
                    configuration: HTTP2ChannelConfiguration(
                        idleTimeout: limits.idleTimeout,
                        gracefulCloseTimeout: limits.bodyTimeout,
                        streamConfiguration: connection
                    ),
                    responder: responder
                ),
                limit: limits.handshakeTimeout,
                metrics: metrics
            )
            return OwnTaskConnections(
                base: channel,
                tasks: tasks,
                connections: connections,
                maximum: limits.maximumConnections,
                executors: executors
            )
        }
    }
}
