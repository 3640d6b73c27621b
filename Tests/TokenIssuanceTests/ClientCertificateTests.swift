import AuditLedger
import Clients
import EnterpriseCertificates
import JOSE
import LibCrypto
import Scopes
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)
private let audience = "https://as.example.no/"

/// Norwegian and European authorities, a client of one organisation, a scope that is open to Europe and one that is not.
private struct World {
    static let authority = Result { try CertificateAuthority(.buypass, keys: .small, at: now) }
    static let european = Result { try CertificateAuthority(.european, keys: .small, at: now) }

    let facts = InMemoryFacts()
    let owner: OrganisationNumber
    var client: Client
    let authenticator: ClientAuthenticator
    let open: ScopeName
    let closed: ScopeName

    init() throws {
        owner = try #require(OrganisationNumber(stem: 31_000_000))
        open = try ScopeName(parsing: "demo:customs")
        closed = try ScopeName(parsing: "demo:a")
        client = Client(
            id: try ClientID(parsing: "client-1"),
            owner: owner,
            name: "Client",
            scopes: [],
            created: now - 1
        )
        authenticator = ClientAuthenticator(
            registry: facts,
            certificates: try EnterpriseCertificateValidator(
                trust: Self.trust(try Self.authority.get(), try #require(BundledTrust.profile(for: .test))),
                revocation: .off
            ),
            seals: try ElectronicSealValidator(
                trust: Self.trust(try Self.european.get(), try #require(BundledTrust.sealFiles(for: .test).first)),
                revocation: .off
            ),
            rules: GrantRules(issuer: try Issuer(parsing: audience), acceptsSyntheticPersons: true),
            tokenIDs: CountingTokenIDs()
        )
        facts.put(client)
        var scope = Scope(name: open, owner: owner, description: "Customs", created: now, origin: "cli")
        scope.supportsEuropeanBusinesses = true
        facts.put(scope)
        facts.put(Scope(name: closed, owner: owner, description: "A", created: now, origin: "cli"))
    }

    static func trust(_ authority: CertificateAuthority, _ profile: TrustStore.File) throws -> TrustStore {
        try TrustStore(files: [
            TrustStore.File(name: "root.pem", contents: Array(authority.root.pem.utf8)),
            TrustStore.File(name: "issuing.pem", contents: Array(authority.issuing.pem.utf8)),
            profile,
        ])
    }

    func enterprise(_ change: (inout EnterpriseCertificateRequest) -> Void = { _ in }) throws -> IssuedCertificate {
        var request = EnterpriseCertificateRequest(organisation: owner, name: "FISK AS", key: TestKeys.rsa)
        change(&request)
        return try Self.authority.get().issue(request)
    }

    func seal(_ change: (inout EnterpriseCertificateRequest) -> Void = { _ in }) throws -> IssuedCertificate {
        var request = EnterpriseCertificateRequest(
            identifier: "NTRSE-5560000001",
            name: "Svensk Handel AB",
            key: TestKeys.rsa
        )
        change(&request)
        return try Self.european.get().issue(request)
    }

    func authenticate(_ form: String, showing chain: [[UInt8]]?) async throws -> AuthenticatedGrant {
        let form = try TokenForm(parsing: Array(form.utf8), mediaType: "application/x-www-form-urlencoded")
        let certificate = chain.flatMap(ClientCertificate.init(chain:))
        return try await authenticator.authenticate(UnverifiedGrant(parsing: form, with: certificate), at: now)
    }

    func byCertificate(_ chain: [[UInt8]]?, client: String = "client-1") async throws -> AuthenticatedGrant {
        try await authenticate("grant_type=client_credentials&client_id=\(client)&scope=demo:a", showing: chain)
    }

    func sealed(
        _ chain: [[UInt8]],
        scope: String? = nil,
        by key: PrivateKey = TestKeys.rsa,
        _ change: (inout AssertionMint) -> Void = { _ in }
    ) async throws -> AuthenticatedGrant {
        var mint = AssertionMint(client: "ours", audience: audience, scope: scope ?? "\(open)", at: now, kid: "k")
        mint.header["kid"] = JSONValue?.none
        mint.header["x5c"] = .array(chain.map { .string(Base64.encode($0)) })
        change(&mint)
        let assertion = try mint.signed(by: key)
        return try await authenticate(
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(assertion)",
            showing: nil
        )
    }
}

private func refusal(_ body: () async throws -> AuthenticatedGrant) async throws -> RefusedRequest? {
    do {
        _ = try await body()
        return nil
    } catch let refused as RefusedRequest {
        return refused
    }
}

@Suite("RFC 8705 §2.1: tls_client_auth")
struct TLSClientAuthenticationTests {
    @Test func `proves the client by the certificate at the connection, binds to it and uses nothing up`() async throws
    {
        let world = try World()
        let certificate = try world.enterprise()
        let grant = try await world.byCertificate([certificate.der])
        #expect(grant.client == world.client)
        #expect(grant.claims.isEmpty)
        #expect(grant.isClientCredentials)
        let thumbprint = Base64URL.encode(HashFunction.sha256.digest(certificate.der))
        #expect(grant.confirmation == Confirmation(certificateThumbprint: thumbprint))
        guard case .certificate(let proven) = grant.credential else {
            Issue.record("not proven by certificate")
            return
        }
        #expect(proven.organisation == world.owner)
    }

    @Test func `refuses without a certificate, as 401 invalid_client`() async throws {
        let world = try World()
        let refused = try #require(try await refusal { try await world.byCertificate(nil) })
        #expect(refused.refusal == .clientCertificateMissing)
        #expect(refused.status == 401)
        #expect(refused.oauthError == .invalidClient)
    }

    @Test func `refuses what is expired, untrusted, of another organisation or nobody's, and a client with keys`()
        async throws
    {
        var world = try World()
        let expired = try world.enterprise {
            $0.notBefore = now - 100
            $0.notAfter = now - 1
        }
        var refused = try await refusal { try await world.byCertificate([expired.der]) }
        #expect(refused?.refusal == .certificate(.expired(notAfter: now - 1)))
        #expect(refused?.status == 401)
        let other = try #require(OrganisationNumber(stem: 31_000_005))
        let foreign = try world.enterprise {
            $0.organisation = other
            $0.name = "ANNEN AS"
        }
        refused = try await refusal { try await world.byCertificate([foreign.der]) }
        #expect(refused?.refusal == .certificateOrganisation(certificate: other))
        let stranger = try CertificateAuthority(.buypass, keys: .small, at: now).issue(
            EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        )
        refused = try await refusal { try await world.byCertificate([stranger.der]) }
        #expect(refused?.refusal.reason == "certificate_untrusted")
        refused = try await refusal { try await world.byCertificate([try world.enterprise().der], client: "nobody") }
        #expect(refused?.refusal == .clientUnknown("nobody"))
        #expect(refused?.status == 401)
        // A seal proves no client of ours, whatever its identifier says.
        let seal = try world.seal { $0.organisationIdentifiers = ["NTRNO-\(world.owner)"] }
        refused = try await refusal { try await world.byCertificate(seal.chain) }
        #expect(refused?.refusal.reason == "certificate_untrusted")
        world.client.authentication = .registeredKey
        world.facts.put(world.client)
        refused = try await refusal { try await world.byCertificate([try world.enterprise().der]) }
        #expect(refused?.refusal == .keyRequired)
    }

    @Test func `beside a signed grant any certificate binds, and proves nobody`() async throws {
        let world = try World()
        let enterprise = try world.enterprise()
        var mint = AssertionMint(client: "client-1", audience: audience, scope: "demo:a", at: now, kid: "k")
        mint.header["kid"] = JSONValue?.none
        mint.header["x5c"] = .array(enterprise.chain.map { .string(Base64.encode($0)) })
        let form =
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion="
            + (try mint.signed(by: TestKeys.rsa))
        let shown = try world.enterprise { $0.isSelfSigned = true }
        let grant = try await world.authenticate(form, showing: [shown.der])
        let thumbprint = Base64URL.encode(HashFunction.sha256.digest(shown.der))
        #expect(grant.confirmation?.certificateThumbprint == thumbprint)
        #expect(try await world.authenticate(form, showing: nil).confirmation == nil)
    }

    @Test func `§3.4: a client that is registered for binding gets nothing without a certificate`() throws {
        var client = try World().client
        let policy = IssuancePolicy(issuer: try Issuer(parsing: audience), administrationAudience: "https://admin/")
        try policy.checkClientCertificate(nil, for: [], client: client)
        client.requiresClientCertificate = true
        let shown = Confirmation(certificateThumbprint: "x")
        try policy.checkClientCertificate(shown, for: [], client: client)
        for confirmation in [nil, Confirmation(keyThumbprint: "x")] {
            let refusal = #expect(throws: Refusal.self) {
                try policy.checkClientCertificate(confirmation, for: [], client: client)
            }
            #expect(refusal?.reason == "client_certificate_required")
        }
    }

    @Test func `client_credentials without assertion wants client_id`() throws {
        #expect(throws: Refusal.formParameterMissing("client_assertion_type")) {
            try TokenForm(
                parsing: Array("grant_type=client_credentials&scope=demo:a".utf8),
                mediaType: "application/x-www-form-urlencoded"
            )
        }
    }
}

