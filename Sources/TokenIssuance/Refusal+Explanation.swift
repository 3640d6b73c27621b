import Delegations
import EnterpriseCertificates
import JOSE
import Organisations
import Scopes
import Vocabulary

extension Refusal {
    /// What to mend, for `error_description`.
    ///
    /// Begins with Maskinporten's phrase where it has one, because clients in production search for it; then ours, in lower
    /// case, with values in backticks. Never a key, an assertion or a national identity number.
    public var explanation: String {
        guard let phrase = compatiblePhrase else { return cause }
        return "\(phrase): \(cause)"
    }

    /// The words that existing clients search for (spec §4.2, §12.9).
    private var compatiblePhrase: String? {
        switch code {
        case .malformedAssertion: "Invalid assertion. Invalid parameter value"
        case .replayed: "Invalid assertion. The grant has been used before"
        case .clientNotFound: "Invalid assertion. Client authentication failed. Client not found"
        case .wrongAudience: "Invalid assertion. Invalid JWT claim aud"
        case .invalidCertificate:
            "Invalid assertion. Client authentication failed. JWT is signed with an invalid certificate"
        case .expiredKey: "Invalid assertion. Client authentication failed. Expired key"
        case .wrongOrganisation:
            "Invalid assertion. Client authentication failed. Invalid organisation number for client"
        case .malformedX5C: "Invalid assertion. Invalid JWT header x5c"
        case .invalidSignature: "Invalid assertion. Client authentication failed. Invalid JWT signature"
        case .expiredAssertion: "Invalid assertion. JWT is expired"
        case .unknownKey: "Invalid assertion. Client authentication failed. Unknown key identifier (kid) for client"
        case .keyRequired:
            "Invalid assertion. Client authentication failed. Client requires pre-registered jwk and no kid provided"
        case .notYetValid: "Invalid assertion. Issue time is after now"
        case .lifetimeTooLong: "Invalid assertion. JWT has too long lifetime"
        case .scopeNotOnClient: "The token request contains invalid scopes for client"
        case .scopeNotForIntegrationType: "The token request contains scopes not allowed for maskinporten"
        case .noAccess: "Consumer has not been granted access to the scope"
        case .notDelegated: "Consumer has not delegated access to the scope to the supplier"
        case .actingRefused: "The combination of consumer_org and delegation scope on client is invalid"
        case .unknownAuthorizationDetailsType: "Unknown authorization details type"
        case .unknownAuthorizationDetailsMember: "Unknown fields in authorization details"
        case .authorizationDetailsValue: "Invalid authorization details values"
        case .malformedForm, .unsupportedGrantType, .unsupportedMediaType, .notFound, .methodNotAllowed, .tooLarge,
            .tooManyRequests, .accessTokenRequired, .accessTokenRefused, .insufficientScope, .actForbidden,
            .malformedRequest, .actRefused, .conflict, .stale, .misdirected, .notAcceptable, .unavailable, .serverError,
            .clientDisabled,
            .organisationRefused, .invalidTarget,
            .scopeInactive, .pidRule, .incompatibleScopes, .clientCertificate, .onBehalfOfUnknown, .scopeNotDelegable,
            .unprovenSupplier, .invalidDPoPProof, .useDPoPNonce, .bindingRequired:
            nil
        }
    }

