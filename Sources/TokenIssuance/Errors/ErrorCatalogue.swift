/// The page of an error code: what `/errors/<code>` shows and what the answers point to.
public struct ErrorPage: Sendable, Hashable {
    /// The code.
    public let code: ErrorCode
    /// One line.
    public let title: String
    /// What it means.
    public let meaning: String
    /// What commonly causes it.
    public let causes: [String]
    /// What mends it.
    public let fixes: [String]
    /// A typical `error_description`, without the trace id.
    public let example: String
    /// The reason that goes with the example; nil: the first of ``reasons``.
    var exampleReason: String?

    /// The reason that goes with ``example``.
    public var reasonOfExample: String? { exampleReason ?? reasons.first }

    /// The stable reasons that this code can have.
    public var reasons: [String] { Refusal.reasons[code] ?? [] }
}

/// The one table of all error codes: answers, pages, documents and tests are made from it.
public enum ErrorCatalogue {
    /// The page of every code, in the order of the codes.
    public static let pages: [ErrorPage] = ErrorCode.allCases.map(page)

    /// The page of a code.
    ///
    /// No `default`: a new code does not compile until it has its page.
    public static func page(_ code: ErrorCode) -> ErrorPage {
        switch code {
        case .malformedAssertion: .malformedAssertion
        case .replayed: .replayed
        case .wrongAudience: .wrongAudience
        case .expiredAssertion: .expiredAssertion
        case .notYetValid: .notYetValid
        case .lifetimeTooLong: .lifetimeTooLong
        case .clientNotFound: .clientNotFound
        case .invalidCertificate: .invalidCertificate
        case .expiredKey: .expiredKey
        case .wrongOrganisation: .wrongOrganisation
        case .malformedX5C: .malformedX5C
        case .invalidSignature: .invalidSignature
        case .unknownKey: .unknownKey
        case .keyRequired: .keyRequired
        case .scopeNotOnClient: .scopeNotOnClient
        case .scopeNotForIntegrationType: .scopeNotForIntegrationType
        case .noAccess: .noAccess
        case .notDelegated: .notDelegated
        case .unknownAuthorizationDetailsType: .unknownAuthorizationDetailsType
        case .unknownAuthorizationDetailsMember: .unknownAuthorizationDetailsMember
        case .authorizationDetailsValue: .authorizationDetailsValue
        case .clientDisabled: .clientDisabled
        case .organisationRefused: .organisationRefused
        case .invalidTarget: .invalidTarget
        case .scopeInactive: .scopeInactive
        case .pidRule: .pidRule
        case .actingRefused: .actingRefused
        case .onBehalfOfUnknown: .onBehalfOfUnknown
        case .scopeNotDelegable: .scopeNotDelegable
        case .unprovenSupplier: .unprovenSupplier
        case .incompatibleScopes: .incompatibleScopes
        case .invalidDPoPProof: .invalidDPoPProof
        case .useDPoPNonce: .useDPoPNonce
        case .bindingRequired: .bindingRequired
        case .clientCertificate: .clientCertificate
        case .malformedForm: .malformedForm
        case .unsupportedGrantType: .unsupportedGrantType
        case .unsupportedMediaType: .unsupportedMediaType
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .tooLarge: .tooLarge
        case .tooManyRequests: .tooManyRequests
        case .accessTokenRequired: .accessTokenRequired
        case .misdirected: .misdirected
        case .notAcceptable: .notAcceptable
        case .accessTokenRefused: .accessTokenRefused
        case .insufficientScope: .insufficientScope
        case .actForbidden: .actForbidden
        case .malformedRequest: .malformedRequest
        case .actRefused: .actRefused
        case .conflict: .conflict
        case .stale: .stale
        case .unavailable: .unavailable
        case .serverError: .serverError
        }
    }
}
