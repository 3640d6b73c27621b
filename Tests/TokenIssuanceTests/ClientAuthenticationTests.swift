import AuditLedger
import Clients
import EnterpriseCertificates
import JOSE
import LibCrypto
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)
private let audience = "https://as.example.no/"

/// A CA pair made once, trusted by a validator, and a client of one organisation.
private struct World {
    static let authority = Result { try CertificateAuthority(.buypass, keys: .small, at: now) }

    let facts = InMemoryFacts()
    let owner: OrganisationNumber
    var client: Client
    let authenticator: ClientAuthenticator

    init() throws {
        owner = try #require(OrganisationNumber(stem: 31_000_000))
        client = Client(
            id: try ClientID(parsing: "client-1"),
            owner: owner,
            name: "Client",
            scopes: [],
            created: now - 1
        )
        authenticator = try Self.authenticator(with: facts)
        facts.put(client)
    }

    static func authenticator(with registry: any FactsRegistry) throws -> ClientAuthenticator {
        let authority = try authority.get()
        var files = [
            TrustStore.File(name: "root.pem", contents: Array(authority.root.pem.utf8)),
            TrustStore.File(name: "issuing.pem", contents: Array(authority.issuing.pem.utf8)),
        ]
        files.append(try #require(BundledTrust.profile(for: .test)))
        let trust = try TrustStore(files: files)
        return ClientAuthenticator(
            registry: registry,
            certificates: try EnterpriseCertificateValidator(trust: trust, revocation: .off),
            rules: GrantRules(issuer: try Issuer(parsing: audience), acceptsSyntheticPersons: true),
            tokenIDs: CountingTokenIDs()
        )
    }

    /// Registers the RSA key on the client, from now on its only way.
    mutating func registerKey(algorithm: JWSAlgorithm = .rs256, expires: Timestamp = now + 1_000) throws {
        client.keys = [
            ClientKey(
                id: try KeyID(parsing: "key-1"),
                algorithm: algorithm,
                publicKey: TestKeys.rsa.publicKey,
                thumbprint: "thumb",
                created: now - 1,
                expires: expires
            )
        ]
        client.authentication = .registeredKey
        facts.put(client)
    }

    func grant(_ change: (inout AssertionMint) -> Void = { _ in }) -> AssertionMint {
        var mint = AssertionMint(client: "client-1", audience: audience, scope: "demo:a", at: now, kid: "key-1")
        change(&mint)
        return mint
    }

    func certificateGrant(_ certificate: IssuedCertificate, chain: [[UInt8]]? = nil) -> AssertionMint {
        grant {
            $0.header["kid"] = JSONValue?.none
            $0.header["x5c"] = .array((chain ?? certificate.chain).map { .string(Base64.encode($0)) })
        }
    }

    func authenticate(_ mint: AssertionMint, by key: PrivateKey) async throws -> AuthenticatedGrant {
        try await authenticate(mint.signed(by: key))
    }

    func authenticate(_ assertion: String) async throws -> AuthenticatedGrant {
        let body = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(assertion)"
        let form = try TokenForm(parsing: Array(body.utf8), mediaType: "application/x-www-form-urlencoded")
        return try await authenticator.authenticate(UnverifiedGrant(parsing: form), at: now)
    }

    func refusal(_ mint: AssertionMint, by key: PrivateKey) async throws -> Refusal? {
        do {
            _ = try await authenticate(mint, by: key)
            return nil
        } catch let refused as RefusedRequest {
            return refused.refusal
        }
    }
}

@Suite("RFC 7523 §3: who the client is, by a registered key")
struct RegisteredKeyTests {
    @Test func `proves the client`() async throws {
        var world = try World()
        try world.registerKey()
        let grant = try await world.authenticate(world.grant(), by: TestKeys.rsa)
        #expect(grant.client == world.client)
        #expect(grant.tokenID == TokenID("token-1"))
        #expect(grant.claims.map(\.expires) == [now + 90])
    }