    /// Our own words.
    private var cause: String {
        switch self {
        case .notFound(let path): "there is no endpoint at `\(path)`"
        case .methodNotAllowed(let method, let allowed):
            "the endpoint does not answer `\(method)`; use \(allowed.joined(separator: " or "))"
        case .bodyTooLarge(let limit): "the body is larger than \(limit) bytes"
        case .mediaType(let received):
            "the body must be `application/x-www-form-urlencoded`, and came as `\(received ?? "nothing")`"
        case .formMalformed: "the form is not well-formed: check percent-encoding and UTF-8"
        case .formParameterTwice(let name): "the parameter `\(name)` came twice"
        case .formParameterMissing(let name): "the parameter `\(name)` is missing or empty"
        case .formParameterValue(let name, let expected): "the parameter `\(name)` must be `\(expected)`"
        case .grantType(let received):
            "the grant type `\(received)` is not served; use `\(TokenForm.jwtBearerGrantType)` or `\(TokenForm.clientCredentialsGrantType)`"
        case .tooManyRequests(let retryAfter): "too many requests; try again after \(retryAfter.count) s"
        case .accessTokenMissing: "the endpoint wants an access token: send `Authorization: Bearer` and the token"
        case .accessTokenRefused(let fault): fault.explanation
        case .notAcceptable(let offered):
            "the answer comes as \(offered.map { "`\($0)`" }.joined(separator: " or ")), and `Accept` takes nothing of that"
        case .misdirected(let host):
            "this listener does not answer to the host `\(host)`; use its own address or the one in `admin_url`"
        case .assertionMalformed(let error): "the assertion is no signed JWT: \(error)"
        case .headerMember(let name, let fault): "the header member `\(name)` \(fault.explanation)"
        case .headerAlgorithm(let received, let expected) where expected.isEmpty:
            "`alg` is `\(received)`, which does not fit the key that `kid` names"
        case .headerAlgorithm(let received, let expected):
            "`alg` is `\(received)`, and must be \(expected.map { "`\($0)`" }.joined(separator: ", "))"
        case .headerType(let received):
            "`typ` is `\(received)`, which names another kind of JWT; leave it out or use `JWT`"
        case .credentialAmbiguous:
            "the header has both `kid` and `x5c`; send `kid` for a registered key, `x5c` for an enterprise certificate"
        case .credentialMissing:
            "the header has neither `kid` nor `x5c`; send `kid` for a registered key, `x5c` for an enterprise certificate"
        case .x5cNotArray: "`x5c` must be an array of strings, the certificate of the signing key first"
        case .x5cElement(let index):
            "element \(index) of `x5c` is no certificate in standard base64, or there are more than \(UnverifiedAssertion.maximumCertificates)"
        case .claim(let name, let fault): "the claim `\(name)` \(fault.explanation)"
        case .claimUnknown(let name, let suggestion):
            "the claim `\(name)` is unknown\(suggestion.map { ": did you mean `\($0)`" } ?? "; remove it")"
        case .claimsExclusive(let names):
            "only one of \(names.map { "`\($0)`" }.joined(separator: ", ")) may be there"
        case .mismatch(let name): "`\(name)` does not agree with the assertion"
        case .assertionEndsBeforeItBegins: "`exp` must be after `iat`"
        case .clientUnknown(let id): "no client `\(id)` is registered here; check `iss` and the environment"
        case .clientDisabled(let id): "the client `\(id)` is disabled; its owner can enable it"
        case .keyUnknown(let id): "the client has no key `\(id)`; check `kid`, `iss` and the environment"
        case .keyNotRegistered(let id):
            "the client authenticates by enterprise certificate and has no key `\(id)`; send `x5c` without `kid`, or register the key"
        case .keyExpired(let id, let expired):
            "the key `\(id)` expired at \(expired); register a new key, or the same one again to renew it"
        case .keyRequired: "the client has registered keys; send `kid` and not `x5c`"
        case .certificate(let rejection): rejection.explanation
        case .certificateOrganisation(let organisation):
            "the certificate belongs to organisation `\(organisation)`, which does not own the client"
        case .signature: "the signature does not hold under the key that the header names"
        case .clientCertificateMissing:
            "neither a `client_assertion` nor a client certificate came; sign an assertion, or show the certificate at the connection to an endpoint that asks for it"
        case .clientCertificateMalformed(let field?):
            "the field `\(field)` that the proxy sent cannot be read as RFC 9440 has it: one certificate in base64 between colons"
        case .clientCertificateMalformed(nil): "the client certificate is larger than is read"
        case .clientCertificateRequired(let scope?):
            "tokens with the scope `\(scope)` are bound to a client certificate, and none came with the connection; show one"
        case .clientCertificateRequired(nil):
            "the client is registered for tokens bound to a client certificate, and none came with the connection; show one"
        case .dpopProof(let fault): "\(fault)"
        case .dpopRequired(let scope?):
            "tokens with the scope `\(scope)` are bound to a key by DPoP, and no proof came; send one in the `DPoP` field"
        case .dpopRequired(nil):
            "the client is registered for tokens bound to a key by DPoP, and no proof came; send one in the `DPoP` field"
        case .bindingRequired(let scope):
            "tokens with the scope `\(scope)` are bound to a key; send a proof in the `DPoP` field, or show a client certificate"
        case .audience(let received, let expected):
            "`aud` is \(received.map { "`\($0)`" }.joined(separator: ", ")), and must be exactly `\(expected)`"
        case .assertionExpired(let expires, let now):
            "`exp` was \(expires), and the server's time is \(now); sign a new assertion and check the clock"
        case .assertionBarred(let until):
            "it was issued before \(until), when the clock or the store was set back; sign a new assertion"
        case .assertionNotYetValid(let claim, let value, let now):
            "`\(claim)` is \(value), and the server's time is \(now); check the clock"
        case .assertionLifetime(let lifetime, let limit):
            "`exp` - `iat` is \(lifetime.count) s, and may be \(limit.count) s at most"
        case .replayed:
            "this assertion, or its `jti`, was used before; sign a new one with a new `jti` for each request"
        case .organisation(let number, let fault): fault.explanation(of: number)
        case .scopes(let refusals): refusals.map(\.explanation).joined(separator: "; ")
        case .scopesIncompatible(let demand, let scopes):
            "the scopes \(scopes.map { "`\($0)`" }.joined(separator: ", ")) demand different `\(demand)`; ask for them one by one"
        case .pid(let required, let scope):
            required
                ? "the scope `\(scope)` requires the claim `pid`"
                : "the scope `\(scope)` does not allow the claim `pid`"
        case .resource(let resource, let fault): fault.explanation(of: resource)
        case .authorizationDetailsType(let type):
            "authorization details of type `\(type)` are not served here"
        case .authorizationDetailsMember(let name, let expected):
            "the member `\(name)` is unknown; the type has \(expected.map { "`\($0)`" }.joined(separator: ", "))"
        case .authorizationDetailsValue(let member, let expected): "`\(member)` must be \(expected)"
        case .systemUser(let failure, let owner): failure.explanation(of: owner)
        case .consent(let faults): faults.map(\.explanation).joined(separator: "; ")
        case .acting(let organisation, .own):
            "`\(organisation)` owns the client itself; leave `consumer_org` out"
        case .acting(let organisation, .fixed):
            "a supplier registered the client for one consumer, and it cannot act for `\(organisation)`; use a client of the supplier's own"
        case .sealScope(let scope, .closed): "`\(scope)` is not open to European organisations"
        case .sealScope(let scope, .inactive): "`\(scope)` is deactivated by its owner"
        case .sealScope(let scope, .terms):
            "`\(scope)` wants its terms accepted, which the holder of a seal has no way to do; ask its owner"
        case .onBehalfOfUnknown:
            "the value of `iss_onbehalfof` is not registered on the client; add it there with its customer"
        }
    }
}

