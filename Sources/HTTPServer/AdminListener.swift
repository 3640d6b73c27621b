import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
import TokenIssuance
public import Vocabulary

/// The admin listener: health for everybody who knows its name, 401 for everything else until a token is shown (DESIGN §1).
public struct AdminListener: ListenerResponder {
    private let front: ListenerFront
    private let routes: Routes
    private let api: (any EndpointTable)?
    private let hosts: Set<String>

    /// A listener that answers to `hosts` (host and port as in `Host`) and, whatever its port, to its own address.
    ///
    /// - Parameters:
    ///   - issuer: The server's identifier, from which links to error pages are made.
    ///   - hosts: The names that it answers to.
    ///   - api: What it serves beside health, and authorises itself.
    ///   - metrics: What it serves at `/metrics`; nil where that has a listener of its own.
    ///   - readiness: Whether the server should get new requests.
    ///   - admission: Says who may go on.
    ///   - clientCertificates: Where client certificates come from.
    ///   - clock: Dates the answers.
    ///   - traceIDs: Draws trace ids.
    ///   - logger: Gets what was refused or failed.
    public init(
        issuer: Issuer,
        hosts: Set<String>,
        api: (any EndpointTable)? = nil,
        metrics: MetricsPage? = nil,
        readiness: Readiness,
        admission: Admission = Admission(),
        clientCertificates: ClientCertificateReading = .off,
        clock: any WallClock,
        traceIDs: any TraceIDSource = RandomTraceIDs(),
        logger: Logger
    ) {
        self.hosts = Set(hosts.map { $0.lowercased() })
        var routes = Routes()
        routes.add(LiveEndpoint(), at: "/health/live")
        routes.add(ReadyEndpoint(readiness: readiness), at: "/health/ready")
        if let metrics { routes.add(MetricsEndpoint(page: metrics, admission: admission), at: "/metrics") }
        self.routes = routes
        self.api = api
        front = ListenerFront(
            issuer: issuer,
            traceIDs: traceIDs,
            date: DateField(clock: clock),
            metrics: ListenerMetrics(listener: "admin", endpoints: routes.names.union(api?.names ?? [])),
            logger: logger,
            clientCertificates: clientCertificates,
            admission: admission,
            errorForm: .problem
        )
    }

    /// Whether an endpoint is there that wants the body.
    public func readsBody(of request: Request) -> Bool {
        guard let endpoint = endpoint(at: request.uri.path) else { return false }
        return endpoint.methods.contains(request.method) && endpoint.readsBody(of: request)
    }

    /// Answers one request.
    public func respond(to request: Request, context: ListenerContext) async throws -> Response {
        try await front.respond(to: request, on: context.channel) { request in
            // A page elsewhere can make a browser resolve its own name to this address (DNS rebinding); it cannot make
            // the browser send another name.
            guard let host = request.head.authority, knows(host, on: context.channel) else {
                throw Refusal.misdirected(host: String((request.head.authority ?? "").prefix(255)))
            }
            guard let endpoint = endpoint(at: request.uri.path) else { throw Refusal.accessTokenMissing }
            return endpoint
        }
    }

    private func endpoint(at path: String) -> (any Endpoint)? { routes.endpoint(at: path) ?? api?.endpoint(at: path) }

    private func knows(_ host: String, on channel: any Channel) -> Bool {
        // RFC 3986 §3.2.2: names of hosts are compared without case.
        let host = host.lowercased()
        if hosts.contains(host) { return true }
        guard let address = channel.localAddress, let ip = address.ipAddress, let port = address.port else {
            return false
        }
        let own = ip.contains(":") ? "[\(ip)]" : ip
        return host == "\(own):\(port)" || host == "localhost:\(port)"
    }
}
