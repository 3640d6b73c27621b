public import Logging
import Metrics
public import Vocabulary

/// Answers token requests: the whole of a request, step by step, each step a type that only the one before can make.
public final class TokenIssuer: Sendable {
    private let clock: any WallClock
    private let authenticator: ClientAuthenticator
    private let registry: any FactsRegistry
    private let policy: IssuancePolicy
    private let possession: PossessionRules
    private let ledger: any IssuanceLedger
    private let obstacle: @Sendable (Timestamp) -> Unavailable?
    private let logger: Logger
    private let endpointAudiences = Counter(label: "portvakt_endpoint_audience_total")

    /// An issuer made of its parts; `obstacle` says why no token can be issued at a time whoever asks, and must not wait.
    public init(
        clock: any WallClock,
        authenticator: ClientAuthenticator,
        registry: any FactsRegistry,
        policy: IssuancePolicy,
        possession: PossessionRules,
        ledger: any IssuanceLedger,
        obstacle: @escaping @Sendable (Timestamp) -> Unavailable? = { _ in nil },
        logger: Logger = Logger(label: "portvakt.token-issuance")
    ) {
        self.clock = clock
        self.authenticator = authenticator
        self.registry = registry
        self.policy = policy
        self.possession = possession
        self.ledger = ledger
        self.obstacle = obstacle
        self.logger = logger
    }

    /// Answers one token request, from form to signed token.
    ///
    /// - Throws: `RefusedRequest` for the caller's fault, `Unavailable` when nothing can be written, anything else for ours.
    public func issue(
        _ form: TokenForm,
        proofs: PossessionProofs,
        trace: RequestTrace
    ) async throws -> IssuedToken {
        let now = clock.now  // the only clock read
        // Before anything is spent on the request, and before anything of it is claimed.
        if let obstacle = obstacle(now) { throw obstacle }
        // RFC 7515 §7.1, RFC 7523 §2.1, §2.2, RFC 8705 §2
        let unverified = try UnverifiedGrant(parsing: form, with: proofs.clientCertificate)
        let proof = try presentedProof(proofs.dpop, of: unverified, at: now)  // RFC 9449 §4.3, all but the signature
        var (grant, facts) = try await proven(unverified, trace: trace, at: now)
        if grant.isAddressedToEndpoint { endpointAudiences.increment() }
        var refusal: Refusal?
        // The client has proved who it is: it may cost us a second signature, and whatever it gets wrong is recorded.
        do throws(Refusal) {
            if let proof { grant = try grant.bound(by: proof) }
            try authenticator.rules.checkPerson(grant.pid)
        } catch {
            refusal = error
        }
        let decide = { @Sendable [policy, grant, refusal] (facts: IssuanceFacts, now: Timestamp) in
            Result { () throws(Refusal) in
                if let refusal { throw refusal }
                return try policy.decide(grant, given: facts, at: now)
            }
        }
        // Durable entry and `jti` first (MP-012), then the signature, many at once; decided again if the facts moved.
        return try await ledger.settle(
            IssuanceDecision(
                grant: grant,
                trace: trace,
                now: now,
                revision: facts.revision,
                outcome: decide(facts, now),  // pure; organisation, scopes, audience, lifetime
                decideAgain: decide
            )
        )
    }

    /// The proof of a request that has one; what it gets wrong here is told before anything is spent on it.
    private func presentedProof(
        _ fields: [String],
        of grant: UnverifiedGrant,
        at now: Timestamp
    ) throws(RefusedRequest) -> PossessionRules.PresentedProof? {
        do throws(Refusal) { return try possession.read(fields, at: now) } catch {
            throw RefusedRequest(error, claimedClient: grant.claimedClient)
        }
    }

    /// The client proven (x5c or kid; RFC 7523 §3), and the facts for the decision: one snapshot, with its revision.
    private func proven(
        _ unverified: UnverifiedGrant,
        trace: RequestTrace,
        at now: Timestamp
    ) async throws -> (AuthenticatedGrant, IssuanceFacts) {
        // A store that cannot be read gives no token, and heals by itself (DESIGN §12).
        try await unlessUnreadable(trace, logger) {
            let grant = try await authenticator.authenticate(unverified, at: now)
            return (grant, try await registry.facts(for: grant.query))
        }
    }
}