extension Refusal.MemberFault {
    var explanation: String {
        switch self {
        case .missing: "is missing"
        case .malformed: "does not have the right form"
        case .forbidden: "must not be there"
        case .tooLong: "is too long"
        }
    }
}

extension Refusal.OrganisationFault {
    func explanation(of number: OrganisationNumber) -> String {
        switch self {
        case .unknown: "the organisation `\(number)` is not in the register"
        case .impeded(.deleted(let day)):
            "the organisation `\(number)` was deleted from the register\(day.map { " on \($0)" } ?? "")"
        case .impeded(.mainUnitDeleted(let mainUnit)):
            "the main unit `\(mainUnit)` of organisation `\(number)` is not live in the register"
        case .distressed: "the organisation `\(number)` is bankrupt or being wound up, and this server refuses such"
        }
    }
}

extension Refusal.ScopeRefusal {
    var explanation: String {
        switch fault {
        case .unknown: "`\(scope)` does not exist"
        case .notOnClient: "`\(scope)` is not on the client; its owner can add it"
        case .inactive: "`\(scope)` is deactivated by its owner"
        case .integrationType(let allowed):
            "`\(scope)` is only for clients of type \(allowed.map { "`\($0)`" }.joined(separator: ", "))"
        case .notGranted: "`\(scope)` is not granted to `\(consumer)`; ask the scope's owner"
        case .impeded(let impediment): Self.explanation(of: impediment, for: consumer, scope)
        case .notDelegable: "`\(scope)` names no register of delegations, and cannot be had with `consumer_org`"
        case .otherRegister(let source):
            "`\(scope)` is delegated in the register `\(source)`, which this server cannot look up; its owner can set `delegation_source` to `internal`"
        case .needsDelegation: "`\(scope)` wants the customer's own delegation; ask with `consumer_org`"
        case .unprovenSupplier:
            "`\(scope)` does not allow a supplier without the customer's own act; its owner can turn on `allows_unproven_supplier`"
        case .supplierNotGranted(let supplier):
            "`\(scope)` is not granted to the supplier `\(supplier)`; ask the scope's owner"
        case .supplierImpeded(let supplier, let impediment):
            Self.explanation(of: impediment, for: supplier, scope)
        case .notDelegated(let supplier):
            "`\(consumer)` has not delegated `\(scope)` to `\(supplier)`; someone who may act for it can do so"
        case .delegationEnded(let supplier, let until):
            "the delegation of `\(scope)` by `\(consumer)` to `\(supplier)` ended at \(until)"
        case .noProcessorAgreement(let supplier):
            "`\(scope)` requires a processor agreement between `\(consumer)` and `\(supplier)`; the consumer can register it"
        case .processorAgreementEnded(let supplier, let until):
            "the processor agreement between `\(consumer)` and `\(supplier)` for `\(scope)` ended at \(until)"
        }
    }