    @Test func `refuses an unknown client, key, algorithm, signature and an expired key`() async throws {
        var world = try World()
        try world.registerKey()
        let key = try KeyID(parsing: "key-1")
        #expect(
            try await world.refusal(world.grant { $0.claims["iss"] = "nobody" }, by: TestKeys.rsa)
                == .clientUnknown("nobody")
        )
        #expect(
            try await world.refusal(world.grant { $0.header["kid"] = "key-2" }, by: TestKeys.rsa)
                == .keyUnknown(try KeyID(parsing: "key-2"))
        )
        #expect(
            try await world.refusal(world.grant { $0.header["alg"] = "PS256" }, by: TestKeys.rsa)
                == .headerAlgorithm(received: "PS256", expected: ["RS256"])
        )
        #expect(
            try await world.refusal(world.grant { $0.header["alg"] = "ES256" }, by: TestKeys.p256)
                == .headerAlgorithm(received: "ES256", expected: [])
        )
        #expect(try await world.refusal(world.grant(), by: TestKeys.otherRSA) == .signature)
        try world.registerKey(expires: now)
        #expect(try await world.refusal(world.grant(), by: TestKeys.rsa) == .keyExpired(key, expired: now))
        // Neither the end of a key nor its algorithm is told to whoever does not hold it.
        #expect(try await world.refusal(world.grant(), by: TestKeys.otherRSA) == .signature)
        #expect(
            try await world.refusal(world.grant { $0.header["alg"] = "RS512" }, by: TestKeys.otherRSA) == .signature
        )
        try world.registerKey(expires: now + 1)
        #expect(try await world.refusal(world.grant(), by: TestKeys.rsa) == nil)
    }

    @Test func `refuses x5c of a client with keys, also when all are gone, and a kid of one without`() async throws {
        var world = try World()
        let certificate = try World.authority.get().issue(
            EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        )
        #expect(
            try await world.refusal(world.grant(), by: TestKeys.rsa)
                == .keyNotRegistered(try KeyID(parsing: "key-1"))
        )
        try world.registerKey()
        #expect(try await world.refusal(world.certificateGrant(certificate), by: TestKeys.rsa) == .keyRequired)
        world.client.keys = []
        world.facts.put(world.client)
        #expect(try await world.refusal(world.certificateGrant(certificate), by: TestKeys.rsa) == .keyRequired)
    }

    @Test func `a key registered with a certificate stands or falls with it`() async throws {
        var world = try World()
        try world.registerKey()
        let authority = try World.authority.get()
        func bind(_ request: EnterpriseCertificateRequest) throws {
            let issued = try authority.issue(request)
            world.client.keys = world.client.keys.map { key in
                ClientKey(
                    id: key.id,
                    algorithm: key.algorithm,
                    publicKey: key.publicKey,
                    thumbprint: key.thumbprint,
                    certificateChain: issued.chain,
                    created: key.created,
                    expires: key.expires
                )
            }
            world.facts.put(world.client)
        }
        try bind(EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa))
        #expect(try await world.refusal(world.grant(), by: TestKeys.rsa) == nil)
        var expired = EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        expired.notBefore = now - 100
        expired.notAfter = now - 1
        try bind(expired)
        #expect(
            try await world.refusal(world.grant(), by: TestKeys.rsa)
                == .certificate(.expired(notAfter: now - 1))
        )
        let other = try #require(OrganisationNumber(stem: 31_000_005))
        try bind(EnterpriseCertificateRequest(organisation: other, name: "ANNEN AS", key: TestKeys.rsa))
        #expect(
            try await world.refusal(world.grant(), by: TestKeys.rsa) == .certificateOrganisation(certificate: other)
        )
    }

    @Test func `refuses each changed byte of the payload`() async throws {
        var world = try World()
        try world.registerKey()
        let assertion = try world.grant().signed(by: TestKeys.rsa)
        let parts = assertion.split(separator: ".")
        let other = try world.grant { $0.claims["scope"] = "demo:b" }.signed(by: TestKeys.rsa).split(separator: ".")
        await #expect(throws: RefusedRequest(.signature, claimedClient: world.client.id)) {
            try await world.authenticate("\(parts[0]).\(other[1]).\(parts[2])")
        }
    }

    @Test func `never takes a no on stale facts`() async throws {
        var world = try World()
        try world.registerKey()
        let stale = StaleFacts(fresh: world.facts)
        let authenticator = try World.authenticator(with: stale)
        let body = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion="
        let assertion = try world.grant().signed(by: TestKeys.rsa)
        let form = try TokenForm(
            parsing: Array((body + assertion).utf8),
            mediaType: "application/x-www-form-urlencoded"
        )
        let grant = try await authenticator.authenticate(UnverifiedGrant(parsing: form), at: now)
        #expect(grant.client == world.client)
    }
}

