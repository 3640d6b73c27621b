public import Delegations
public import EnterpriseCertificates
public import JOSE
public import Organisations
public import Scopes
public import Vocabulary

/// The caller's fault: one case for each rule, with what is needed to mend it.
///
/// Each case has a code (``ErrorCode``), a stable reason finer than the code, an explanation and details. None carries an
/// assertion, a key or a national identity number.
public enum Refusal: Error, Equatable, Sendable {
    // MARK: HTTP and form (RFC 9110, RFC 6749 §3.2)

    /// No endpoint at that path.
    case notFound(path: String)
    /// The endpoint answers other methods.
    case methodNotAllowed(method: String, allowed: [String])
    /// The body is larger than the limit in bytes.
    case bodyTooLarge(limit: Int)
    /// The body is no form.
    case mediaType(received: String?)
    /// The body is no well-formed form.
    case formMalformed
    /// A parameter came twice.
    case formParameterTwice(String)
    /// A parameter is missing.
    case formParameterMissing(String)
    /// A parameter has a value that it cannot have.
    case formParameterValue(String, expected: String)
    /// The grant type is not served.
    case grantType(received: String)
    /// More requests than the limit; try again after so many seconds.
    case tooManyRequests(retryAfter: Seconds)

    // MARK: The admin listener

    /// The endpoint wants an access token, and none came.
    case accessTokenMissing
    /// The access token that the caller shows proves nothing here.
    case accessTokenRefused(AccessTokenFault)
    /// The answer cannot be had in any form that the caller takes.
    case notAcceptable(offered: [String])
    /// The request names a host that this listener does not answer to.
    case misdirected(host: String)

    // MARK: The assertion's form (RFC 7515 §7.1, RFC 7519 §7.2, RFC 8725)

    /// Not a compact JWS.
    case assertionMalformed(CompactJWSError)
    /// A header member is missing, has the wrong form, or must not be there.
    case headerMember(String, fault: MemberFault)
    /// `alg` is none that is served, or does not fit the key.
    case headerAlgorithm(received: String, expected: [String])
    /// `typ` names another kind of JWT.
    case headerType(received: String)
    /// Both `kid` and `x5c`.
    case credentialAmbiguous
    /// Neither `kid` nor `x5c`.
    case credentialMissing
    /// `x5c` is a string and not an array of strings.
    case x5cNotArray
    /// An element of `x5c` is no base64 certificate, or there are too many.
    case x5cElement(index: Int)
    /// A claim is missing, has the wrong form, or must not be there.
    case claim(String, fault: MemberFault)
    /// Claims of which only one may be there.
    case claimsExclusive([String])
    /// A claim that nobody knows, and the one that was perhaps meant.
    case claimUnknown(String, suggestion: String?)
    /// `client_assertion` and `assertion`, or both places of a parameter, do not agree.
    case mismatch(String)

    // MARK: Who the client is

    /// No client of that identifier.
    case clientUnknown(String)
    /// The client is disabled.
    case clientDisabled(ClientID)
    /// The client has no key of that identifier.
    case keyUnknown(KeyID)
    /// The registered key has expired.
    case keyExpired(KeyID, expired: Timestamp)
    /// The client has registered keys and must name one.
    case keyRequired
    /// The client has no registered key, and named one.
    case keyNotRegistered(KeyID)
    /// The certificate is not acceptable.
    case certificate(CertificateRejection)
    /// The certificate's organisation does not own the client.
    case certificateOrganisation(certificate: OrganisationNumber)
    /// The signature does not hold under that key or certificate.
    case signature

    // MARK: Client certificates at the connection (RFC 8705, RFC 9440)

    /// Neither a client assertion nor a client certificate came with `client_credentials`.
    case clientCertificateMissing
    /// What a trusted proxy sent as the client's certificate cannot be read; nil: the handshake's is too large.
    case clientCertificateMalformed(field: String?)
    /// A scope, or the client's own registration (nil), wants tokens bound to a client certificate, and none came.
    case clientCertificateRequired(by: ScopeName?)

    // MARK: Proof of possession (RFC 9449)

    /// The DPoP proof is not taken, or wants a nonce of the server.
    case dpopProof(DPoPProofFault)
    /// Tokens of the client, or with the scope, are bound to a key by DPoP, and no proof came; nil: the client's registration.
    case dpopRequired(ScopeName?)
    /// Tokens with the scope are bound to a key, by DPoP or by a client certificate, and the request proves none.
    case bindingRequired(ScopeName)

    // MARK: Audience, times, replay (RFC 7523 §3)

