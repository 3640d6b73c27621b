import HTTPServer

/// Finds the endpoint of a path among templates.
struct RouteTable<Store: AdministrationStore>: Sendable {
    private struct Route: Sendable {
        let path: PathTemplate
        let endpoint: APIEndpoint<Store>
    }

    /// By the number of segments, those with more literals first.
    private let routes: [Int: [Route]]
    private let unknown: APIEndpoint<Store>
    let names: Set<EndpointName>

    init(_ operations: [Operation<Store>], store: Store, settings: AdminSettings, gate: TokenGate) {
        let endpoints = Dictionary(grouping: operations, by: \.path).map { path, operations in
            Route(
                path: path,
                endpoint: APIEndpoint(operations, store: store, settings: settings, gate: gate)
            )
        }
        routes = Dictionary(grouping: endpoints, by: \.path.count).mapValues { routes in
            routes.sorted { ($0.path.rank, $1.path.text) > ($1.path.rank, $0.path.text) }
        }
        unknown = APIEndpoint([], store: store, settings: settings, gate: gate)
        names = Set(operations.map(\.name)).union([.unknown])
    }

    /// The endpoint of a path; for an unknown one the endpoint that tells so to whoever shows a token.
    func endpoint(at path: String) -> APIEndpoint<Store> {
        let segments = PathTemplate.split(path)
        guard let endpoint = routes[segments.count]?.first(where: { $0.path.match(segments) != nil })?.endpoint else {
            return unknown
        }
        // `/scopes/access/..` is `/scopes/` to whoever tidies paths up on the way: an organisation number that was none must
        // not take a whole scope along. No path of the self-service API ends in a slash.
        return endpoint.isSelfService && path.hasSuffix("/") ? unknown : endpoint
    }
}
