import Delegations
import JOSE
import Scopes
import Organisations
import EnterpriseCertificates

extension Refusal {
    /// The number that integrators search for.
    public var code: ErrorCode {
        switch self {
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .bodyTooLarge: .tooLarge
        case .mediaType: .unsupportedMediaType
        case .formMalformed, .formParameterTwice, .formParameterMissing, .formParameterValue: .malformedForm
        case .grantType: .unsupportedGrantType
        case .tooManyRequests: .tooManyRequests
        case .accessTokenMissing: .accessTokenRequired
        case .accessTokenRefused: .accessTokenRefused
        case .notAcceptable: .notAcceptable
        case .misdirected: .misdirected
        case .assertionMalformed, .headerMember, .headerAlgorithm, .headerType, .credentialAmbiguous,
            .credentialMissing,
            .claim, .claimUnknown, .claimsExclusive, .mismatch, .assertionEndsBeforeItBegins:
            .malformedAssertion
        case .x5cNotArray, .x5cElement: .malformedX5C
        case .clientUnknown: .clientNotFound
        case .clientDisabled: .clientDisabled
        case .keyUnknown, .keyNotRegistered: .unknownKey
        case .keyExpired: .expiredKey
        case .keyRequired: .keyRequired
        case .certificate: .invalidCertificate
        case .certificateOrganisation: .wrongOrganisation
        case .signature: .invalidSignature
        case .clientCertificateMissing, .clientCertificateMalformed, .clientCertificateRequired: .clientCertificate
        case .dpopProof(let fault): fault.wantsNonce ? .useDPoPNonce : .invalidDPoPProof
        case .dpopRequired, .bindingRequired: .bindingRequired
        case .audience: .wrongAudience
        case .assertionExpired, .assertionBarred: .expiredAssertion
        case .assertionNotYetValid: .notYetValid
        case .assertionLifetime: .lifetimeTooLong
        case .replayed: .replayed
        case .organisation: .organisationRefused
        case .scopes(let refusals): Self.code(of: refusals)
        case .scopesIncompatible: .incompatibleScopes
        case .pid: .pidRule
        case .resource: .invalidTarget
        case .authorizationDetailsType: .unknownAuthorizationDetailsType
        case .authorizationDetailsMember: .unknownAuthorizationDetailsMember
        case .authorizationDetailsValue, .systemUser, .consent: .authorizationDetailsValue
        case .acting: .actingRefused
        case .sealScope(_, .closed): .scopeNotOnClient
        case .sealScope(_, .inactive): .scopeInactive
        case .sealScope(_, .terms): .noAccess
        case .onBehalfOfUnknown: .onBehalfOfUnknown
        }
    }

    /// The `error` member of the answer: the code's, but for MP-303, whose word speaks of system users.
    public var oauthError: OAuthErrorCode {
        switch self {
        case .authorizationDetailsValue, .consent: .invalidAuthorizationDetails
        default: code.oauthError
        }
    }

    /// The stable, finer cause, in snake_case.
    public var reason: String {
        switch self {
        case .notFound: "not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .bodyTooLarge: "body_too_large"
        case .mediaType: "media_type_unsupported"
        case .formMalformed: "form_malformed"
        case .formParameterTwice: "form_parameter_twice"
        case .formParameterMissing: "form_parameter_missing"
        case .formParameterValue: "form_parameter_value"
        case .grantType: "grant_type_unsupported"
        case .tooManyRequests: "too_many_requests"
        case .accessTokenMissing: "access_token_missing"
        case .accessTokenRefused(let fault): fault.rawValue
        case .notAcceptable: "not_acceptable"
        case .misdirected: "host_unknown"
        case .assertionMalformed: "assertion_malformed"
        case .headerMember(_, let fault): "header_\(fault.reason)"
        case .headerAlgorithm: "header_algorithm"
        case .headerType: "header_type"
        case .credentialAmbiguous: "credential_ambiguous"
        case .credentialMissing: "kid_missing"
        case .x5cNotArray: "x5c_not_array"
        case .x5cElement: "x5c_malformed"
        case .claim(_, let fault): "claim_\(fault.reason)"
        case .claimUnknown: "claim_unknown"
        case .claimsExclusive: "claims_exclusive"
        case .mismatch: "parameters_disagree"
        case .clientUnknown: "client_unknown"
        case .clientDisabled: "client_disabled"
        case .keyUnknown: "key_unknown"
        case .keyExpired: "key_expired"
        case .keyRequired: "kid_required"
        case .keyNotRegistered: "key_not_registered"
        case .certificate(let rejection): rejection.reason
        case .certificateOrganisation: "certificate_organisation"
        case .signature: "signature_invalid"
        case .clientCertificateMissing: "client_certificate_missing"
        case .clientCertificateMalformed: "client_certificate_malformed"
        case .clientCertificateRequired: "client_certificate_required"
        case .dpopProof(let fault): fault.reason
        case .dpopRequired: "dpop_required"
        case .bindingRequired: "binding_required"
        case .audience: "audience_wrong"
        case .assertionExpired: "assertion_expired"
        case .assertionBarred: "assertion_issued_before_restore"
        case .assertionNotYetValid(let claim, _, _): "\(claim)_in_future"
        case .assertionLifetime: "assertion_lifetime_too_long"
        case .assertionEndsBeforeItBegins: "assertion_ends_before_it_begins"
        case .replayed: "assertion_replayed"
        case .organisation(_, let fault): fault.reason
        case .scopes(let refusals): Self.leading(refusals)?.fault.reason ?? "scope_unknown"
        case .scopesIncompatible: "scopes_incompatible"
        case .pid(let required, _): required ? "pid_required" : "pid_refused"
        case .resource(_, let fault): fault.reason
        case .authorizationDetailsType: "authorization_details_type_unknown"
        case .authorizationDetailsMember: "authorization_details_member_unknown"
        case .authorizationDetailsValue: "authorization_details_value"
        case .systemUser(let failure, _): failure.rawValue
        case .consent(let faults): (faults.first ?? .unknown).rawValue
        case .acting(_, let fault): fault.rawValue
        case .sealScope(_, let fault): fault.rawValue
        case .onBehalfOfUnknown: "on_behalf_of_unknown"
        }
    }

