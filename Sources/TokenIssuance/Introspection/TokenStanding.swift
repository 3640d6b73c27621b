public import AuditLedger
public import Clients
public import Vocabulary

/// What the store knows of one token at one moment.
public struct TokenStandingFacts: Sendable {
    /// The client that it was issued to, as it is now; nil when it is unknown.
    public let client: Client?
    /// The owners of those of its scopes that exist.
    public let scopeOwners: Set<OrganisationNumber>
    /// The facts that the decision would be taken on today; nil when the client could not ask so any more.
    public let facts: IssuanceFacts?
    /// The revocations of the token, its client, its consumer and its scopes.
    public let revocations: [TokenRevocation]
    /// Whether its place in a status list is marked as ended.
    public let hasEnded: Bool

    /// Facts.
    public init(
        client: Client?,
        scopeOwners: Set<OrganisationNumber>,
        facts: IssuanceFacts?,
        revocations: [TokenRevocation],
        hasEnded: Bool
    ) {
        self.client = client
        self.scopeOwners = scopeOwners
        self.facts = facts
        self.revocations = revocations
        self.hasEnded = hasEnded
    }
}

/// Reads, never from a cache, what decides whether a token still stands: everything in one snapshot.
public protocol TokenStandingRegistry: Sendable {
    /// The facts about a token.
    func facts(about token: OwnToken) async throws -> TokenStandingFacts
}

/// Whether tokens still stand: not ended, and resting on rights that are in force at this moment.
public struct TokenStanding: Sendable {
    private let registry: any TokenStandingRegistry
    private let policy: IssuancePolicy

    /// The standing of tokens by the facts of `registry` and the rules of `policy`.
    public init(registry: any TokenStandingRegistry, policy: IssuancePolicy) {
        self.registry = registry
        self.policy = policy
    }

    /// The facts that a token stands on; nil when it does not stand any more.
    ///
    /// - Throws: What the registry throws.
    public func facts(about token: OwnToken, at now: Timestamp) async throws -> IssuanceFacts? {
        guard let grounds = token.grounds else { return nil }
        let known = try await registry.facts(about: token)
        guard !known.hasEnded, !known.revocations.contains(where: { $0.ends(tokenIssuedAt: token.issued) }),
            let facts = known.facts, policy.impediment(to: grounds, given: facts, at: now) == nil
        else { return nil }
        return facts
    }
}
