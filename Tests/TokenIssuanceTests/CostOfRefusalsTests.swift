import Clients
import EnterpriseCertificates
import JOSE
import LibCrypto
import Synchronization
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)
private let audience = "https://as.example.no/"

/// A client with a registered key, one with its organisation's certificate, and an authenticator that counts.
private final class CountedWorld: Sendable {
    static let authority = Result { try CertificateAuthority(.buypass, keys: .small, at: now) }

    let certificate: IssuedCertificate
    private let facts = InMemoryFacts()
    private let checks = Mutex(0)

    init() throws {
        let owner = try #require(OrganisationNumber(stem: 31_000_000))
        for name in ["by-key", "by-certificate"] {
            var client = Client(
                id: try ClientID(parsing: name),
                owner: owner,
                name: name,
                scopes: [],
                created: now - 1
            )
            if name == "by-key" {
                client.keys = [
                    ClientKey(
                        id: try KeyID(parsing: "key-1"),
                        algorithm: .rs256,
                        publicKey: TestKeys.rsa.publicKey,
                        thumbprint: "thumb",
                        created: now - 1,
                        expires: now + 1_000
                    )
                ]
                client.authentication = .registeredKey
            }
            facts.put(client)
        }
        certificate = try Self.authority.get().issue(
            EnterpriseCertificateRequest(organisation: owner, name: "FISK AS", key: TestKeys.rsa)
        )
    }

    /// The refusal of an assertion (nil: the client is proven), and how many signatures were checked for it.
    func cost(_ mint: AssertionMint, by key: PrivateKey) async throws -> (refusal: Refusal?, checks: Int) {
        let authority = try Self.authority.get()
        var files = [
            TrustStore.File(name: "root.pem", contents: Array(authority.root.pem.utf8)),
            TrustStore.File(name: "issuing.pem", contents: Array(authority.issuing.pem.utf8)),
        ]
        files.append(try #require(BundledTrust.profile(for: .test)))
        var authenticator = ClientAuthenticator(
            registry: facts,
            certificates: try EnterpriseCertificateValidator(trust: TrustStore(files: files), revocation: .off),
            rules: GrantRules(issuer: try Issuer(parsing: audience), acceptsSyntheticPersons: true),
            tokenIDs: CountingTokenIDs()
        )
        authenticator.verify = { [self] jws, key, algorithm in
            checks.withLock { $0 += 1 }
            return jws.isSigned(by: key, algorithm: algorithm)
        }
        checks.withLock { $0 = 0 }
        let body = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(try mint.signed(by: key))"
        let form = try TokenForm(parsing: Array(body.utf8), mediaType: "application/x-www-form-urlencoded")
        do {
            _ = try await authenticator.authenticate(UnverifiedGrant(parsing: form), at: now)
            return (nil, checks.withLock { $0 })
        } catch let refused as RefusedRequest {
            return (refused.refusal, checks.withLock { $0 })
        }
    }

    func grant(of client: String, kid: String = "key-1") -> AssertionMint {
        AssertionMint(client: client, audience: audience, scope: "demo:a", at: now, kid: kid)
    }

    func grant(of client: String, x5c chain: [[UInt8]]) -> AssertionMint {
        var mint = grant(of: client)
        mint.header["kid"] = JSONValue?.none
        mint.header["x5c"] = .array(chain.map { .string(Base64.encode($0)) })
        return mint
    }
}

@Suite("What a refusal costs: signatures checked before a client is proven")
struct CostOfRefusalsTests {
    private let world: CountedWorld

    init() throws { world = try CountedWorld() }

    @Test func `a good request costs one`() async throws {
        #expect(try await world.cost(world.grant(of: "by-key"), by: TestKeys.rsa) == (nil, 1))
        let mint = world.grant(of: "by-certificate", x5c: world.certificate.chain)
        #expect(try await world.cost(mint, by: TestKeys.rsa) == (nil, 1))
    }

    @Test func `an unknown client costs none, by key or by certificate`() async throws {
        let unknown = Refusal.clientUnknown("nobody")
        #expect(try await world.cost(world.grant(of: "nobody"), by: TestKeys.rsa) == (unknown, 0))
        let mint = world.grant(of: "nobody", x5c: world.certificate.chain)
        #expect(try await world.cost(mint, by: TestKeys.rsa) == (unknown, 0))
    }

    @Test func `an unknown kid and the wrong kind of credential cost none`() async throws {
        let key = try KeyID(parsing: "key-2")
        #expect(
            try await world.cost(world.grant(of: "by-key", kid: "key-2"), by: TestKeys.rsa) == (.keyUnknown(key), 0)
        )
        let byKid = try await world.cost(world.grant(of: "by-certificate", kid: "key-2"), by: TestKeys.rsa)
        #expect(byKid == (.keyNotRegistered(key), 0))
        let byCertificate = world.grant(of: "by-key", x5c: world.certificate.chain)
        #expect(try await world.cost(byCertificate, by: TestKeys.rsa) == (.keyRequired, 0))
    }

    @Test func `the wrong key costs one`() async throws {
        #expect(try await world.cost(world.grant(of: "by-key"), by: TestKeys.otherRSA) == (.signature, 1))
    }

    @Test func `a stolen certificate costs one, and its path is not even looked at`() async throws {
        let mint = world.grant(of: "by-certificate", x5c: world.certificate.chain)
        #expect(try await world.cost(mint, by: TestKeys.otherRSA) == (.signature, 1))
        // Of an authority that nobody trusts: the path would say so, and is not asked.
        let stranger = try CertificateAuthority(.commfides, keys: .small, at: now).issue(
            EnterpriseCertificateRequest(
                organisation: try #require(OrganisationNumber(stem: 31_000_000)),
                name: "FISK AS",
                key: TestKeys.rsa
            )
        )
        let strange = world.grant(of: "by-certificate", x5c: stranger.chain)
        #expect(try await world.cost(strange, by: TestKeys.otherRSA) == (.signature, 1))
        let signed = try await world.cost(strange, by: TestKeys.rsa)
        #expect(signed.checks == 1)
        guard case .certificate = signed.refusal else {
            Issue.record("refused as \(String(describing: signed.refusal))")
            return
        }
    }

    @Test func `wrong times and audience are found with no further check`() async throws {
        var expired = world.grant(of: "by-key")
        expired.claims["exp"] = .integer(now.seconds - 11)
        expired.claims["iat"] = .integer(now.seconds - 100)
        let late = try await world.cost(expired, by: TestKeys.rsa)
        #expect(late == (.assertionExpired(expires: now - 11, now: now), 1))
        var elsewhere = world.grant(of: "by-key")
        elsewhere.claims["aud"] = "https://elsewhere.example.no/"
        #expect(try await world.cost(elsewhere, by: TestKeys.rsa).checks == 1)
    }
}