    /// Every reason that can occur, by code; the error pages list them and a test holds the list whole.
    public static let reasons: [ErrorCode: [String]] = [
        .malformedAssertion: [
            "assertion_malformed", "header_missing", "header_malformed", "header_forbidden", "header_too_long",
            "header_algorithm", "header_type", "credential_ambiguous", "kid_missing", "claim_missing",
            "claim_malformed", "claim_forbidden", "claim_too_long", "claim_unknown", "claims_exclusive",
            "parameters_disagree",
            "assertion_ends_before_it_begins",
        ],
        .replayed: ["assertion_replayed"],
        .clientNotFound: ["client_unknown"],
        .wrongAudience: ["audience_wrong"],
        .invalidCertificate: CertificateRejection.reasons,
        .expiredKey: ["key_expired"],
        .wrongOrganisation: ["certificate_organisation"],
        .malformedX5C: ["x5c_not_array", "x5c_malformed"],
        .invalidSignature: ["signature_invalid"],
        .expiredAssertion: ["assertion_expired", "assertion_issued_before_restore"],
        .scopeNotOnClient: ["scope_unknown", "scope_not_on_client", "scope_not_for_seals"],
        .scopeNotForIntegrationType: ["scope_integration_type"],
        .noAccess: [
            "access_not_granted", "access_requested", "access_denied", "access_not_yet", "access_ended", "access_terms",
            "supplier_access_not_granted", "supplier_access_not_in_force",
        ],
        .notDelegated: [
            "delegation_missing", "delegation_ended", "processor_agreement_missing", "processor_agreement_ended",
        ],
        .unknownAuthorizationDetailsType: ["authorization_details_type_unknown"],
        .unknownAuthorizationDetailsMember: ["authorization_details_member_unknown"],
        .authorizationDetailsValue: SystemUserLookupFailure.allCases.map(\.rawValue)
            + ConsentFault.allCases.map(\.rawValue) + ["authorization_details_value"],
        .malformedForm: ["form_malformed", "form_parameter_twice", "form_parameter_missing", "form_parameter_value"],
        .unsupportedGrantType: ["grant_type_unsupported"],
        .unsupportedMediaType: ["media_type_unsupported"],
        .notFound: ["not_found"],
        .methodNotAllowed: ["method_not_allowed"],
        .tooLarge: ["body_too_large"],
        .tooManyRequests: ["too_many_requests"],
        .unavailable: [
            "store_unavailable", "store_stalled", "queue_full", "clock_behind", "no_signing_key", "signing_failed",
            "status_lists_full", "register_outdated", "draining",
        ],
        .serverError: ["server_error"],
        .unknownKey: ["key_unknown", "key_not_registered"],
        .keyRequired: ["kid_required"],
        .notYetValid: ["iat_in_future", "nbf_in_future"],
        .lifetimeTooLong: ["assertion_lifetime_too_long"],
        .clientDisabled: ["client_disabled"],
        .organisationRefused: [
            "organisation_unknown", "organisation_deleted", "main_unit_deleted", "organisation_distressed",
        ],
        .invalidTarget: ["resource_malformed", "resource_enforced", "resource_not_allowed", "resource_required"],
        .scopeInactive: ["scope_inactive"],
        .pidRule: ["pid_required", "pid_refused"],
        .actingRefused: ["consumer_is_owner", "consumer_fixed"],
        .onBehalfOfUnknown: ["on_behalf_of_unknown"],
        .scopeNotDelegable: ["scope_not_delegable", "scope_needs_delegation"],
        .unprovenSupplier: ["unproven_supplier_not_allowed"],
        .incompatibleScopes: ["scopes_incompatible"],
        .invalidDPoPProof: DPoPProofFault.reasons,
        .useDPoPNonce: DPoPProofFault.nonceReasons,
        .bindingRequired: ["dpop_required", "binding_required"],
        .clientCertificate: [
            "client_certificate_missing", "client_certificate_malformed", "client_certificate_required",
        ],
        .accessTokenRequired: ["access_token_missing"],
        .misdirected: ["host_unknown"],
        // What the APIs of the admin listener refuse is no refused token request; only the pages list it.
        .accessTokenRefused: [
            "access_token_malformed", "access_token_signature", "access_token_issuer", "access_token_audience",
            "access_token_expired", "access_token_bound", "access_token_ended",
            "access_token_on_behalf",
        ],
        .notAcceptable: ["not_acceptable"],
        .insufficientScope: ["insufficient_scope"],
        .actForbidden: [
            "token_on_behalf", "person_missing", "portal_unbound", "party_foreign", "prefix_foreign", "not_authorised",
        ],
        .malformedRequest: [
            "query_malformed", "query_parameter", "path_parameter", "header_parameter", "body_malformed", "body_member",
        ],
        .actRefused: ["act_refused"],
        .conflict: ["conflict"],
        .stale: ["stale"],
    ]

