import HTTPTypes
import Hummingbird
import TokenIssuance

/// One endpoint of a listener: its methods and its answer.
protocol Endpoint: Sendable {
    /// What it is called in metrics and logs.
    var name: EndpointName { get }
    /// The methods that it answers, as `Allow` lists them.
    var methods: [HTTPRequest.Method] { get }

    /// Whether the body of a request of one of its methods is read before it is answered.
    func readsBody(of request: Request) -> Bool

    /// Answers a request of one of its methods.
    ///
    /// - Throws: what ``ErrorResponse`` knows how to tell the caller; everything else is a fault of ours.
    func respond(to request: Request, trace: RequestTrace) async throws -> Response
}

extension Endpoint {
    func readsBody(of request: Request) -> Bool { false }
}

/// The endpoints there are: the closed set of values that a metric's label may have.
enum EndpointName: String, Sendable, CaseIterable {
    /// `POST /token`.
    case token
    /// `GET /jwk`.
    case keySet = "jwk"
    /// The metadata, at each of its places.
    case metadata
    /// `GET /errors` and below.
    case errors
    /// `GET /health/live`.
    case live
    /// `GET /health/ready`.
    case ready
    /// Whatever is none of these.
    case other
}

/// Finds the endpoint of a path; paths are compared byte by byte.
struct Routes: Sendable {
    private var endpoints: [String: any Endpoint] = [:]
    private var trees: [(prefix: String, endpoint: any Endpoint)] = []

    /// Serves `endpoint` at `path`.
    mutating func add(_ endpoint: some Endpoint, at path: String) { endpoints[path] = endpoint }

    /// Serves `endpoint` at every path below `prefix`, which ends in a slash.
    mutating func add(_ endpoint: some Endpoint, below prefix: String) { trees.append((prefix, endpoint)) }

    /// Whether the request has an endpoint that reads its body.
    func readsBody(of request: Request) -> Bool {
        guard let endpoint = endpoint(at: request.uri.path) else { return false }
        return endpoint.methods.contains(request.method) && endpoint.readsBody(of: request)
    }

    /// The endpoint of a path; nil when there is none.
    func endpoint(at path: String) -> (any Endpoint)? {
        if let endpoint = endpoints[path] { return endpoint }
        return trees.first { path.hasPrefix($0.prefix) }?.endpoint
    }
}
