public import HTTPServer
import JOSE
import TokenIssuance
import Vocabulary

/// The APIs of the admin listener that have the shape of Altinn's.
public struct AdminAPI<Store: AdministrationStore>: EndpointTable {
    private let routes: RouteTable<Store>
    private let gate: TokenGate
    private let clock: any WallClock

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
    public var names: Set<EndpointName> { routes.names }

    /// The endpoint of a path; an unknown path has one too, which wants a token before it says so.
    public func endpoint(at path: String) -> (any Endpoint)? { routes.endpoint(at: path) }

    /// Everything that it does.
    static var operations: [Operation<Store>] {
        resourceRegistry + maskinportenSchema + suppliers + delegationLookup + decisions + parties + authorizedParties
            + systemRegister + systemUserRequests
            + systemUserChanges + systemUserAnswers + systemUserLookup + clientDelegations + consents
            + accessRequests + accessAnswers + processorAgreements + explanations + attentionFeed
    }
}
