public import HTTPServer

/// The APIs of the admin listener that have the shape of Altinn's.
public struct AdminAPI<Store: AdministrationStore>: EndpointTable {
    private let routes: RouteTable<Store>

    /// The APIs on a store.
    public init(store: Store, settings: AdminSettings) {
        routes = RouteTable(
            Self.operations,
            store: store,
            settings: settings,
            gate: TokenGate(
                keys: settings.keys,
                issuer: settings.issuer,
                audience: settings.adminURL
            )
        )
    }

    /// What its endpoints are called.
    public var names: Set<EndpointName> { routes.names }

    /// The endpoint of a path; an unknown path has one too, which wants a token before it says so.
    public func endpoint(at path: String) -> (any Endpoint)? { routes.endpoint(at: path) }

    /// Everything that it does.
    static var operations: [Operation<Store>] {
        resourceRegistry + maskinportenSchema + suppliers + delegationLookup + decisions + parties + authorizedParties
            + systemRegister + systemUserRequests
            + systemUserChanges + systemUserAnswers + systemUserLookup + clientDelegations + consents
    }
}