    /// The refusal of the scope that is checked first: on the client, active, type, access, delegation.
    static func leading(_ refusals: [ScopeRefusal]) -> ScopeRefusal? {
        refusals.min { $0.fault.rank < $1.fault.rank }
    }

    private static func code(of refusals: [ScopeRefusal]) -> ErrorCode {
        leading(refusals)?.fault.code ?? .scopeNotOnClient
    }
}

extension Refusal.MemberFault {
    var reason: String {
        switch self {
        case .missing: "missing"
        case .malformed: "malformed"
        case .forbidden: "forbidden"
        case .tooLong: "too_long"
        }
    }
}

extension Refusal.OrganisationFault {
    var reason: String {
        switch self {
        case .unknown: "organisation_unknown"
        case .impeded(.deleted): "organisation_deleted"
        case .impeded(.mainUnitDeleted): "main_unit_deleted"
        case .distressed: "organisation_distressed"
        }
    }
}

extension Refusal.ScopeFault {
    var reason: String {
        switch self {
        case .unknown: "scope_unknown"
        case .inactive: "scope_inactive"
        case .notOnClient: "scope_not_on_client"
        case .integrationType: "scope_integration_type"
        case .notGranted: "access_not_granted"
        case .impeded(.requested): "access_requested"
        case .impeded(.denied): "access_denied"
        case .impeded(.notYet): "access_not_yet"
        case .impeded(.ended): "access_ended"
        case .impeded(.terms): "access_terms"
        case .notDelegable: "scope_not_delegable"
        case .otherRegister: "delegation_register_unreachable"
        case .needsDelegation: "scope_needs_delegation"
        case .unprovenSupplier: "unproven_supplier_not_allowed"
        case .supplierNotGranted: "supplier_access_not_granted"
        case .supplierImpeded: "supplier_access_not_in_force"
        case .notDelegated: "delegation_missing"
        case .delegationEnded: "delegation_ended"
        case .noProcessorAgreement: "processor_agreement_missing"
        case .processorAgreementEnded: "processor_agreement_ended"
        }
    }

    var code: ErrorCode {
        switch self {
        case .unknown, .notOnClient: .scopeNotOnClient
        case .inactive: .scopeInactive
        case .integrationType: .scopeNotForIntegrationType
        case .notGranted, .impeded, .supplierNotGranted, .supplierImpeded: .noAccess
        case .notDelegable, .otherRegister, .needsDelegation: .scopeNotDelegable
        case .unprovenSupplier: .unprovenSupplier
        case .notDelegated, .delegationEnded, .noProcessorAgreement, .processorAgreementEnded: .notDelegated
        }
    }

    /// Maskinporten checks the client's registration first, then the provider's grant to the consumer, then the consumer's
    /// delegation (spec §2.7, §7.1); the first failing check names the code.
    var rank: Int {
        switch self {
        case .unknown: 0
        case .notOnClient: 1
        case .inactive: 2
        case .integrationType: 3
        case .notDelegable, .otherRegister, .needsDelegation: 4
        case .unprovenSupplier: 5
        case .notGranted, .impeded: 6
        case .supplierNotGranted, .supplierImpeded: 7
        case .notDelegated, .delegationEnded: 8
        case .noProcessorAgreement, .processorAgreementEnded: 9
        }
    }
}

extension Refusal.ResourceFault {
    var reason: String {
        switch self {
        case .malformed: "resource_malformed"
        case .enforced: "resource_enforced"
        case .notAllowed: "resource_not_allowed"
        case .required: "resource_required"
        }
    }
}

extension Refusal {
    /// Whether nobody has been asked yet whether a certificate is revoked, so that it may be known in a moment.
    var awaitsRevocation: Bool {
        if case .certificate(.revocationUnknown(let doubt)) = self { doubt.isPending } else { false }
    }
}
