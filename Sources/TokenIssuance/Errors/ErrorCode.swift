/// The `error` member of an error answer (RFC 6749 §5.2, RFC 8707 §2, RFC 9396 §5).
public enum OAuthErrorCode: String, Sendable, Hashable, CaseIterable {
    /// The form or the assertion's shape is wrong.
    case invalidRequest = "invalid_request"
    /// The grant itself is not acceptable.
    case invalidGrant = "invalid_grant"
    /// Client authentication failed (only with `client_assertion`).
    case invalidClient = "invalid_client"
    /// A scope cannot be had.
    case invalidScope = "invalid_scope"
    /// A resource cannot be had (RFC 8707 §2).
    case invalidTarget = "invalid_target"
    /// Authorization details cannot be had (RFC 9396 §5).
    case invalidAuthorizationDetails = "invalid_authorization_details"
    /// The customer has no such system user; Maskinporten's own word.
    case invalidCustomerConfiguration = "invalid_altinn_customer_configuration"
    /// The DPoP proof is not taken (RFC 9449 §5, §7.1).
    case invalidDPoPProof = "invalid_dpop_proof"
    /// The DPoP proof wants a nonce of the server (RFC 9449 §8, §9).
    case useDPoPNonce = "use_dpop_nonce"
    /// The grant type is not served.
    case unsupportedGrantType = "unsupported_grant_type"
    /// An access token is missing or not acceptable (RFC 6750 §3.1).
    case invalidToken = "invalid_token"
    /// The access token's scopes do not allow the act (RFC 6750 §3.1).
    case insufficientScope = "insufficient_scope"
    /// A right is missing; Maskinporten's own word, with status 403.
    case forbidden
    /// Come back later.
    case temporarilyUnavailable = "temporarily_unavailable"
    /// Our fault.
    case serverError = "server_error"
}

/// The number that integrators search for: `MP-` as at Maskinporten, `PV-` for cases that it does not number.
///
/// One code has one status and one `error`, but for a faulty `client_assertion`, which is always 401 `invalid_client`, and for
/// MP-303, whose `error` depends on the type (``Refusal/oauthError``).
public enum ErrorCode: String, Sendable, Hashable, CaseIterable {
    /// The assertion is malformed, or has a header member or claim that it must not have.
    case malformedAssertion = "MP-011"
    /// The assertion was used before.
    case replayed = "MP-012"
    /// The client is unknown.
    case clientNotFound = "MP-100"
    /// The assertion is for another audience.
    case wrongAudience = "MP-110"
    /// The certificate is not acceptable.
    case invalidCertificate = "MP-120"
    /// The registered key has expired.
    case expiredKey = "MP-121"
    /// The certificate belongs to another organisation.
    case wrongOrganisation = "MP-122"
    /// The `x5c` header is not an array of base64 certificates.
    case malformedX5C = "MP-123"
    /// The signature does not hold.
    case invalidSignature = "MP-124"
    /// The assertion has expired.
    case expiredAssertion = "MP-130"
    /// A scope is not on the client.
    case scopeNotOnClient = "MP-200"
    /// A scope is not for this kind of client.
    case scopeNotForIntegrationType = "MP-201"
    /// The consumer has no access to a scope.
    case noAccess = "MP-250"
    /// The consumer has not delegated a scope to the supplier.
    case notDelegated = "MP-251"
    /// The type of authorization details is not served.
    case unknownAuthorizationDetailsType = "MP-301"
    /// Authorization details have a member that their type does not know.
    case unknownAuthorizationDetailsMember = "MP-302"
    /// Authorization details name nothing that can be had.
    case authorizationDetailsValue = "MP-303"

    /// The form is malformed.
    case malformedForm = "PV-001"
    /// The grant type is not served.
    case unsupportedGrantType = "PV-002"
    /// The media type is not that of a form.
    case unsupportedMediaType = "PV-003"
    /// There is nothing at that path.
    case notFound = "PV-004"
    /// The path does not answer that method.
    case methodNotAllowed = "PV-005"
    /// The request is too large.
    case tooLarge = "PV-006"
    /// Too many requests.
    case tooManyRequests = "PV-007"
    /// The server cannot issue tokens at the moment.
    case unavailable = "PV-008"
    /// Our fault.
    case serverError = "PV-009"
    /// The key identifier is not one of the client's.
    case unknownKey = "PV-010"
    /// The client has registered keys and must use one.
    case keyRequired = "PV-011"
    /// The assertion is not valid yet.
    case notYetValid = "PV-012"
    /// The assertion lives too long.
    case lifetimeTooLong = "PV-013"
    /// The client is disabled.
    case clientDisabled = "PV-014"
    /// The organisation gets no token.
    case organisationRefused = "PV-015"
    /// The resource cannot be had.
    case invalidTarget = "PV-016"
    /// The scope is not active.
    case scopeInactive = "PV-017"
    /// The end user's number is missing or out of place.
    case pidRule = "PV-018"
    /// The client cannot act for that organisation.
    case actingRefused = "PV-019"
    /// The scopes cannot be asked for together.
    case incompatibleScopes = "PV-020"
    /// The endpoint wants an access token.
    case accessTokenRequired = "PV-021"
    /// The server does not answer to that host name.
    case misdirected = "PV-022"
    /// The on-behalf-of value is not registered on the client.
    case onBehalfOfUnknown = "PV-023"
    /// A scope cannot be had in that supplier pattern.
    case scopeNotDelegable = "PV-024"
    /// The scope's owner does not allow suppliers without the consumer's own act.
    case unprovenSupplier = "PV-025"

