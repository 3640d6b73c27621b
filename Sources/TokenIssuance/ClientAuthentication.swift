import LibCrypto
public import AuditLedger
public import Clients
public import EnterpriseCertificates
import JOSE
public import Vocabulary

/// A token request whose client has proved who it is (RFC 7523 §3): key or certificate, signature, audience and times hold.
public struct AuthenticatedGrant: Sendable {
    /// What proved the client.
    public enum Credential: Sendable {
        /// A registered key.
        case key(ClientKey)
        /// The enterprise certificate of the organisation that holds the client.
        case certificate(EnterpriseCertificate)
        /// The electronic seal of a European organisation.
        case seal(ElectronicSeal)

        /// The certificate that came with the request, by the SHA-256 of its DER in lower-case hexadecimal; nil for a key.
        public var certificateThumbprint: String? {
            switch self {
            case .key: nil
            case .certificate(let certificate): certificate.thumbprintHexadecimal
            case .seal(let seal): seal.thumbprintHexadecimal
            }
        }
    }

    /// Who asks.
    public enum Requester: Sendable {
        /// A client, as it was when it was authenticated; the decision looks at it again.
        case client(Client)
        /// A European organisation, which is nobody's client: known by the SHA-256 of its seal's certificate.
        case european(ClientID)

        /// Under which identifier it is known here: in the ledger, in limits, and in what was used before.
        public var id: ClientID {
            switch self {
            case .client(let client): client.id
            case .european(let identity): identity
            }
        }
    }

    /// Who asks.
    public let requester: Requester
    /// What proved it.
    public let credential: Credential
    /// Whether it authenticated apart from the grant: a replay is then 401 `invalid_client`.
    public let isClientCredentials: Bool
    /// The scopes asked for, in that order.
    public let scopes: [ScopeName]
    /// The resources asked for.
    public let resource: ResourceIndicator?
    /// The end user's number.
    public let pid: NationalIdentityNumber?
    /// For whom the client says that it acts.
    public let actingFor: ActingFor
    /// The system user or consent that the token shall rest on.
    public let detail: AuthorizationDetail?
    /// The claims that use up the assertions; none where a certificate at the connection proved the client, because each
    /// handshake proves it afresh and nothing in the form could be used again by somebody else.
    public let claims: [ReplayClaim]
    /// The certificates that came as proofs, by the SHA-256 of their DER in lower-case hexadecimal; none beside registered keys.
    public let certificates: [String]
    /// The identifier of the token, if one is issued.
    public let tokenID: TokenID
    /// `aud` was the token endpoint's URL, and the client's compatibility switch let it pass.
    public let isAddressedToEndpoint: Bool
    /// The keys that the request proved to hold beside its form, and that the token will be bound to.
    public internal(set) var confirmation: Confirmation?
    /// The claim that uses up the DPoP proof; nil when none came.
    public internal(set) var proofClaim: ReplayClaim?

    /// The client that asks; nil for a European organisation.
    public var client: Client? {
        if case .client(let client) = requester { client } else { nil }
    }

    /// The facts that a decision on it needs.
    public var query: FactsQuery {
        FactsQuery(
            client: requester.id,
            scopes: scopes,
            actingFor: actingFor,
            detail: detail.map(DetailQuery.init),
            certificates: certificates
        )
    }
}

/// Proves who a client is (RFC 7523 §3), with at most one signature check for each look at the client.
public struct ClientAuthenticator: Sendable {
    let registry: any FactsRegistry
    let certificates: EnterpriseCertificateValidator
    let seals: ElectronicSealValidator?
    let rules: GrantRules
    let tokenIDs: any TokenIDSource
    let admission: any ClientAdmission
    /// Checks one signature; tests count how often it is asked.
    var verify: @Sendable (CompactJWS, PublicKey, JWSAlgorithm) -> Bool = { $0.isSigned(by: $1, algorithm: $2) }

    /// An authenticator.
    public init(
        registry: any FactsRegistry,
        certificates: EnterpriseCertificateValidator,
        seals: ElectronicSealValidator? = nil,
        rules: GrantRules,
        tokenIDs: any TokenIDSource,
        admission: any ClientAdmission = UnlimitedClients()
    ) {
        self.registry = registry
        self.certificates = certificates
        self.seals = seals
        self.rules = rules
        self.tokenIDs = tokenIDs
        self.admission = admission
    }

    /// Authenticates the client of `grant`.
    ///
    /// - Throws: `RefusedRequest`, or what the registry throws.
    func authenticate(_ grant: UnverifiedGrant, at now: Timestamp) async throws -> AuthenticatedGrant {
        let cached = try await registry.client(grant.claimedClient)
        do {
            return try prove(grant, from: cached, at: now)
        } catch let refused {
            let hasAsked = await settle(refused, grant.proofs, from: cached, at: now)
            // A no is never taken on cached facts: a key just added counts at once.
            let current = try await registry.currentClient(grant.claimedClient)
            if current == nil, let sealed = try await sealed(grant, at: now) { return sealed }
            guard hasAsked || current != cached else { throw refused }
            return try prove(grant, from: current, at: now)
        }
    }

