public import Vocabulary

/// A client registration: software of one organisation that asks for tokens (integrasjon).
///
/// Fields and wire names follow the self-service API (`GET /clients`); those of user flows are kept and have no effect.
public struct Client: Sendable, Hashable {
    /// What kind of integration it is; immutable.
    public enum IntegrationType: String, Sendable, Hashable, CaseIterable {
        /// Machine to machine; the one that gets tokens here.
        case maskinporten
        /// The contact register, with fixed scopes.
        case krr
        /// User log-in; kept for compatibility.
        case idporten
        /// API client of user log-in; kept for compatibility.
        case apiKlient = "api_klient"
        /// Employee log-in; kept for compatibility.
        case ansattporten
        /// The operator's own message exchange.
        case eformidling
    }

    /// How it proves who it is.
    public enum AuthenticationMethod: String, Sendable, Hashable, CaseIterable {
        /// By its organisation's enterprise certificate in `x5c`; no key was ever registered.
        case certificate
        /// By a registered key named in `kid`; from the first key on, also when all are expired or removed.
        case registeredKey = "registered_key"
    }

    /// The identifier.
    public let id: ClientID
    /// The owner: `consumer` of its tokens (`client_orgno`).
    public let owner: OrganisationNumber
    /// The supplier that registered it for the owner (`supplier_orgno`).
    public var supplier: OrganisationNumber?
    /// What kind it is.
    public let integrationType: IntegrationType
    /// The name, for lists.
    public var name: String
    /// What it is for.
    public var description: String?
    /// A page about it.
    public var uri: String?
    /// The scopes put on it, without duplicates, in the order given.
    public var scopes: [ScopeName]
    /// The wished life of its tokens (`access_token_lifetime`); nil: the server's default.
    public var accessTokenLifetime: Seconds?
    /// False after it was disabled (DELETE): no tokens.
    public var isActive = true
    /// How it authenticates.
    public var authentication: AuthenticationMethod
    /// The values of `iss_onbehalfof` that it may use, each with the customer that it stands for.
    public var onBehalfOf: [OnBehalfOfEntry] = []
    /// Its registered keys, at most five.
    public var keys: [ClientKey]
    /// `aud` may be the token endpoint's URL as well, counted (compatibility switch).
    public var acceptsTokenEndpointAudience = false
    /// Its tokens are bound to a key by DPoP, and a request without a proof is refused (RFC 9449 §5.2).
    public var requiresDPoP = false
    /// Its tokens are bound to a client certificate, and a request without one is refused (RFC 8705 §3.4).
    public var requiresClientCertificate = false
    /// Wire fields of user flows, kept as given and without effect (`redirect_uris` …), as JSON text.
    public var inertFields: String?
    /// When it was created.
    public let created: Timestamp
    /// When it was last changed.
    public var lastUpdated: Timestamp

    /// The most keys a client may hold.
    public static let maximumKeys = 5

    /// An active client without keys, which authenticates by certificate.
    public init(
        id: ClientID,
        owner: OrganisationNumber,
        integrationType: IntegrationType = .maskinporten,
        name: String,
        scopes: [ScopeName],
        created: Timestamp
    ) {
        self.id = id
        self.owner = owner
        self.integrationType = integrationType
        self.name = name
        self.scopes = scopes
        self.authentication = .certificate
        self.keys = []
        self.created = created
        self.lastUpdated = created
    }

    /// The organisation that runs it, authenticates as itself and answers for its scopes: the supplier that registered it, or
    /// else the owner.
    public var holder: OrganisationNumber { supplier ?? owner }

    /// The registered key of that identifier; identifiers are unique within the client only.
    public func key(_ id: KeyID) -> ClientKey? { keys.first { $0.id == id } }
}