    /// `aud` is not this server's issuer.
    case audience(received: [String], expected: String)
    /// `exp` plus the skew has passed.
    case assertionExpired(expires: Timestamp, now: Timestamp)
    /// `iat` or `nbf` is further ahead than the skew.
    case assertionNotYetValid(claim: String, value: Timestamp, now: Timestamp)
    /// `exp - iat` exceeds the limit.
    case assertionLifetime(Seconds, limit: Seconds)
    /// `exp` is not after `iat`.
    case assertionEndsBeforeItBegins
    /// The assertion, or its `jti`, was used before.
    case replayed
    /// The assertion was issued before an operator set the clock back or restored the store: it may have been used.
    case assertionBarred(until: Timestamp)

    // MARK: The decision

    /// The consumer, or the supplier, gets no token.
    case organisation(OrganisationNumber, OrganisationFault)
    /// One or more scopes cannot be had; each with its own reason, in the order asked.
    case scopes([ScopeRefusal])
    /// Scopes that demand different things were asked for together.
    case scopesIncompatible(demand: String, scopes: [ScopeName])
    /// `pid` is missing where a scope requires it, or there where one refuses it.
    case pid(required: Bool, scope: ScopeName)
    /// A resource cannot be had.
    case resource(String?, ResourceFault)
    /// The type of authorization details is not served.
    case authorizationDetailsType(String)
    /// Authorization details have a member that their type does not know.
    case authorizationDetailsMember(String, expected: [String])
    /// A member of authorization details is missing or cannot be read.
    case authorizationDetailsValue(member: String, expected: String)
    /// The client's system has no system user of that owner.
    case systemUser(SystemUserLookupFailure, owner: OrganisationNumber)
    /// A consent cannot be used: everything that stands against it, in order.
    case consent([ConsentFault])
    /// The client cannot act for that organisation by `consumer_org`.
    case acting(for: OrganisationNumber, ActingFault)
    /// A scope cannot be had by a European organisation's seal.
    case sealScope(ScopeName, SealScopeFault)
    /// The value of `iss_onbehalfof` is not registered on the client.
    case onBehalfOfUnknown

    /// What is wrong with a header member or a claim.
    public enum MemberFault: String, Error, Equatable, Sendable {
        /// It must be there.
        case missing
        /// It has the wrong JSON type or form.
        case malformed
        /// It must not be there.
        case forbidden
        /// It is longer than allowed.
        case tooLong
    }

    /// Why an access token proves nothing to an endpoint that answers about tokens.
    public enum AccessTokenFault: String, Equatable, Sendable, CaseIterable {
        /// It is no access token of this server, or has expired.
        case unusable = "access_token_malformed"
        /// It is meant for another API.
        case audience = "access_token_audience"
        /// It is bound to a key or certificate, of which the request gives no proof.
        case bound = "access_token_bound"
        /// It was revoked, or what it rests on was withdrawn.
        case ended = "access_token_ended"
        /// It was issued on behalf of another organisation.
        case onBehalf = "access_token_on_behalf"
    }

    /// Why a scope cannot be had by a seal.
    public enum SealScopeFault: String, Equatable, Sendable, CaseIterable {
        /// It is not open to European organisations.
        case closed = "scope_not_for_seals"
        /// Its owner has deactivated it.
        case inactive = "scope_inactive"
        /// It wants terms accepted, which needs a grant of access.
        case terms = "access_terms"
    }

    /// Why a client cannot act for an organisation.
    public enum ActingFault: String, Equatable, Sendable {
        /// It is the client's own, which needs no delegation.
        case own = "consumer_is_owner"
        /// A supplier made the client for one consumer, which cannot be another.
        case fixed = "consumer_fixed"
    }

    /// Why a consent cannot be used.
    public enum ConsentFault: String, Equatable, Sendable, CaseIterable {
        /// There is none of that identifier for the consumer.
        case unknown = "consent_unknown"
        /// Another party gave it.
        case from = "consent_from_mismatch"
        /// Its end date has passed.
        case expired = "consent_expired"
        /// It was not given.
        case notAccepted = "consent_not_accepted"
        /// It was withdrawn.
        case revoked = "consent_revoked"
        /// It was for one token, which was issued.
        case used = "consent_used"
    }

    /// Why an organisation gets no token.
    public enum OrganisationFault: Equatable, Sendable {
        /// The register does not know it.
        case unknown
        /// It, or its main unit, is deleted.
        case impeded(OrganisationStanding.Impediment)
        /// It is bankrupt or being wound up, and the server refuses such.
        case distressed
    }