/// A cache that has never heard of any client.
private struct StaleFacts: FactsRegistry {
    let fresh: InMemoryFacts

    func client(_ id: ClientID) async throws -> Client? { nil }
    func currentClient(_ id: ClientID) async throws -> Client? { try await fresh.currentClient(id) }
    func isBlocked(certificate thumbprint: String) async throws -> Bool {
        try await fresh.isBlocked(certificate: thumbprint)
    }
    func facts(for query: FactsQuery) async throws -> IssuanceFacts { fresh.facts(for: query) }
}

@Suite("DESIGN §6: who the client is, by an enterprise certificate")
struct CertificateAuthenticationTests {
    @Test func `proves the client by leaf alone and by chain`() async throws {
        let world = try World()
        let certificate = try World.authority.get().issue(
            EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        )
        for chain in [certificate.chain, [certificate.der]] {
            let grant = try await world.authenticate(
                world.certificateGrant(certificate, chain: chain),
                by: TestKeys.rsa
            )
            guard case .certificate(let proven) = grant.credential else {
                Issue.record("not proven by certificate")
                return
            }
            #expect(proven.organisation == world.owner)
        }
    }

    @Test func `a client that a supplier registered authenticates as the supplier, and not as its owner`() async throws
    {
        var world = try World()
        let authority = try World.authority.get()
        let supplier = try #require(OrganisationNumber(stem: 31_000_005))
        world.client.supplier = supplier
        world.facts.put(world.client)
        let suppliers = try authority.issue(
            EnterpriseCertificateRequest(organisation: supplier, name: "LEVERANDOR AS", key: TestKeys.rsa)
        )
        #expect(try await world.refusal(world.certificateGrant(suppliers), by: TestKeys.rsa) == nil)
        let owners = try authority.issue(
            EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        )
        #expect(
            try await world.refusal(world.certificateGrant(owners), by: TestKeys.rsa)
                == .certificateOrganisation(certificate: world.owner)
        )
    }

    @Test func `refuses a certificate of another organisation, one that did not sign, and an expired one`() async throws
    {
        let world = try World()
        let authority = try World.authority.get()
        let other = try #require(OrganisationNumber(stem: 31_000_005))
        let foreign = try authority.issue(
            EnterpriseCertificateRequest(organisation: other, name: "ANNEN AS", key: TestKeys.rsa)
        )
        #expect(
            try await world.refusal(world.certificateGrant(foreign), by: TestKeys.rsa)
                == .certificateOrganisation(certificate: other)
        )
        let own = try authority.issue(
            EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        )
        #expect(try await world.refusal(world.certificateGrant(own), by: TestKeys.otherRSA) == .signature)
        var request = EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        request.notBefore = now - 100
        request.notAfter = now - 1
        let expired = try authority.issue(request)
        #expect(
            try await world.refusal(world.certificateGrant(expired), by: TestKeys.rsa)
                == .certificate(.expired(notAfter: now - 1))
        )
    }

    @Test func `refuses an algorithm that does not fit the certificate's key`() async throws {
        let world = try World()
        let certificate = try World.authority.get().issue(
            EnterpriseCertificateRequest(organisation: world.owner, name: "FISK AS", key: TestKeys.rsa)
        )
        var mint = world.certificateGrant(certificate)
        mint.header["alg"] = "ES256"
        let expected = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
        #expect(
            try await world.refusal(mint, by: TestKeys.p256) == .headerAlgorithm(received: "ES256", expected: expected)
        )
        mint.header["alg"] = "PS384"
        #expect(try await world.refusal(mint, by: TestKeys.rsa) == nil)
    }
}

