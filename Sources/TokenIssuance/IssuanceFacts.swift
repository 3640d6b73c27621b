public import Clients
public import Delegations
public import Organisations
public import Scopes
public import Vocabulary

/// Which facts a decision needs.
public struct FactsQuery: Sendable, Hashable {
    /// The client that asks.
    public let client: ClientID
    /// The scopes asked for, in that order.
    public let scopes: [ScopeName]
    /// For whom the client says that it acts.
    public let actingFor: ActingFor
    /// The system user or consent that the token shall rest on.
    public let detail: DetailQuery?
    /// The certificates that prove who asks, by the SHA-256 of their DER in lower-case hexadecimal; none beside registered keys.
    public let certificates: [String]

    /// A query.
    public init(
        client: ClientID,
        scopes: [ScopeName],
        actingFor: ActingFor = .owner,
        detail: DetailQuery? = nil,
        certificates: [String] = []
    ) {
        self.client = client
        self.scopes = scopes
        self.actingFor = actingFor
        self.detail = detail
        self.certificates = certificates
    }

    /// Whether the token will name the prefixes that the consumer owns: those for Altinn's look-up of delegations and its
    /// resource registry do (DESIGN §4).
    public var needsConsumerPrefixes: Bool {
        scopes.contains {
            $0.rawValue.hasPrefix("altinn:maskinporten/") || $0.rawValue.hasPrefix("altinn:resourceregistry/")
        }
    }
}

/// What the store knew, in one snapshot, when a decision was taken.
public struct IssuanceFacts: Sendable, Hashable {
    /// What is known of one scope that was asked for.
    public struct ScopeFacts: Sendable, Hashable {
        /// The name asked for.
        public let name: ScopeName
        /// The scope; nil when there is none of that name.
        public let scope: Scope?
        /// The access grant to the consumer; nil when there is none.
        public let access: ScopeAccess?
        /// The access grant to a supplier without the customer's own act; nil when there is none, or no such supplier.
        public let supplierAccess: ScopeAccess?
        /// The consumer's delegations to the supplier of resources that bundle the scope, those that are over as well.
        public let delegations: [ScopeDelegation]
        /// The processor agreement of consumer and supplier; nil when there is none, or when the scope requires none.
        public let processorAgreement: ProcessorAgreement?

        /// Facts about one scope.
        public init(
            name: ScopeName,
            scope: Scope?,
            access: ScopeAccess?,
            supplierAccess: ScopeAccess? = nil,
            delegations: [ScopeDelegation] = [],
            processorAgreement: ProcessorAgreement? = nil
        ) {
            self.name = name
            self.scope = scope
            self.access = access
            self.supplierAccess = supplierAccess
            self.delegations = delegations
            self.processorAgreement = processorAgreement
        }
    }

    /// The revision that they were read at.
    public let revision: Int64
    /// The client; nil when it is unknown.
    public let client: Client?
    /// The standing of the consumer; nil when the register does not know it.
    public let consumer: OrganisationStanding?
    /// The standing of the supplier; nil when nobody acts for the consumer, or when the register does not know it.
    public let supplier: OrganisationStanding?
    /// The prefixes that the consumer owns; read only where the query needs them.
    public let consumerPrefixes: [ScopePrefix]
    /// The scopes in the order asked.
    public let scopes: [ScopeFacts]
    /// What is known of the system user or consent asked for; nil when none was.
    public let detail: DetailFacts?
    /// One of the query's certificates that was blocked after an incident, whatever its issuer says; nil: none was.
    public let blockedCertificate: String?

    /// A snapshot.
    public init(
        revision: Int64,
        client: Client?,
        consumer: OrganisationStanding?,
        supplier: OrganisationStanding? = nil,
        consumerPrefixes: [ScopePrefix] = [],
        scopes: [ScopeFacts],
        detail: DetailFacts? = nil,
        blockedCertificate: String? = nil
    ) {
        self.revision = revision
        self.client = client
        self.consumer = consumer
        self.supplier = supplier
        self.consumerPrefixes = consumerPrefixes
        self.scopes = scopes
        self.detail = detail
        self.blockedCertificate = blockedCertificate
    }
}

/// Notes inside an open transaction that tokens rest on delegations; blocks.
public protocol DelegationUseStore {
    /// Notes the use of these delegations, at most once a day for each.
    func noteUse(of delegations: [ScopeDelegation], at now: Timestamp) throws
}

/// Reads facts inside an open transaction or snapshot; blocks.
public protocol FactsReader {
    /// The facts as they are in this snapshot.
    func facts(for query: FactsQuery) throws -> IssuanceFacts
}

/// Gives facts to the pipeline, from a cache where that is safe.
///
/// Cached facts may only lead to a yes, which the writer checks against the revision in its own transaction; a no is
/// always taken again on facts read there. So the embedded store shows no staleness (DESIGN §2).
public protocol FactsRegistry: Sendable {
    /// The client, perhaps from a cache; nil when it is unknown.
    func client(_ id: ClientID) async throws -> Client?

    /// The client as it is in the store at this moment; nil when it is unknown.
    func currentClient(_ id: ClientID) async throws -> Client?

    /// Whether the certificate of that SHA-256 (lower-case hexadecimal) is blocked, in the store at this moment.
    func isBlocked(certificate thumbprint: String) async throws -> Bool

    /// The facts, perhaps from a cache, with the revision that they were read at.
    func facts(for query: FactsQuery) async throws -> IssuanceFacts
}
