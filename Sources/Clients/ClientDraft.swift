public import Vocabulary

/// What a registration, or a change of one, asks a client to be.
public struct ClientDraft: Sendable, Hashable {
    /// An identifier brought along from elsewhere; nil: one is drawn.
    public var id: ClientID?
    /// The owner.
    public var owner: OrganisationNumber
    /// The supplier that registers it for the owner.
    public var supplier: OrganisationNumber?
    /// What kind it is.
    public var integrationType: Client.IntegrationType = .maskinporten
    /// The name.
    public var name: String
    /// What it is for.
    public var description: String?
    /// A page about it.
    public var uri: String?
    /// The scopes put on it, in order.
    public var scopes: [ScopeName]
    /// The wished life of its tokens.
    public var accessTokenLifetime: Seconds?
    /// `aud` may be the token endpoint's URL as well.
    public var acceptsTokenEndpointAudience = false
    /// Its tokens are bound to a key by DPoP (RFC 9449 §5.2).
    public var requiresDPoP = false
    /// Its tokens are bound to a client certificate (RFC 8705 §3.4).
    public var requiresClientCertificate = false
    /// Wire fields of user flows, as JSON text.
    public var inertFields: String?

    /// A draft of a Maskinporten client.
    public init(owner: OrganisationNumber, name: String, scopes: [ScopeName] = []) {
        self.owner = owner
        self.name = name
        self.scopes = scopes
    }

    /// What an existing client is.
    public init(_ client: Client) {
        id = client.id
        owner = client.owner
        supplier = client.supplier
        integrationType = client.integrationType
        name = client.name
        description = client.description
        uri = client.uri
        scopes = client.scopes
        accessTokenLifetime = client.accessTokenLifetime
        acceptsTokenEndpointAudience = client.acceptsTokenEndpointAudience
        requiresDPoP = client.requiresDPoP
        requiresClientCertificate = client.requiresClientCertificate
        inertFields = client.inertFields
    }
}

/// What the rules of registration need to know of a scope (spec §5.6).
public struct ScopeEligibility: Sendable, Hashable {
    /// Its name.
    public let name: ScopeName
    /// Whether it is active.
    public let isActive: Bool
    /// The integration types that may hold it; empty: all.
    public let allowedIntegrationTypes: [String]
    /// Whether no grant is needed.
    public let isAccessibleForAll: Bool
    /// Whether it can be delegated to suppliers.
    public let hasDelegationSource: Bool
    /// Whether the organisation that registers has been granted it.
    public let isGranted: Bool

    /// What is known of a scope.
    public init(
        name: ScopeName,
        isActive: Bool,
        allowedIntegrationTypes: [String],
        isAccessibleForAll: Bool,
        hasDelegationSource: Bool,
        isGranted: Bool
    ) {
        self.name = name
        self.isActive = isActive
        self.allowedIntegrationTypes = allowedIntegrationTypes
        self.isAccessibleForAll = isAccessibleForAll
        self.hasDelegationSource = hasDelegationSource
        self.isGranted = isGranted
    }
}

extension Client {
    /// A new client as drafted, active and without keys.
    public init(_ draft: ClientDraft, id: ClientID, created: Timestamp) {
        self.init(
            id: id,
            owner: draft.owner,
            integrationType: draft.integrationType,
            name: draft.name,
            scopes: draft.scopes,
            created: created
        )
        supplier = draft.supplier
        adopt(draft)
    }

    /// Takes over what a draft may change.
    public mutating func adopt(_ draft: ClientDraft) {
        name = draft.name
        description = draft.description
        uri = draft.uri
        scopes = draft.scopes
        accessTokenLifetime = draft.accessTokenLifetime
        acceptsTokenEndpointAudience = draft.acceptsTokenEndpointAudience
        requiresDPoP = draft.requiresDPoP
        requiresClientCertificate = draft.requiresClientCertificate
        inertFields = draft.inertFields
    }
}
