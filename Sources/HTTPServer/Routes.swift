import Hummingbird

/// Finds the endpoint of a path; paths are compared byte by byte.
struct Routes: Sendable {
    private var endpoints: [String: any Endpoint] = [:]
    private var trees: [(prefix: String, endpoint: any Endpoint)] = []

    /// Serves `endpoint` at `path`.
    mutating func add(_ endpoint: some Endpoint, at path: String) { endpoints[path] = endpoint }

    /// Serves `endpoint` at every path below `prefix`, which ends in a slash.
    mutating func add(_ endpoint: some Endpoint, below prefix: String) { trees.append((prefix, endpoint)) }

    /// What the endpoints are called.
    var names: Set<EndpointName> { Set(endpoints.values.map(\.name) + trees.map(\.endpoint.name)) }

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