    /// Authenticates a client apart from any grant, for the endpoints that answer about tokens.
    ///
    /// - Throws: `RefusedRequest`, or what the registry throws.
    func authenticate(_ proof: UnverifiedGrant.Proof, at now: Timestamp) async throws -> AuthenticatedClient {
        let id =
            switch proof {
            case .assertion(let assertion): assertion.unverifiedClaims.client
            case .certificate(_, let id): id
            }
        // Nothing is decided again later, so nothing is taken from memory here.
        guard let client = try await registry.currentClient(id) else {
            throw RefusedRequest(.clientUnknown(id.rawValue), isClientAuthentication: true, claimedClient: id)
        }
        var claims: [ReplayClaim] = []
        let credential: AuthenticatedGrant.Credential
        do throws(RefusedRequest) { credential = try prove(proof, from: client, at: now) } catch {
            guard await settle(error, [proof], from: client, at: now) else { throw error }
            credential = try prove(proof, from: client, at: now)
        }
        if let thumbprint = credential.certificateThumbprint, try await registry.isBlocked(certificate: thumbprint) {
            let refusal = Refusal.certificate(.blocked(thumbprint: thumbprint))
            throw RefusedRequest(refusal, isClientAuthentication: true, isAuthenticated: true, claimedClient: id)
        }
        if case .assertion(let assertion) = proof { claims.append(ReplayClaim(assertion, of: client.id)) }
        do { try admission.admit(id) } catch {
            throw RefusedRequest(error, isAuthenticated: true, claimedClient: id)
        }
        return AuthenticatedClient(client: client, claims: claims)
    }

    private func prove(
        _ proof: UnverifiedGrant.Proof,
        from client: Client,
        at now: Timestamp
    ) throws(RefusedRequest) -> AuthenticatedGrant.Credential {
        switch proof {
        case .assertion(let assertion): try prove(assertion, from: client, at: now).credential
        case .certificate(let presented, _): try prove(presented, from: client, at: now).credential
        }
    }

    private struct Proof {
        let credential: AuthenticatedGrant.Credential
        let isAddressedToEndpoint: Bool
    }

    private func prove(
        _ grant: UnverifiedGrant,
        from client: Client?,
        at now: Timestamp
    ) throws(RefusedRequest) -> AuthenticatedGrant {
        guard let client else {
            throw RefusedRequest(
                .clientUnknown(grant.claimedClient.rawValue),
                isClientAuthentication: grant.isClientAuthentication,
                claimedClient: grant.claimedClient
            )
        }
        let proof: Proof
        var assertions: [UnverifiedAssertion] = []
        switch grant.proof {
        case .assertion(let assertion):
            proof = try prove(assertion, from: client, at: now)
            assertions.append(assertion)
        case .certificate(let presented, _): proof = try prove(presented, from: client, at: now)
        }
        var certificates = proof.credential.certificateThumbprint.map { [$0] } ?? []
        if let companion = grant.companion {
            let second = try prove(companion, from: client, at: now)
            if let thumbprint = second.credential.certificateThumbprint { certificates.append(thumbprint) }
            assertions.append(companion)
        }
        // Here and no earlier: nobody else can spend what a client is given.
        do { try admission.admit(client.id) } catch {
            throw RefusedRequest(error, isAuthenticated: true, claimedClient: client.id)
        }
        return AuthenticatedGrant(
            requester: .client(client),
            credential: proof.credential,
            isClientCredentials: grant.isClientAuthentication,
            scopes: grant.scopes,
            resource: grant.resource,
            pid: grant.pid,
            actingFor: grant.actingFor,
            detail: grant.detail,
            claims: assertions.map { ReplayClaim($0, of: client.id) },
            certificates: certificates,
            tokenID: tokenIDs.next(),
            isAddressedToEndpoint: proof.isAddressedToEndpoint,
            confirmation: grant.clientCertificate.map { Confirmation(certificateThumbprint: $0.thumbprint) }
        )
    }

    /// `tls_client_auth` (RFC 8705 §2.1): the handshake has proved the key; here the certificate proves the organisation.
    private func prove(
        _ presented: ClientCertificate,
        from client: Client,
        at now: Timestamp
    ) throws(RefusedRequest) -> Proof {
        do throws(Refusal) {
            // A client with registered keys never falls back to its organisation's certificate (DESIGN §2.2).
            guard client.authentication == .certificate else { throw .keyRequired }
            let certificate = try enterpriseCertificate(presented.chain, from: client, at: now)
            return Proof(credential: .certificate(certificate), isAddressedToEndpoint: false)
        } catch {
            throw RefusedRequest(error, isClientAuthentication: true, claimedClient: client.id)
        }
    }

