import Administration
public import HTTPServer
import HTTPTypes
import JOSE
import Scopes
import TokenIssuance
import Vocabulary

/// The APIs of the admin listener: the self-service API, and those that have the shape of Altinn's.
public struct AdminAPI<Store: AdministrationStore>: EndpointTable {
    private let routes: RouteTable<Store>
    private let gate: TokenGate
    private let clock: any WallClock
    private let store: Store
    private let listing: ScopeListing
    private let open: [String: OpenEndpoint]

    /// The APIs on a store.
    public init(store: Store, settings: AdminSettings) {
        gate = TokenGate(
            keys: settings.keys,
            issuer: settings.issuer,
            audience: settings.adminURL,
            proofs: ProofGate(
                base: settings.adminURL,
                rules: BoundTokenRules(
                    nonces: settings.proofNonces,
                    isNonceRequired: settings.isProofNonceRequired
                )
            ),
            standing: settings.standing
        )
        clock = settings.clock
        self.store = store
        listing = ScopeListing(issuer: settings.issuer)
        let document = PublishedDocument(Self.openAPI(settings).encoded(), maximumAge: 300)
        let endpoints = Self.openEndpoints(listing, settings) + [.openAPI(document)]
        open = Dictionary(uniqueKeysWithValues: endpoints.map { ($0.path, $0) })
        routes = RouteTable(Self.operations, store: store, settings: settings, gate: gate)
    }

    /// Lets pass whoever shows a token of the operator's, as the value of `Authorization`.
    ///
    /// - Throws: `Refusal.accessTokenMissing`, a `Problem` of 401 or 403, or what the store throws.
    public func requireOperator(_ authorization: String?) async throws {
        let now = clock.now
        let token = try gate.token(of: authorization, at: now)
        try await gate.requireStanding(of: token, at: now)
        // A token on behalf of another organisation never administers (DESIGN §11).
        guard !token.isDelegated, token.scopes.contains(Self.operatorScope) else {
            var problem = Problem(
                .insufficientScope,
                reason: "insufficient_scope",
                "the endpoint wants the scope `\(Self.operatorScope)`",
                details: ["scopes": .strings([Self.operatorScope])]
            )
            problem.caller = token.client
            throw problem
        }
    }

    /// The scope of the installation's operator.
    private static var operatorScope: String { "portvakt:operator" }

    /// What its endpoints are called.
    public var names: Set<EndpointName> { routes.names.union(open.values.map(\.name)) }

    /// The endpoint of a path; an unknown path has one too, which wants a token before it says so.
    public func endpoint(at path: String) -> (any Endpoint)? { open[path] ?? routes.endpoint(at: path) }

    /// Makes what is answered from memory anew, where facts have changed since; call it at the start and now and then.
    ///
    /// - Returns: Whether it was made anew.
    /// - Throws: What the store throws; then it stays as it is.
    @discardableResult
    public func refreshListing() async throws -> Bool {
        let now = clock.now
        let (known, since) = listing.known(at: now)
        let found = try await store.read { reader -> (revision: Int64, scopes: [Scope])? in
            let revision = try reader.revision
            guard revision != known else { return nil }
            var query = ScopeQuery()
            query.changedSince = since
            query.includesInactive = true
            return (revision, try reader.scopes(query))
        }
        guard let found else { return false }
        listing.take(found.scopes, revision: found.revision, isWhole: since == nil, at: now)
        return true
    }

    /// The OpenAPI document of all that the admin listener answers by this API.
    static func openAPI(_ settings: AdminSettings) -> JSONObject {
        let open =
            openEndpoints(ScopeListing(issuer: settings.issuer), settings)
            + [.openAPI(PublishedDocument([], maximumAge: 0))]
        let entries =
            operations.map { operation in
                OpenAPIDocument.Entry(
                    method: operation.method.rawValue,
                    path: operation.path.text,
                    tag: operation.name.rawValue,
                    access: operation.access,
                    description: operation.description,
                    isSelfService: operation.isSelfService
                )
            }
            + open.map { endpoint in
                OpenAPIDocument.Entry(
                    method: "GET",
                    path: endpoint.path,
                    tag: endpoint.name.rawValue,
                    access: nil,
                    description: endpoint.description,
                    isSelfService: true
                )
            }
        return OpenAPIDocument(
            entries: entries,
            adminURL: settings.adminURL,
            tokenEndpoint: settings.issuer.endpoint("token")
        ).object
    }

    private static func openEndpoints(_ listing: ScopeListing, _ settings: AdminSettings) -> [OpenEndpoint] {
        [
            .scopes(listing, at: settings.adminURL),
            .delegationSources(listing, own: settings.issuer.rawValue),
        ]
    }

    /// Everything that it does.
    static var operations: [Operation<Store>] {
        resourceRegistry + maskinportenSchema + suppliers + delegationLookup + decisions + parties + authorizedParties
            + systemRegister + systemUserRequests
            + systemUserChanges + systemUserAnswers + systemUserLookup + clientDelegations + consents
            + accessRequests + accessAnswers + processorAgreements + explanations + attentionFeed + selfService
            + ownLedger + operatorAPI
    }
}
