import AuditLedger
import EnterpriseCertificates
import JOSE
import Scopes
import Vocabulary

// Grants of European organisations, which no client is registered for (spec §8.7).

extension ClientAuthenticator {
    /// A grant that an electronic seal signs; nil where it is none, and the client is simply unknown.
    ///
    /// It is looked for only where `iss` names no client, the chain leads by its names to an anchor of seals, and every scope
    /// is open to European organisations: nobody else can make the server verify a signature by it.
    ///
    /// - Throws: `RefusedRequest`, or what the registry throws.
    func sealed(_ grant: UnverifiedGrant, at now: Timestamp) async throws -> AuthenticatedGrant? {
        guard let seals, case .assertion(let assertion) = grant.proof, assertion.kind == .grant,
            grant.companion == nil, case .certificates(let chain) = assertion.credential, seals.recognises(chain)
        else { return nil }
        let facts = try await registry.facts(for: FactsQuery(client: grant.claimedClient, scopes: grant.scopes))
        guard facts.client == nil, facts.scopes.allSatisfy({ $0.scope?.isOpenToSeals == true }) else { return nil }
        let first = Result { () throws(RefusedRequest) in
            try prove(grant, by: assertion, with: chain, of: seals, at: now)
        }
        if case .failure(let refused) = first, refused.refusal.awaitsRevocation {
            await seals.settle(chain, at: now)
            return try prove(grant, by: assertion, with: chain, of: seals, at: now)
        }
        return try first.get()
    }

    private func prove(
        _ grant: UnverifiedGrant,
        by assertion: UnverifiedAssertion,
        with chain: [[UInt8]],
        of seals: ElectronicSealValidator,
        at now: Timestamp
    ) throws(RefusedRequest) -> AuthenticatedGrant {
        let seal: ElectronicSeal
        do { seal = try self.seal(of: assertion, with: chain, under: seals, at: now) } catch {
            throw RefusedRequest(error, claimedClient: grant.claimedClient)
        }
        do { try Self.checkActsForItself(grant) } catch {
            throw RefusedRequest(error, claimedClient: grant.claimedClient)
        }
        // SHA-256 in hexadecimal is a well-formed identifier, and no client's: those are UUIDs or were chosen by an operator.
        guard let identity = try? ClientID(parsing: seal.thumbprintHexadecimal) else {
            throw RefusedRequest(.clientUnknown(grant.claimedClient.rawValue), claimedClient: grant.claimedClient)
        }
        do { try admission.admit(identity) } catch {
            throw RefusedRequest(error, isAuthenticated: true, claimedClient: identity)
        }
        return AuthenticatedGrant(
            requester: .european(identity),
            credential: .seal(seal),
            isClientCredentials: false,
            scopes: grant.scopes,
            resource: grant.resource,
            pid: nil,
            actingFor: .owner,
            detail: nil,
            claims: [ReplayClaim(assertion, of: identity)],
            certificates: [seal.thumbprintHexadecimal],
            tokenID: tokenIDs.next(),
            isAddressedToEndpoint: false,
            confirmation: grant.clientCertificate.map { Confirmation(certificateThumbprint: $0.thumbprint) }
        )
    }

    /// The seal that signed an assertion, once its chain, the signature, audience and times hold (RFC 7523 §3).
    private func seal(
        of assertion: UnverifiedAssertion,
        with chain: [[UInt8]],
        under seals: ElectronicSealValidator,
        at now: Timestamp
    ) throws(Refusal) -> ElectronicSeal {
        // Seals are public: whoever shows one that is not his costs one check, and nobody is asked about it.
        let key = EnterpriseCertificateValidator.unprovenKey(of: chain)
        if let key { try checkSignature(of: assertion, by: key) }
        let seal: ElectronicSeal
        do { seal = try seals.validate(chain, at: now) } catch { throw .certificate(error) }
        if key == nil { try checkSignature(of: assertion, by: seal.publicKey) }
        try rules.checkAudience(assertion.unverifiedClaims.audience, of: .grant, from: nil)
        try rules.checkTimes(of: assertion.unverifiedClaims, at: now)
        return seal
    }

    /// A seal proves its holder and nobody else: it acts for no Norwegian organisation, person or system user.
    private static func checkActsForItself(_ grant: UnverifiedGrant) throws(Refusal) {
        switch grant.actingFor {
        case .owner: break
        case .consumer: throw .claim("consumer_org", fault: .forbidden)
        case .onBehalfOf: throw .claim("iss_onbehalfof", fault: .forbidden)
        }
        guard grant.pid == nil else { throw .claim("pid", fault: .forbidden) }
        guard grant.detail == nil else { throw .claim("authorization_details", fault: .forbidden) }
    }
}

extension Scope {
    /// Whether holders of European e-seals get tokens with it; rights of administration are never theirs.
    var isOpenToSeals: Bool {
        supportsEuropeanBusinesses
            && !["idporten", "altinn", "krr", "portvakt"].contains(name.prefix.rawValue)
    }
}

extension IssuancePolicy {
    /// Decides on the grant of a European organisation: the scope's flag is all the access there is (spec §8.7).
    func decide(
        _ grant: AuthenticatedGrant,
        sealedBy seal: ElectronicSeal,
        given facts: IssuanceFacts,
        at now: Timestamp
    ) throws(Refusal) -> AccessTokenClaims {
        try checkNotBlocked(given: facts)
        guard now <= seal.notAfter else { throw .certificate(.expired(notAfter: seal.notAfter)) }
        var scopes: [Scope] = []
        for found in facts.scopes {
            // A flag may have gone since the seal was let in by it.
            guard let scope = found.scope, scope.isOpenToSeals else { throw .sealScope(found.name, .closed) }
            guard scope.isActive(at: now) else { throw .sealScope(found.name, .inactive) }
            // Nobody has accepted terms for a party that no grant of access names.
            guard scope.requiredTermsVersion == nil else { throw .sealScope(found.name, .terms) }
            scopes.append(scope)
        }
        try checkPerson(isNamed: false, against: scopes)
        try checkClientCertificate(grant.confirmation, for: scopes, client: nil)
        try checkPossession(grant.confirmation, for: scopes, client: nil)
        guard let client = try? ClientID(parsing: "eidas-\(seal.serialNumber)") else {
            throw .certificate(.malformed("its serial number is too long"))
        }
        let headerType = try single(scopes, demand: "typ") { $0.headerType }?.rawValue ?? "JWT"
        return AccessTokenClaims(
            issuer: issuer,
            client: client,
            clientAMR: clientAMR(of: grant.credential),
            consumer: .european(seal.legalPerson),
            supplier: nil,
            delegationSource: nil,
            delegations: [],
            scopes: grant.scopes,
            issuedAt: now,
            expires: now + lifetime(of: nil, with: scopes),
            tokenID: grant.tokenID,
            audience: try audience(of: grant.resource, for: scopes, headerType: headerType),
            pid: nil,
            person: nil,
            detail: nil,
            confirmation: grant.confirmation,
            headerType: headerType,
            algorithm: try algorithm(for: scopes),
            consumerPrefixes: [],
            isConsumerDistressed: false,
            // Their status could not be looked at again: nothing is registered that could be withdrawn but the scope.
            hasStatus: false
        )
    }
}