    private static func explanation(
        of impediment: ScopeAccess.Impediment,
        for organisation: OrganisationNumber,
        _ scope: ScopeName
    ) -> String {
        switch impediment {
        case .requested: "access of `\(organisation)` to `\(scope)` was asked for and not answered yet"
        case .denied: "access of `\(organisation)` to `\(scope)` was refused or withdrawn; ask the scope's owner"
        case .notYet(let from): "access of `\(organisation)` to `\(scope)` begins at \(from)"
        case .ended(let until): "access of `\(organisation)` to `\(scope)` ended at \(until)"
        case .terms(let required, let accepted):
            "`\(organisation)` has accepted \(accepted.map { "version `\($0)`" } ?? "no version") of the terms of `\(scope)`, and must accept version `\(required)`"
        }
    }
}

extension Refusal.ResourceFault {
    func explanation(of resource: String?) -> String {
        let asked = resource.map { "the resource `\($0)`" } ?? "the request"
        return switch self {
        case .malformed: "\(asked) is no absolute URI without fragment"
        case .enforced(let value): "\(asked) does not agree with the audience that the scopes enforce: `\(value)`"
        case .notAllowed(let scope): "\(asked) is not among those that `\(scope)` allows"
        case .required(let scope): "tokens with `\(scope)` need an audience; send `resource`"
        }
    }
}

extension SystemUserLookupFailure {
    /// What to mend (spec §4.3).
    fileprivate func explanation(of owner: OrganisationNumber) -> String {
        switch self {
        case .clientNotOnSystem: "the client is on no system of its owner; register it there"
        case .noSystemUser: "`\(owner)` has no system user of the client's system; ask for one"
        case .externalRefMismatch:
            "`\(owner)` has a system user of the client's system under another `externalRef`; without one its own number is meant"
        case .notApproved: "`\(owner)` has not approved the request for a system user"
        case .agentAddressedByClient:
            "`\(owner)` is a client of an agent system user; `systemuser_org` must be the agent's owner"
        }
    }
}

extension Refusal.ConsentFault {
    /// What stands against the consent.
    fileprivate var explanation: String {
        switch self {
        case .unknown: "there is no consent of that `id` for the consumer"
        case .from: "the consent was not given by `from`"
        case .expired: "the consent has expired; ask for a new one"
        case .notAccepted: "the consent was not given"
        case .revoked: "the consent was withdrawn"
        case .used: "the consent was for one token, which was issued; ask for a new one"
        }
    }
}

extension Refusal.AccessTokenFault {
    /// What to mend; why a token does not stand is not told, for whoever shows it may not be its owner.
    var explanation: String {
        switch self {
        case .unusable: "the access token is none of this server's, or has expired"
        case .audience: "the access token is meant for another API: ask for one without `resource`"
        case .bound: "the access token is bound to a key, and the request does not prove that you hold it"
        case .ended: "the access token was ended before its time"
        case .onBehalf:
            "a token on behalf of another organisation does not count here: ask for one without `consumer_org`"
        }
    }
}
