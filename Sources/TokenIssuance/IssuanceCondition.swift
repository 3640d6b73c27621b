import Clients
import Delegations
import EnterpriseCertificates
import JOSE
import Scopes
import Vocabulary

/// One condition of the decision, in its order; the raw values are its names in explanations.
///
/// The decision asks them one after the other and stops at the first that fails; an explanation asks them all.
public enum IssuanceCondition: String, Sendable, Hashable, CaseIterable {
    /// There is such a client.
    case clientKnown = "client_known"
    /// The client has what it proves itself with; asked before all else, as authentication does.
    case credential = "client_credential"
    /// Its owner has not disabled it.
    case clientActive = "client_active"
    /// The assertion was addressed to the issuer, or the client may address it to the endpoint.
    case addressee = "assertion_audience"
    /// The value of `iss_onbehalfof` is on the client.
    case onBehalfOf = "on_behalf_of_known"
    /// The supplier is live in the register.
    case supplierStanding = "supplier_live"
    /// The client can act for the organisation in `consumer_org`.
    case acting = "acting_allowed"
    /// The consumer is live in the register.
    case consumerStanding = "consumer_live"
    /// The scopes can be had, each by its own conditions (``ScopeCondition``).
    case scopes
    /// The scopes may be asked for together: those that administer this server come alone.
    case company = "scopes_together"
    /// A client certificate came where one must.
    case clientCertificate = "client_certificate"
    /// A proof of possession came where one must.
    case possession = "proof_of_possession"
    /// `pid` is there where it must be, and not where it must not.
    case person
    /// The scopes agree on the token's `typ`.
    case headerType = "token_header_typ"
    /// The resource can be had (RFC 8707).
    case resource
    /// The system user or consent can be had.
    case detail = "authorization_details"
    /// The scopes agree on the algorithm of the signature.
    case algorithm = "token_signing_alg"

    /// All of them, in the order of the decision (spec §2.7); made once.
    static let inOrder = allCases
}

/// What a token is asked for, apart from who proved to ask.
struct AskedToken: Sendable {
    let client: ClientID
    let isAddressedToEndpoint: Bool
    let actingFor: ActingFor
    let resource: ResourceIndicator?
    let namesPerson: Bool
    let detail: AuthorizationDetail?
    let confirmation: Confirmation?
}

extension AuthenticatedGrant {
    /// What it asks for.
    var asked: AskedToken {
        AskedToken(
            client: requester.id,
            isAddressedToEndpoint: isAddressedToEndpoint,
            actingFor: actingFor,
            resource: resource,
            namesPerson: pid != nil,
            detail: detail,
            confirmation: confirmation
        )
    }
}

/// What the conditions found on their way; later ones rest on it.
struct IssuanceFindings {
    /// From ``IssuanceCondition/clientKnown`` on.
    var client: Client?
    /// From ``IssuanceCondition/onBehalfOf`` on.
    var parties: GrantParties?
    /// From ``IssuanceCondition/scopes`` on: what the token rests on.
    var granted: [ScopeJudgement.Grant] = []
    /// From ``IssuanceCondition/scopes`` on.
    var scopes: [Scope] = []
    /// From ``IssuanceCondition/headerType`` on.
    var headerType = "JWT"
    /// From ``IssuanceCondition/resource`` on.
    var audience: JSONValue?
    /// From ``IssuanceCondition/detail`` on.
    var detail: TokenDetail?
    /// From ``IssuanceCondition/algorithm`` on.
    var algorithm: JWSAlgorithm?
}