    /// The connection's client certificate is missing where it is needed, or cannot be read.
    case clientCertificate = "PV-026"
    /// The answer cannot be had in any form that the caller takes.
    case notAcceptable = "PV-027"
    /// The DPoP proof is not taken.
    case invalidDPoPProof = "PV-028"
    /// The DPoP proof wants a nonce of the server.
    case useDPoPNonce = "PV-029"
    /// The token must be bound to a key, and the request proves none.
    case bindingRequired = "PV-030"

    /// The access token shown to an API of ours is not acceptable.
    case accessTokenRefused = "PV-060"
    /// The access token lacks the scope of the act.
    case insufficientScope = "PV-061"
    /// Whoever asks may not do this.
    case actForbidden = "PV-062"
    /// Path, query or body of a request to an API of ours is malformed.
    case malformedRequest = "PV-063"
    /// A rule forbids the act.
    case actRefused = "PV-064"
    /// The act does not fit what is there.
    case conflict = "PV-065"
    /// What the act was to change is another version than the caller has seen.
    case stale = "PV-066"

    /// The status of the answer.
    public var status: Int {
        switch self {
        case .malformedAssertion, .replayed, .clientNotFound, .wrongAudience, .invalidCertificate, .expiredKey,
            .wrongOrganisation, .malformedX5C, .invalidSignature, .expiredAssertion, .scopeNotOnClient,
            .scopeNotForIntegrationType, .unknownAuthorizationDetailsType, .unknownAuthorizationDetailsMember,
            .authorizationDetailsValue, .malformedForm, .unsupportedGrantType,
            .unknownKey, .keyRequired, .notYetValid, .lifetimeTooLong, .clientDisabled, .organisationRefused,
            .invalidTarget, .scopeInactive, .pidRule, .actingRefused, .incompatibleScopes, .onBehalfOfUnknown,
            .scopeNotDelegable, .clientCertificate, .malformedRequest,
            .invalidDPoPProof, .useDPoPNonce, .bindingRequired,
            .actRefused:
            400
        case .accessTokenRequired, .accessTokenRefused: 401
        case .noAccess, .notDelegated, .unprovenSupplier, .insufficientScope, .actForbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .conflict: 409
        case .stale: 412
        case .tooLarge: 413
        case .unsupportedMediaType: 415
        case .misdirected: 421
        case .tooManyRequests: 429
        case .serverError: 500
        case .unavailable: 503
        }
    }

    /// The `error` member of the answer.
    public var oauthError: OAuthErrorCode {
        switch self {
        case .malformedAssertion, .malformedForm, .unsupportedMediaType, .notFound, .methodNotAllowed, .tooLarge,
            .pidRule, .actingRefused, .clientCertificate, .misdirected, .notAcceptable, .malformedRequest, .actRefused,
            .conflict, .stale,
            .bindingRequired:
            .invalidRequest
        case .replayed, .clientNotFound, .wrongAudience, .invalidCertificate, .expiredKey, .wrongOrganisation,
            .malformedX5C, .invalidSignature, .expiredAssertion, .unknownKey, .keyRequired, .notYetValid,
            .lifetimeTooLong, .clientDisabled, .organisationRefused, .onBehalfOfUnknown:
            .invalidGrant
        case .scopeNotOnClient, .scopeNotForIntegrationType, .scopeInactive, .incompatibleScopes, .scopeNotDelegable:
            .invalidScope
        case .noAccess, .notDelegated, .unprovenSupplier, .actForbidden: .forbidden
        case .insufficientScope: .insufficientScope
        case .unknownAuthorizationDetailsType, .unknownAuthorizationDetailsMember: .invalidAuthorizationDetails
        case .authorizationDetailsValue: .invalidCustomerConfiguration
        case .unsupportedGrantType: .unsupportedGrantType
        case .invalidTarget: .invalidTarget
        case .invalidDPoPProof: .invalidDPoPProof
        case .useDPoPNonce: .useDPoPNonce
        case .accessTokenRequired, .accessTokenRefused: .invalidToken
        case .tooManyRequests, .unavailable: .temporarilyUnavailable
        case .serverError: .serverError
        }
    }
}
