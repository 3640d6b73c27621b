import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
import TokenIssuance
public import Vocabulary

/// What `/metrics` tells, and whom (DESIGN §1).
public struct MetricsPage: Sendable {
    /// Who may read it.
    public enum Readers: Sendable {
        /// Whoever reaches the listener, which is the page's own.
        case everybody
        /// Peers on this machine that forward for nobody, where `believesLoopback`; and whoever shows a token that `check`
        /// lets pass, given the value of `Authorization`.
        case operators(believesLoopback: Bool, check: @Sendable (String?) async throws -> Void)
    }

    let readers: Readers
    let mediaType: String
    let text: @Sendable () -> String

    /// A page.
    ///
    /// - Parameters:
    ///   - readers: Who may read it.
    ///   - mediaType: Its type.
    ///   - text: What it says at this moment; must not wait.
    public init(readers: Readers, mediaType: String, text: @escaping @Sendable () -> String) {
        self.readers = readers
        self.mediaType = mediaType
        self.text = text
    }
}

/// `GET /metrics`.
struct MetricsEndpoint: Endpoint {
    let name = EndpointName.metrics
    let methods: [HTTPRequest.Method] = [.get, .head]
    // Whoever may not read it is told nothing but that.
    let tellsMethodsToAll = false
    let page: MetricsPage
    let admission: Admission

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        try await requireReader(request, peer)
        try checkMethod(request.method)
        return Response(
            status: .ok,
            headers: [.contentType: page.mediaType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page.text()))
        )
    }

    private func requireReader(_ request: Request, _ peer: RequestPeer) async throws {
        guard case .operators(let believesLoopback, let check) = page.readers else { return }
        // A proxy on this machine would make everybody a peer on loopback: where one is configured, or shows itself by what
        // it adds to a request, the address proves nothing.
        if believesLoopback, peer.address?.isLoopback == true, !TrustedProxies.isForwarded(request.headers) { return }
        // Not before: who reads on loopback does so under attack too.
        try admission.requireBudget(of: peer.address.map { admission.proxies.client(of: $0, fields: request.headers) })
        try await check(request.headers[.authorization])
    }
}

/// The listener that serves `/metrics` and nothing else (`metrics_listen`).
public struct MetricsListener: ListenerResponder {
    private let front: ListenerFront
    private let endpoint: MetricsEndpoint

    /// A listener with that page.
    ///
    /// - Parameters:
    ///   - issuer: The server's identifier, from which links to error pages are made.
    ///   - page: What it serves.
    ///   - admission: Says who may go on.
    ///   - clock: Dates the answers.
    ///   - traceIDs: Draws trace ids.
    ///   - logger: Gets what was refused or failed.
    public init(
        issuer: Issuer,
        page: MetricsPage,
        admission: Admission,
        clock: any WallClock,
        traceIDs: any TraceIDSource = RandomTraceIDs(),
        logger: Logger
    ) {
        endpoint = MetricsEndpoint(page: page, admission: admission)
        front = ListenerFront(
            issuer: issuer,
            traceIDs: traceIDs,
            date: DateField(clock: clock),
            metrics: ListenerMetrics(listener: "metrics", endpoints: [.metrics]),
            logger: logger,
            admission: admission
        )
    }

    /// False.
    public func readsBody(of request: Request) -> Bool { false }

    /// Answers one request.
    public func respond(to request: Request, context: ListenerContext) async throws -> Response {
        try await front.respond(to: request, on: context.channel) { request in
            guard request.uri.path == "/metrics" else {
                throw Refusal.notFound(path: String(request.uri.path.prefix(200)))
            }
            return endpoint
        }
    }
}