    private func prove(
        _ assertion: UnverifiedAssertion,
        from client: Client,
        at now: Timestamp
    ) throws(RefusedRequest) -> Proof {
        do throws(Refusal) {
            let credential = try credential(of: assertion, from: client, at: now)
            let audience = assertion.unverifiedClaims.audience
            let isAddressedToEndpoint = try rules.checkAudience(audience, of: assertion.kind, from: client)
            try rules.checkTimes(of: assertion.unverifiedClaims, at: now)
            return Proof(credential: credential, isAddressedToEndpoint: isAddressedToEndpoint)
        } catch {
            throw RefusedRequest(
                error,
                isClientAuthentication: assertion.kind == .clientAuthentication,
                claimedClient: client.id
            )
        }
    }

    /// Key selection and signature, RFC 7515 §5.2: the key decides the algorithm, never the header alone (RFC 8725 §3.1).
    private func credential(
        of assertion: UnverifiedAssertion,
        from client: Client,
        at now: Timestamp
    ) throws(Refusal) -> AuthenticatedGrant.Credential {
        switch (assertion.credential, client.authentication) {
        case (.key(let id), .registeredKey):
            guard let key = client.key(id) else { throw .keyUnknown(id) }
            try checkSignature(of: assertion, by: key)
            // Only after the signature: when a key ends is told to nobody who does not hold it.
            guard !key.isExpired(at: now) else { throw .keyExpired(id, expired: key.expires) }
            try checkCertificate(of: key, from: client, at: now)
            return .key(key)
        case (.key(let id), .certificate): throw .keyNotRegistered(id)
        case (.certificates, .registeredKey): throw .keyRequired
        case (.certificates(let chain), .certificate):
            if let known = certificates.remembered(chain, at: now) {
                try checkHolder(of: known, is: client)
                try checkSignature(of: assertion, by: known.publicKey)
                return .certificate(known)
            }
            // Whoever shows a certificate that is not his costs one check, and no path is built for him.
            let key = EnterpriseCertificateValidator.unprovenKey(of: chain)
            if let key { try checkSignature(of: assertion, by: key) }
            let certificate = try enterpriseCertificate(chain, from: client, at: now)
            if key == nil { try checkSignature(of: assertion, by: certificate.publicKey) }
            return .certificate(certificate)
        }
    }

    /// Any algorithm that fits a certificate's key, which was never registered with one.
    func checkSignature(of assertion: UnverifiedAssertion, by key: PublicKey) throws(Refusal) {
        let fitting = JWSAlgorithm.allCases.filter { $0.fits(key.kind) }
        guard fitting.contains(assertion.algorithm) else {
            throw .headerAlgorithm(received: assertion.algorithm.rawValue, expected: fitting.map(\.rawValue))
        }
        guard verify(assertion.jws, key, assertion.algorithm) else { throw .signature }
    }

    /// The registered algorithm and no other (RFC 8725 §3.1).
    ///
    /// Which one that is, is told only to whoever signed with the key, if by the wrong algorithm.
    private func checkSignature(of assertion: UnverifiedAssertion, by key: ClientKey) throws(Refusal) {
        let used = assertion.algorithm
        guard used.fits(key.publicKey.kind) else { throw .headerAlgorithm(received: used.rawValue, expected: []) }
        guard verify(assertion.jws, key.publicKey, used) else { throw .signature }
        guard used == key.algorithm else {
            throw .headerAlgorithm(received: used.rawValue, expected: [key.algorithm.rawValue])
        }
    }

    /// A key registered with `x5c` is bound to that certificate, which must hold each time, revocation included (DESIGN §2.2).
    private func checkCertificate(of key: ClientKey, from client: Client, at now: Timestamp) throws(Refusal) {
        if key.isCertificateBlocked, let thumbprint = key.certificateThumbprint {
            throw .certificate(.blocked(thumbprint: thumbprint))
        }
        guard !key.certificateChain.isEmpty else { return }
        _ = try enterpriseCertificate(key.certificateChain, from: client, at: now)
    }

    /// The certificate of the organisation that holds the client.
    private func enterpriseCertificate(
        _ chain: [[UInt8]],
        from client: Client,
        at now: Timestamp
    ) throws(Refusal) -> EnterpriseCertificate {
        let certificate: EnterpriseCertificate
        do { certificate = try certificates.validate(chain, at: now) } catch { throw .certificate(error) }
        try checkHolder(of: certificate, is: client)
        return certificate
    }

    private func checkHolder(of certificate: EnterpriseCertificate, is client: Client) throws(Refusal) {
        guard certificate.organisation == client.holder else {
            throw .certificateOrganisation(certificate: certificate.organisation)
        }
    }
}

/// A client that has proved who it is, apart from any grant.
struct AuthenticatedClient: Sendable {
    /// The client as it is in the store at this moment.
    let client: Client
    /// The claims that use up its assertion; none where a certificate proved it.
    let claims: [ReplayClaim]
}

extension ReplayClaim {
    /// The claim that uses up an assertion of that client.
    init(_ assertion: UnverifiedAssertion, of client: ClientID) {
        self.init(
            client: client,
            key: assertion.replayKey,
            issued: assertion.unverifiedClaims.issuedAt,
            expires: assertion.unverifiedClaims.expires
        )
    }
}