extension IssuancePolicy {
    /// Judges one condition, given what those before it found.
    ///
    /// A condition that rests on something that was not found says nothing; so does that on the credential, where nobody has
    /// proved the client yet and it is nil.
    ///
    /// - Throws: the refusal when it fails.
    func judge(
        _ condition: IssuanceCondition,
        of asked: AskedToken,
        by credential: AuthenticatedGrant.Credential?,
        given facts: IssuanceFacts,
        at now: Timestamp,
        into findings: inout IssuanceFindings
    ) throws(Refusal) {
        if condition == .clientKnown {
            guard let client = facts.client else { throw .clientUnknown(asked.client.rawValue) }
            findings.client = client
            return
        }
        guard let client = findings.client else { return }
        switch condition {
        case .clientKnown: return
        case .clientActive: guard client.isActive else { throw .clientDisabled(client.id) }
        case .addressee:
            if asked.isAddressedToEndpoint, !client.acceptsTokenEndpointAudience {
                throw .audience(received: [issuer.endpoint("token")], expected: issuer.rawValue)
            }
        case .credential: if let credential { try check(credential, of: client, given: facts, at: now) }
        case .onBehalfOf:
            guard let parties = GrantParties(of: client, actingFor: asked.actingFor) else { throw .onBehalfOfUnknown }
            findings.parties = parties
        case .supplierStanding, .acting, .consumerStanding, .scopes, .detail:
            guard let parties = findings.parties else { return }
            try judgeRights(condition, of: asked, between: parties, given: facts, at: now, into: &findings)
        case .company: try checkCompany(of: findings.scopes)
        case .clientCertificate: try checkClientCertificate(asked.confirmation, for: findings.scopes, client: client)
        case .possession: try checkPossession(asked.confirmation, for: findings.scopes, client: client)
        case .person: try checkPerson(isNamed: asked.namesPerson, against: findings.scopes)
        case .headerType:
            findings.headerType = try single(findings.scopes, demand: "typ") { $0.headerType }?.rawValue ?? "JWT"
        case .resource:
            findings.audience = try audience(
                of: asked.resource,
                for: findings.scopes,
                headerType: findings.headerType
            )
        case .algorithm: findings.algorithm = try algorithm(for: findings.scopes)
        }
    }

    /// The conditions that look at who acts for whom.
    private func judgeRights(
        _ condition: IssuanceCondition,
        of asked: AskedToken,
        between parties: GrantParties,
        given facts: IssuanceFacts,
        at now: Timestamp,
        into findings: inout IssuanceFindings
    ) throws(Refusal) {
        guard let client = findings.client else { return }
        switch condition {
        case .supplierStanding: if let supplier = parties.supplier { try checkStanding(facts.supplier, of: supplier) }
        case .consumerStanding: try checkStanding(facts.consumer, of: parties.consumer)
        case .acting:
            guard case .consumer = asked.actingFor else { return }
            try ScopeJudgement(client: client, parties: parties, issuer: issuer, now: now)
                .checkActing(asking: facts.scopes)
        case .scopes:
            findings.granted = try ScopeJudgement(client: client, parties: parties, issuer: issuer, now: now)
                .grants(facts.scopes)
            findings.scopes = findings.granted.map(\.scope)
        case .detail: findings.detail = try detail(asked.detail, given: facts, for: parties, at: now)
        default: return
        }
    }

    /// The client still has what it authenticated with: facts may have moved since.
    private func check(
        _ credential: AuthenticatedGrant.Credential,
        of client: Client,
        given facts: IssuanceFacts,
        at now: Timestamp
    ) throws(Refusal) {
        try checkNotBlocked(given: facts)
        switch credential {
        case .key(let used):
            guard let key = client.key(used.id), key.thumbprint == used.thumbprint, key.algorithm == used.algorithm
            else { throw .keyUnknown(used.id) }
            guard !key.isExpired(at: now) else { throw .keyExpired(key.id, expired: key.expires) }
            if key.isCertificateBlocked, let thumbprint = key.certificateThumbprint {
                throw .certificate(.blocked(thumbprint: thumbprint))
            }
        case .certificate(let certificate):
            guard client.authentication == .certificate else { throw .keyRequired }
            guard now <= certificate.notAfter else { throw .certificate(.expired(notAfter: certificate.notAfter)) }
        // Decided apart, because no client stands behind it.
        case .seal: throw .clientUnknown(client.id.rawValue)
        }
    }

    /// A certificate or seal that the operator has blocked after an incident proves nobody, whatever its issuer says.
    func checkNotBlocked(given facts: IssuanceFacts) throws(Refusal) {
        if let thumbprint = facts.blockedCertificate { throw .certificate(.blocked(thumbprint: thumbprint)) }
    }
}
