public import HTTPTypes
public import Hummingbird
public import TokenIssuance

/// One endpoint of a listener: its methods and its answer.
public protocol Endpoint: Sendable {
    /// What it is called in metrics and logs.
    var name: EndpointName { get }
    /// The methods that it answers, as `Allow` lists them.
    var methods: [HTTPRequest.Method] { get }
    /// Whether a method that it does not answer is refused unasked; else it refuses by itself, after it has seen who asks.
    var tellsMethodsToAll: Bool { get }

    /// Whether it wants callers to prove who they are: what it refuses before that draws on the budget of their address.
    var authenticatesCallers: Bool { get }

    /// How what it refuses is written; nil: as the listener writes errors.
    var errorForm: ErrorForm? { get }

    /// Whether the body of a request of one of its methods is read before it is answered.
    func readsBody(of request: Request) -> Bool

    /// Adds to its answer what belongs to every answer to such a request, refusals too.
    func complete(_ response: inout Response, to request: Request)

    /// Answers a request of one of its methods, from that peer.
    ///
    /// - Throws: `Refusal`, `RefusedRequest`, `Unavailable` or ``Problem``, which the caller is told; everything else is a
    ///   fault of ours.
    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response
}

extension Endpoint {
    /// True.
    public var tellsMethodsToAll: Bool { true }

    /// False: it serves everybody, however often he was refused elsewhere.
    public var authenticatesCallers: Bool { false }

    /// Nil.
    public var errorForm: ErrorForm? { nil }

    /// Adds nothing.
    public func complete(_ response: inout Response, to request: Request) {}

    /// False.
    public func readsBody(of request: Request) -> Bool { false }

    /// Refuses a method that is none of its own.
    func checkMethod(_ method: HTTPRequest.Method) throws(Refusal) {
        guard methods.contains(method) else {
            throw .methodNotAllowed(method: String(method.rawValue.prefix(20)), allowed: methods.map(\.rawValue))
        }
    }
}

/// How an error is written.
public enum ErrorForm: Sendable, Hashable {
    /// The members of RFC 6749 §5.2, then ours.
    case oauth
    /// `application/problem+json` (RFC 9457), with all of the other form beside its members.
    case problem
    /// As ``problem``, with the members of the self-service API's own errors (`timestamp`, `correlation_id`, `errors`).
    case registration
}

/// What an endpoint is called: a label of metrics, and so never made of what a caller sent.
public struct EndpointName: Sendable, Hashable {
    /// The label's text.
    public let rawValue: String

    /// A name; endpoints that are one thing to an operator share one.
    public init(_ rawValue: StaticString) { self.rawValue = "\(rawValue)" }

    /// `POST /token`.
    static let token = EndpointName("token")
    /// `POST /introspect`.
    static let introspect = EndpointName("introspect")
    /// `POST /revoke`.
    static let revoke = EndpointName("revoke")
    /// `GET /statuslists` and below.
    static let statusLists = EndpointName("statuslists")
    /// `GET /jwk`.
    static let keySet = EndpointName("jwk")
    /// The metadata, at each of its places.
    static let metadata = EndpointName("metadata")
    /// `GET /audit/checkpoint`.
    static let checkpoint = EndpointName("checkpoint")
    /// `GET /errors` and below.
    static let errors = EndpointName("errors")
    /// `GET /health/live`.
    static let live = EndpointName("live")
    /// `GET /health/ready`.
    static let ready = EndpointName("ready")
    /// `GET /metrics`.
    static let metrics = EndpointName("metrics")
    /// Whatever is none of the listener's.
    static let other = EndpointName("other")
}

/// Endpoints made outside this module, which the admin listener serves beside its own.
public protocol EndpointTable: Sendable {
    /// What its endpoints are called.
    var names: Set<EndpointName> { get }

    /// The endpoint of a path; nil when it has none.
    func endpoint(at path: String) -> (any Endpoint)?
}
