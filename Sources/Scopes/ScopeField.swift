/// A field of a scope that its owner sets: its name on the wire and in scope files, and the form of its value.
///
/// One table for the self-service API, scope files, the planner and the ledger, so that none of them forgets a field.
public enum ScopeField: String, Sendable, Hashable, CaseIterable {
    /// Short text.
    case description
    /// Long text.
    case longDescription = "long_description"
    /// Short texts by language.
    case descriptions
    /// Long texts by language.
    case longDescriptions = "long_descriptions"
    /// Whether it gives tokens.
    case isActive = "active"
    /// When it stops giving tokens; ours.
    case activeUntil = "active_until"
    /// Who sees it.
    case visibility
    /// Integration types that may hold it.
    case allowedIntegrationTypes = "allowed_integration_types"
    /// Whether no grant is needed.
    case isAccessibleForAll = "accessible_for_all"
    /// The delegation register.
    case delegationSource = "delegation_source"
    /// The longest life of a token.
    case maximumTokenAge = "at_max_age"
    /// User flows.
    case authorizationMaximumLifetime = "authorization_max_lifetime"
    /// The form of tokens.
    case tokenForm = "token_type"
    /// User flows.
    case requiresUserConsent = "requires_user_consent"
    /// User flows.
    case requiresUserAuthentication = "requires_user_authentication"
    /// User flows.
    case requiresPseudonymousTokens = "requires_pseudonymous_tokens"
    /// The one audience of tokens.
    case enforcedAudience = "enforced_aud_for_access_token"
    /// ID-porten.
    case enforcedIntrospectionAudience = "enforced_aud_for_introspection"
    /// Guarded against self-registration.
    case isProtected = "protected"
    /// Open to e-seals.
    case supportsEuropeanBusinesses = "supports_european_businesses"
    /// Resources that may be asked for; ours.
    case allowedResources = "allowed_resources"
    /// `typ` of the token's header; ours.
    case headerType = "token_header_typ"
    /// The algorithm of the token's signature; ours.
    case signingAlgorithm = "token_signing_alg"
    /// The rule on `pid`; ours.
    case pid
    /// Whether tokens are in the status list; ours.
    case hasStatusList = "token_status_list"
    /// Suppliers without the customer's own act; ours.
    case allowsUnprovenSupplier = "allows_unproven_supplier"
    /// Whether tokens are bound to a key by DPoP; ours, by the name that RFC 9449 §5.2 gives clients.
    case requiresDPoP = "dpop_bound_access_tokens"
    /// Whether tokens are bound to a client certificate; ours, by the name that RFC 8705 §3.4 gives clients.
    case requiresClientCertificate = "tls_client_certificate_bound_access_tokens"
    /// The version of the terms to be accepted; ours.
    case requiredTermsVersion = "required_terms_version"
    /// Whether a supplier needs a processor agreement with its consumer; ours.
    case requiresProcessorAgreement = "requires_processor_agreement"
    /// The provider's legal basis; ours.
    case legalBasis = "legal_basis"
    /// What the data may be used for; ours.
    case purpose
    /// Categories of data; ours.
    case dataCategories = "data_categories"

    /// The form of a field's value.
    public enum Form: Sendable, Hashable {
        /// Text that must be there.
        case text
        /// Text, or nothing.
        case optionalText
        /// One of a few words (``ScopeField/words``).
        case choice
        /// A whole number, 0 or more.
        case number
        /// True or false.
        case flag
        /// A list of texts without duplicates.
        case list
        /// Texts by language.
        case texts
    }

    /// The second name that the documentation of the self-service API uses for it, read and never written.
    public var otherSpelling: String? {
        switch self {
        case .allowedIntegrationTypes: "allowable_integration_types"
        case .authorizationMaximumLifetime: "authorization_max_age"
        default: nil
        }
    }

    /// The field of that name, in either spelling.
    public init?(named name: String) {
        guard let field = Self.byName[name] else { return nil }
        self = field
    }

    /// The form of its value.
    public var form: Form {
        switch self {
        case .description: .text
        case .longDescription, .delegationSource, .enforcedAudience, .enforcedIntrospectionAudience,
            .signingAlgorithm, .requiredTermsVersion, .legalBasis, .purpose, .activeUntil:
            .optionalText
        case .descriptions, .longDescriptions: .texts
        case .isActive, .isAccessibleForAll, .requiresUserConsent, .requiresUserAuthentication,
            .requiresPseudonymousTokens, .isProtected, .supportsEuropeanBusinesses, .hasStatusList,
            .allowsUnprovenSupplier, .requiresDPoP, .requiresClientCertificate, .requiresProcessorAgreement:
            .flag
        case .visibility, .tokenForm, .headerType, .pid: .choice
        case .maximumTokenAge, .authorizationMaximumLifetime: .number
        case .allowedIntegrationTypes, .allowedResources, .dataCategories: .list
        }
    }

    /// The words that its value, or each item of it, is one of; nil when it is free.
    public var words: [String]? {
        switch self {
        case .visibility: Scope.Visibility.allCases.map(\.rawValue)
        case .tokenForm: Scope.TokenForm.allCases.map(\.rawValue)
        case .headerType: Scope.TokenHeaderType.allCases.map(\.rawValue)
        case .pid: Scope.PIDRule.allCases.map(\.rawValue)
        case .signingAlgorithm: ScopeRules.signingAlgorithms
        case .allowedIntegrationTypes: ScopeRules.integrationTypes
        default: nil
        }
    }

    private static let byName: [String: ScopeField] = {
        var names: [String: ScopeField] = [:]
        for field in allCases {
            names[field.rawValue] = field
            if let other = field.otherSpelling { names[other] = field }
        }
        return names
    }()
}

/// The value of one field, free of any notation.
public enum ScopeFieldValue: Sendable, Hashable {
    /// Nothing: the field's default.
    case absent
    /// Text.
    case text(String)
    /// A whole number.
    case number(Int64)
    /// True or false.
    case flag(Bool)
    /// A list of texts.
    case list([String])
    /// Texts by language.
    case texts([String: String])
}

extension ScopeFieldValue: CustomStringConvertible {
    /// As a plan shows it: `none`, `"text"`, `120`, `true`, `[a, b]`, `{en: "text"}`.
    public var description: String {
        switch self {
        case .absent: "none"
        case .text(let text): "\"\(text)\""
        case .number(let number): String(number)
        case .flag(let flag): String(flag)
        case .list(let items): "[\(items.joined(separator: ", "))]"
        case .texts(let texts):
            "{\(texts.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }.joined(separator: ", "))}"
        }
    }
}