@Suite("RFC 7523 §2.2: a client assertion")
struct ClientAssertionTests {
    private func authenticate(_ world: World, _ body: String) async throws -> AuthenticatedGrant {
        let type = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        let form = try TokenForm(
            parsing: Array("\(type)&\(body)".utf8),
            mediaType: "application/x-www-form-urlencoded"
        )
        return try await world.authenticator.authenticate(UnverifiedGrant(parsing: form), at: now)
    }

    private func clientAssertion(_ change: (inout AssertionMint) -> Void = { _ in }) throws -> String {
        var mint = AssertionMint(client: "client-1", audience: audience, scope: nil, at: now, jti: "ca", kid: "key-1")
        mint.claims["sub"] = "client-1"
        change(&mint)
        return try mint.signed(by: TestKeys.rsa)
    }

    @Test func `authenticates client credentials`() async throws {
        var world = try World()
        try world.registerKey()
        let body = "grant_type=client_credentials&scope=demo:a&client_assertion=\(try clientAssertion())"
        let grant = try await authenticate(world, body)
        #expect(grant.scopes.map(\.rawValue) == ["demo:a"])
        #expect(grant.isClientCredentials)
    }

    @Test func `faults of the client assertion are invalid_client, others keep their status`() async throws {
        var world = try World()
        try world.registerKey()
        let wrong = try clientAssertion { $0.claims["aud"] = "https://as.example.no/token" }
        await #expect(
            throws: RefusedRequest(
                .audience(received: ["https://as.example.no/token"], expected: audience),
                isClientAuthentication: true,
                claimedClient: world.client.id
            )
        ) {
            try await authenticate(world, "grant_type=client_credentials&scope=demo:a&client_assertion=\(wrong)")
        }
        let right = try clientAssertion()
        await #expect(throws: RefusedRequest(.mismatch("client_id"), claimedClient: world.client.id)) {
            try await authenticate(
                world,
                "grant_type=client_credentials&client_id=x&scope=demo:a&client_assertion=\(right)"
            )
        }
    }

    @Test func `a client assertion beside a grant is verified too, and both are used up`() async throws {
        var world = try World()
        try world.registerKey()
        let assertion = try world.grant { $0.claims["jti"] = "grant" }.signed(by: TestKeys.rsa)
        let start = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(assertion)&client_assertion="
        let grant = try await authenticate(world, start + clientAssertion())
        #expect(Set(grant.claims.map(\.key)).count == 2)
        let stranger = try clientAssertion {
            $0.claims["iss"] = "other"
            $0.claims["sub"] = "other"
        }
        await #expect(throws: RefusedRequest(.mismatch("client_assertion"), claimedClient: world.client.id)) {
            try await authenticate(world, start + stranger)
        }
        await #expect(throws: RefusedRequest.self) { try await authenticate(world, start + assertion) }
    }

    @Test func `a grant is no client assertion, nor the other way round`() async throws {
        var world = try World()
        try world.registerKey()
        let grant = try world.grant().signed(by: TestKeys.rsa)
        await #expect(throws: RefusedRequest(.claim("scope", fault: .forbidden), isClientAuthentication: true)) {
            try await authenticate(world, "grant_type=client_credentials&scope=demo:a&client_assertion=\(grant)")
        }
        let assertion = try clientAssertion()
        await #expect(throws: RefusedRequest(.claim("scope", fault: .missing))) {
            try await world.authenticate(assertion)
        }
    }
}
