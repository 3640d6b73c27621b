public import FoundationEssentials
public import Vocabulary

/// What a system user acts for.
public enum SystemUserKind: String, Sendable, Hashable, CaseIterable {
    /// For its owner.
    case standard
    /// For the owner's clients, each through a client delegation.
    case agent
}

/// An identity that a customer owns and a vendor's system acts with (systembruker, spec/altinn §6.1).
public struct SystemUser: Sendable, Hashable {
    /// The identifier: that of the request it came from.
    public let id: UUID
    /// What it acts for.
    public let kind: SystemUserKind
    /// The system that acts with it.
    public let system: SystemID
    /// The customer: `systemuser_org` in tokens.
    public let owner: OrganisationNumber
    /// The vendor's name for it; the owner's number where the vendor gave none.
    public let externalRef: String
    /// The name shown to the customer.
    public var integrationTitle: String
    /// The single rights that it holds for its owner.
    public var rights: [SystemRight]
    /// The access packages that it holds, by slug: for the owner, or, of an agent, usable for its clients.
    public var packages: [String]
    /// On whose approval it rests.
    public let basis: DelegationBasis
    /// When it was made.
    public let created: Timestamp
    /// When it was deleted; nil while it lives.
    public var deleted: Timestamp?

    /// Whether it was deleted.
    public var isDeleted: Bool { deleted != nil }

    /// A system user.
    public init(
        id: UUID,
        kind: SystemUserKind,
        system: SystemID,
        owner: OrganisationNumber,
        externalRef: String,
        integrationTitle: String,
        rights: [SystemRight],
        packages: [String],
        basis: DelegationBasis,
        created: Timestamp,
        deleted: Timestamp? = nil
    ) {
        self.id = id
        self.kind = kind
        self.system = system
        self.owner = owner
        self.externalRef = externalRef
        self.integrationTitle = integrationTitle
        self.rights = rights
        self.packages = packages
        self.basis = basis
        self.created = created
        self.deleted = deleted
    }
}

/// One client of an agent system user: for whom it acts, and with what.
public struct ClientDelegation: Sendable, Hashable {
    /// The identifier.
    public let id: UUID
    /// The agent system user.
    public let agent: UUID
    /// The client: the organisation that the agent's owner serves.
    public let client: OrganisationNumber
    /// The packages delegated, by slug: those that the agent requires.
    public let packages: [String]
    /// Whose act it rests on.
    public let basis: DelegationBasis
    /// When.
    public let created: Timestamp

    /// A client delegation.
    public init(
        id: UUID,
        agent: UUID,
        client: OrganisationNumber,
        packages: [String],
        basis: DelegationBasis,
        created: Timestamp
    ) {
        self.id = id
        self.agent = agent
        self.client = client
        self.packages = packages
        self.basis = basis
        self.created = created
    }
}