    /// Why a scope cannot be had.
    public enum ScopeFault: Error, Equatable, Sendable {
        /// There is no such scope.
        case unknown
        /// Its owner has deactivated it.
        case inactive
        /// It is not on the client.
        case notOnClient
        /// It is not for the client's integration type.
        case integrationType(allowed: [String])
        /// The consumer was never granted access.
        case notGranted
        /// The grant is not in force.
        case impeded(ScopeAccess.Impediment)
        /// The scope names no register of delegations, and cannot be had with `consumer_org`.
        case notDelegable
        /// The scope names another register of delegations, which this server cannot look up.
        case otherRegister(String)
        /// The scope wants the consumer's own act, which an on-behalf-of entry is not.
        case needsDelegation
        /// The scope's owner does not allow suppliers without the consumer's own act.
        case unprovenSupplier
        /// A supplier without the consumer's own act was never granted access itself.
        case supplierNotGranted(OrganisationNumber)
        /// Such a supplier's grant is not in force.
        case supplierImpeded(OrganisationNumber, ScopeAccess.Impediment)
        /// The consumer has not delegated the scope to the supplier.
        case notDelegated(to: OrganisationNumber)
        /// The consumer's delegation to the supplier is over.
        case delegationEnded(to: OrganisationNumber, until: Timestamp)
        /// The scope requires a processor agreement of consumer and supplier, and none is registered.
        case noProcessorAgreement(with: OrganisationNumber)
        /// Their processor agreement is over.
        case processorAgreementEnded(with: OrganisationNumber, until: Timestamp)
    }

    /// One scope and why it cannot be had.
    public struct ScopeRefusal: Equatable, Sendable {
        /// The scope.
        public let scope: ScopeName
        /// Why.
        public let fault: ScopeFault
        /// The consumer that was looked up.
        public let consumer: OrganisationNumber

        /// A refusal of one scope.
        public init(scope: ScopeName, fault: ScopeFault, consumer: OrganisationNumber) {
            self.scope = scope
            self.fault = fault
            self.consumer = consumer
        }
    }

    /// Why a resource cannot be had (RFC 8707 §2).
    public enum ResourceFault: Equatable, Sendable {
        /// It is no absolute URI without fragment.
        case malformed
        /// A scope enforces another one.
        case enforced(String)
        /// A scope does not allow it.
        case notAllowed(by: ScopeName)
        /// Tokens of that type need an audience, and none was asked for or enforced.
        case required(by: ScopeName)
    }
}

/// A request that was refused: the refusal, and what is known of whom it concerns.
public struct RefusedRequest: Error, Equatable, Sendable {
    /// Why.
    public let refusal: Refusal
    /// True when the fault lies in a `client_assertion`: then the answer is 401 `invalid_client` with the same code.
    public let isClientAuthentication: Bool
    /// True when the fault lies in the proof that goes with an access token: then the answer is 401 (RFC 9449 §7.1).
    public let isTokenAccess: Bool
    /// Whether the client had proved who it is; before, `details` hold only what the caller sent and public configuration.
    public let isAuthenticated: Bool
    /// The client that the request claims, if it could be read.
    public let claimedClient: ClientID?

    /// A refused request.
    public init(
        _ refusal: Refusal,
        isClientAuthentication: Bool = false,
        isTokenAccess: Bool = false,
        isAuthenticated: Bool = false,
        claimedClient: ClientID? = nil
    ) {
        self.refusal = refusal
        self.isClientAuthentication = isClientAuthentication
        self.isTokenAccess = isTokenAccess
        self.isAuthenticated = isAuthenticated
        self.claimedClient = claimedClient
    }

    /// The status of the answer.
    public var status: Int { isClientAuthentication || isTokenAccess ? 401 : refusal.code.status }

    /// The `error` member of the answer.
    public var oauthError: OAuthErrorCode { isClientAuthentication ? .invalidClient : refusal.oauthError }
}

/// The server cannot issue tokens at the moment: 503, `PV-008`; nothing was claimed, but perhaps with ``storeStalled``.
public enum Unavailable: String, Error, Equatable, Sendable {
    /// The store cannot be written.
    case storeUnavailable = "store_unavailable"
    /// The store has taken too long to answer: whether the request was entered is not known, and its assertion may be used up.
    case storeStalled = "store_stalled"
    /// Too many requests wait for the store.
    case queueFull = "queue_full"
    /// The clock is behind the highest time seen by more than the skew.
    case clockBehind = "clock_behind"
    /// No signing key is active.
    case noSigningKey = "no_signing_key"
    /// The signing key cannot be used: the device that holds it does not sign.
    case signingFailed = "signing_failed"
    /// No place was found in any status list, and the token must have one.
    case statusListsFull = "status_lists_full"
    /// The local register of organisations is older than the operator allows (`register_max_age`).
    case registerOutdated = "register_outdated"
    /// The server is shutting down.
    case draining
}