@Suite("Spec §8.7: grants that an electronic seal signs")
struct SealedGrantTests {
    @Test func `is known by the SHA-256 of its certificate, whatever iss says`() async throws {
        let world = try World()
        let seal = try world.seal()
        for chain in [seal.chain, [seal.der]] {
            let grant = try await world.sealed(chain)
            let identity = HashFunction.sha256.digest(seal.der).map {
                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }
            .joined()
            #expect(grant.requester.id.rawValue == identity)
            #expect(grant.client == nil)
            #expect(grant.claims.count == 1)
            guard case .seal(let proven) = grant.credential else {
                Issue.record("not proven by seal")
                return
            }
            #expect(proven.isQualified)
            #expect(proven.legalPerson.identifier == "NTRSE-5560000001")
        }
    }

    @Test func `stays MP-100 for a known iss, a closed scope, one closed among open, foreign anchors and a kid`()
        async throws
    {
        let world = try World()
        let seal = try world.seal()
        func reason(_ body: () async throws -> AuthenticatedGrant) async throws -> String? {
            try await refusal(body)?.refusal.reason
        }
        #expect(try await reason { try await world.sealed(seal.chain, scope: "demo:a") } == "client_unknown")
        #expect(
            try await reason { try await world.sealed(seal.chain, scope: "demo:customs demo:a") } == "client_unknown"
        )
        #expect(try await reason { try await world.sealed(seal.chain, scope: "demo:none") } == "client_unknown")
        #expect(try await reason { try await world.sealed(try world.enterprise().chain) } == "client_unknown")
        let kid: (inout AssertionMint) -> Void = {
            $0.header["x5c"] = JSONValue?.none
            $0.header["kid"] = "key"
        }
        #expect(try await reason { try await world.sealed(seal.chain, kid) } == "client_unknown")
        // A client of ours does not become a stranger by a foreign certificate.
        #expect(
            try await reason { try await world.sealed(seal.chain) { $0.claims["iss"] = "client-1" } }
                == "certificate_untrusted"
        )
    }

    @Test func `refuses another's signature, an expired seal, an impostor, a bad subject and acting for others`()
        async throws
    {
        let world = try World()
        let seal = try world.seal()
        func reason(_ body: () async throws -> AuthenticatedGrant) async throws -> String? {
            try await refusal(body)?.refusal.reason
        }
        #expect(try await reason { try await world.sealed(seal.chain, by: TestKeys.otherRSA) } == "signature_invalid")
        let expired = try world.seal {
            $0.notBefore = now - 100
            $0.notAfter = now - 1
        }
        #expect(try await reason { try await world.sealed(expired.chain) } == "certificate_expired")
        let impostor = try CertificateAuthority(.european, keys: .small, at: now).issue(
            EnterpriseCertificateRequest(identifier: "NTRSE-5560000001", name: "Svensk Handel AB", key: TestKeys.rsa)
        )
        #expect(try await reason { try await world.sealed(impostor.chain) } == "certificate_untrusted")
        let encrypting = try world.seal { $0.keyUsage = [.keyEncipherment] }
        #expect(try await reason { try await world.sealed(encrypting.chain) } == "certificate_key_usage")
        let twice = try world.seal { $0.seal?.countries = ["SE", "DK"] }
        #expect(try await reason { try await world.sealed(twice.chain) } == "certificate_subject")
        let none = try world.seal { $0.organisationIdentifiers = [] }
        #expect(try await reason { try await world.sealed(none.chain) } == "certificate_subject")
        let odd = try world.seal { $0.organisationIdentifiers = ["556000-0001"] }
        #expect(try await reason { try await world.sealed(odd.chain) } == "certificate_subject")
        for (claim, value) in [("consumer_org", "991825827"), ("iss_onbehalfof", "customer")] {
            #expect(
                try await reason { try await world.sealed(seal.chain) { $0.claims[claim] = .string(value) } }
                    == "claim_forbidden"
            )
        }
        #expect(
            try await reason { try await world.sealed(seal.chain) { $0.claims["aud"] = "https://elsewhere.example/" } }
                == "audience_wrong"
        )
    }

    @Test func `gives a token of the European consumer, unchanged identifier and what the certificate says`()
        async throws
    {
        let world = try World()
        let policy = IssuancePolicy(issuer: try Issuer(parsing: audience), administrationAudience: "https://admin/")
        let seal = try world.seal { $0.seal?.units = ["Logistik"] }
        let grant = try await world.sealed(seal.chain)
        let claims = try policy.decide(grant, given: world.facts.facts(for: grant.query), at: now)
        let serial = try Certificate(der: seal.der).serialNumber.hexadecimal
        #expect(claims.client.rawValue == "eidas-\(serial)")
        #expect(claims.clientAMR.rawValue == "QCForESeal")
        let consumer = try #require(claims.payload()["consumer"]?.object)
        #expect(
            consumer == [
                "authority": "etsi-en-319-412", "ID": "NTRSE-5560000001", "commonName": "Svensk Handel AB",
                "organizationName": "Svensk Handel AB", "organizationalUnitName": "Logistik", "countryName": "SE",
            ]
        )
        let plain = try await world.sealed(try world.seal { $0.seal?.isQualified = false }.chain)
        #expect(
            try policy.decide(plain, given: world.facts.facts(for: plain.query), at: now).clientAMR.rawValue
                == "CForESeal"
        )
    }

    @Test func `the decision looks at the flag, the state, the terms and the demands of the scope again`() async throws
    {
        let world = try World()
        let policy = IssuancePolicy(issuer: try Issuer(parsing: audience), administrationAudience: "https://admin/")
        let grant = try await world.sealed(try world.seal().chain)
        func reason(_ change: (inout Scope) -> Void) throws -> String? {
            var scope = Scope(name: world.open, owner: world.owner, description: "Customs", created: now, origin: "cli")
            scope.supportsEuropeanBusinesses = true
            change(&scope)
            world.facts.put(scope)
            do {
                _ = try policy.decide(grant, given: world.facts.facts(for: grant.query), at: now)
                return nil
            } catch { return error.reason }
        }
        #expect(try reason { _ in } == nil)
        #expect(try reason { $0.supportsEuropeanBusinesses = false } == "scope_not_for_seals")
        #expect(try reason { $0.isActive = false } == "scope_inactive")
        #expect(try reason { $0.requiredTermsVersion = "1" } == "access_terms")
        #expect(try reason { $0.requiresClientCertificate = true } == "client_certificate_required")
        #expect(try reason { $0.requiresDPoP = true } == "dpop_required")
        #expect(try reason { $0.pid = .required } == "pid_required")
    }
}
