public import Vocabulary

/// A scope: a right to data that its owner grants to organisations.
///
/// Fields and wire names follow the self-service API (`GET /scopes`); ours are `terms`, `requiredTyp`, `signingAlgorithm`,
/// `pid`, `allowedResources`, `legalBasis`, `purpose`, `dataCategories`.
public struct Scope: Sendable, Hashable {
    /// Who sees it in lists.
    public enum Visibility: String, Sendable, Hashable, CaseIterable {
        /// Everybody, in `scopes/all`.
        case everyone = "PUBLIC"
        /// The owner and those with access.
        case restricted = "PRIVATE"
        /// The operator and the owner.
        case `internal` = "INTERNAL"
    }

    /// The form of access tokens; `OPAQUE` lives on in the API only.
    public enum TokenForm: String, Sendable, Hashable, CaseIterable {
        /// A signed JWT.
        case selfContained = "SELF_CONTAINED"
        /// By reference (not for Maskinporten).
        case opaque = "OPAQUE"
    }

    /// The `typ` of the tokens that carry the scope.
    public enum TokenHeaderType: String, Sendable, Hashable, CaseIterable {
        /// Plain, as Maskinporten's.
        case jwt = "JWT"
        /// RFC 9068, with `sub` and always an `aud`.
        case accessToken = "at+jwt"
    }

    /// Whether an end user's national identity number may stand in the token.
    public enum PIDRule: String, Sendable, Hashable, CaseIterable {
        /// May be there.
        case allowed
        /// Must be there.
        case required
        /// Must not be there.
        case refused
    }

    /// The name, `prefix:subscope`; immutable.
    public let name: ScopeName
    /// The owner: the organisation that the prefix is assigned to.
    public var owner: OrganisationNumber
    /// Short text, at most 255 characters.
    public var description: String
    /// Long text, limited Markdown, at most 1,023 characters.
    public var longDescription: String?
    /// Descriptions by language (`nn`, `en`, `se`).
    public var descriptions: [String: String] = [:]
    /// Long descriptions by language (`nn`, `en`, `se`).
    public var longDescriptions: [String: String] = [:]
    /// False: nobody gets tokens; ``isActive(at:)`` tells the whole of it.
    public var isActive = true
    /// When it stops giving tokens though it is active (`active_until`), RFC 3339 in UTC; nil: never.
    public var activeUntil: String?
    /// Who sees it.
    public var visibility: Visibility = .everyone
    /// Integration types that may hold it (`allowed_integration_types`); empty: all.
    public var allowedIntegrationTypes: [String] = []
    /// No grant for each organisation is needed (`accessible_for_all`).
    public var isAccessibleForAll = false
    /// The issuer of the delegation register that suppliers' delegations are looked up in, or `internal`.
    public var delegationSource: String?
    /// The longest life of a token with it (`at_max_age`), in seconds; 0: no limit of its own.
    public var maximumTokenAge: Seconds = 0
    /// `authorization_max_lifetime`, in seconds; user flows.
    public var authorizationMaximumLifetime: Seconds = 0
    /// `token_type`.
    public var tokenForm: TokenForm = .selfContained
    /// User flows.
    public var requiresUserConsent = false
    /// User flows.
    public var requiresUserAuthentication = false
    /// User flows.
    public var requiresPseudonymousTokens = false
    /// The one audience that tokens with it have (`enforced_aud_for_access_token`), an absolute URI.
    public var enforcedAudience: String?
    /// `enforced_aud_for_introspection`; ID-porten.
    public var enforcedIntrospectionAudience: String?
    /// Guarded against self-registration (`protected`).
    public var isProtected = false
    /// Open to holders of European e-seals.
    public var supportsEuropeanBusinesses = false

    // Beyond Maskinporten.

    /// Resources that may be asked for with it (`allowed_resources`); empty: any.
    public var allowedResources: [String] = []
    /// `typ` of the token's header.
    public var headerType: TokenHeaderType = .jwt
    /// Signature algorithm of tokens with it (`RS256`, `PS256`, `ES256`, `EdDSA`); nil: the server's.
    public var signingAlgorithm: String?
    /// The rule on `pid`.
    public var pid: PIDRule = .allowed
    /// Tokens with it are in the status list (`token_status_list`).
    public var hasStatusList = false
    /// Suppliers without the customer's own act are allowed (`allows_unproven_supplier`).
    public var allowsUnprovenSupplier = false
    /// Tokens with it are bound to a key by DPoP (`dpop_bound_access_tokens`, the name that RFC 9449 §5.2 gives clients).
    public var requiresDPoP = false
    /// Tokens with it are bound to a client certificate (`tls_client_certificate_bound_access_tokens`, the name that RFC 8705
    /// §3.4 gives clients).
    public var requiresClientCertificate = false
    /// The version of the terms of use that a consumer must have accepted; nil: none.
    public var requiredTermsVersion: String?
    /// A supplier gets tokens for a consumer only when both have a processor agreement (`requires_processor_agreement`).
    public var requiresProcessorAgreement = false
    /// The provider's legal basis for sharing (rettslig grunnlag).
    public var legalBasis: String?
    /// What the data may be used for.
    public var purpose: String?
    /// Categories of data, for the record of processing.
    public var dataCategories: [String] = []

    /// When it was created.
    public var created: Timestamp
    /// When it was last changed.
    public var lastUpdated: Timestamp
    /// Where it was declared: `file:…` with line, `cli` or `api`.
    public var origin: String

    /// An active, public scope with the defaults of the specification.
    public init(name: ScopeName, owner: OrganisationNumber, description: String, created: Timestamp, origin: String) {
        self.name = name
        self.owner = owner
        self.description = description
        self.created = created
        self.lastUpdated = created
        self.origin = origin
    }
}

extension Scope {
    /// Whether it gives tokens: it is active, and its end has not come.
    ///
    /// At the very second of its end it gives none.
    public func isActive(at now: Timestamp) -> Bool {
        guard isActive else { return false }
        // A text that is no time is refused when it is set; if one stood here it would have come.
        guard let activeUntil else { return true }
        return Timestamp(parsing: activeUntil).map { now < $0 } ?? false
    }

    /// Whether a portal that has it is believed when it names the person it acts for: tokens with it are always bound to a key,
    /// the operator alone grants it, and nobody passes it on (DESIGN §8).
    public var vouchesForPersons: Bool { name.rawValue == "altinn:portal/enduser" }
}

/// A prefix of scope names and the organisation that owns it.
public struct ScopePrefixAssignment: Sendable, Hashable {
    /// The prefix.
    public let prefix: ScopePrefix
    /// The owner.
    public let owner: OrganisationNumber
    /// When it was assigned.
    public let created: Timestamp
    /// When it was last changed.
    public let lastUpdated: Timestamp

    /// An assignment.
    public init(prefix: ScopePrefix, owner: OrganisationNumber, created: Timestamp, lastUpdated: Timestamp) {
        self.prefix = prefix
        self.owner = owner
        self.created = created
        self.lastUpdated = lastUpdated
    }
}
