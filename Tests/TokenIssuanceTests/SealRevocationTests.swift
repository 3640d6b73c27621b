import Clients
import JOSE
import LibCrypto
import Scopes
import Synchronization
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import EnterpriseCertificates
@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)
private let audience = "https://as.example.no/"

/// A responder of the European authority that says of each certificate what a test wants; it keeps nothing.
private final class Responder: OutboundHTTP, RevocationArchive, WallClock {
    let authority: CertificateAuthority
    private let state = Mutex((says: OCSPAnswer.State?.some(.good), asked: [String]()))

    init(_ authority: CertificateAuthority) { self.authority = authority }

    let now = Timestamp(seconds: 1_795_000_000)

    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer {
        let says = state.withLock { state in
            state.asked.append(request.url)
            return state.says
        }
        do {
            guard case .post(let body, _) = request.method else {
                // The issuing authority names a list alone; what is known of seals comes from the responder.
                guard request.url.hasSuffix("-root.crl") else { return OutboundAnswer(status: 404) }
                let list = try authority.revocationList(
                    of: .root,
                    revoked: [],
                    thisUpdate: now,
                    nextUpdate: now + .hours(2)
                )
                return OutboundAnswer(status: 200, body: list)
            }
            guard let says else { return OutboundAnswer(status: 503) }
            let asked = try OCSPRequest(der: body)
            let answers = asked.certificates.map {
                OCSPAnswer($0, says, thisUpdate: now, nextUpdate: now + .hours(2))
            }
            return OutboundAnswer(
                status: 200,
                body: try authority.ocspSigner.response(answers, nonce: asked.nonce, at: now)
            )
        } catch { throw .network("\(error)") }
    }

    /// How often an address that ends so has been asked.
    func count(_ suffix: String) -> Int { state.withLock { $0.asked.count { $0.hasSuffix(suffix) } } }

    /// What it says from now on; nil for nothing.
    func say(_ answer: OCSPAnswer.State?) { state.withLock { $0.says = answer } }

    func save(_ records: [RevocationRecord]) async throws {}

    func remove(_ ids: [[UInt8]]) async throws {}
}

@Suite("DESIGN §6: seals under `require`")
struct SealRevocationTests {
    private let european: CertificateAuthority
    private let responder: Responder
    private let watch: RevocationWatch
    private let authenticator: ClientAuthenticator

    init() throws {
        european = try CertificateAuthority(.european, keys: .small, at: now)
        responder = Responder(european)
        var rules = RevocationRules(grace: 0)
        rules.maximumWait = .seconds(30)
        watch = RevocationWatch(
            rules: rules,
            http: responder,
            archive: responder,
            records: [],
            clock: responder,
            report: { _ in }
        )
        let trust = try TrustStore(files: [
            TrustStore.File(name: "root.pem", contents: Array(european.root.pem.utf8)),
            TrustStore.File(name: "issuing.pem", contents: Array(european.issuing.pem.utf8)),
            try #require(BundledTrust.sealFiles(for: .test).first),
        ])
        let facts = InMemoryFacts()
        let owner = try #require(OrganisationNumber(stem: 31_000_000))
        var scope = Scope(
            name: try ScopeName(parsing: "demo:customs"),
            owner: owner,
            description: "Customs",
            created: now,
            origin: "cli"
        )
        scope.supportsEuropeanBusinesses = true
        facts.put(scope)
        // As `RevocationParts` of the server has it: both validators share one watch.
        authenticator = ClientAuthenticator(
            registry: facts,
            certificates: try EnterpriseCertificateValidator(
                trust: TrustStore(files: BundledTrust.files(for: .test)),
                revocation: .require(grace: 0),
                watch: watch
            ),
            seals: try ElectronicSealValidator(trust: trust, revocation: .require(grace: 0), watch: watch),
            rules: GrantRules(issuer: try Issuer(parsing: audience), acceptsSyntheticPersons: true),
            tokenIDs: CountingTokenIDs()
        )
    }

    /// Another certificate each time: serial numbers follow from what is signed.
    private func seal(namesRevocation: Bool = true, valid days: Int64 = 30) throws -> IssuedCertificate {
        var request = EnterpriseCertificateRequest(
            identifier: "NTRSE-5560000001",
            name: "Svensk Handel AB",
            key: TestKeys.rsa
        )
        request.namesRevocation = namesRevocation
        request.notAfter = now + .days(days)
        return try european.issue(request)
    }

    /// Why a grant by a fresh seal is refused.
    private func reasonOfNew(namesRevocation: Bool = true, valid days: Int64 = 30) async throws -> String? {
        try await reason(seal(namesRevocation: namesRevocation, valid: days))
    }

    /// Why a grant by a seal is refused; nil when it is authenticated.
    private func reason(
        _ seal: IssuedCertificate,
        signedBy key: PrivateKey = TestKeys.rsa,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> String? {
        var mint = AssertionMint(client: "ours", audience: audience, scope: "demo:customs", at: now)
        change(&mint.claims)
        mint.header["x5c"] = .array(seal.chain.map { .string(Base64.encode($0)) })
        let form = try TokenForm(
            parsing: Array(
                "grant_type=\(TokenForm.jwtBearerGrantType)&assertion=\(mint.signed(by: key))".utf8
            ),
            mediaType: "application/x-www-form-urlencoded"
        )
        do {
            let grant = try await authenticator.authenticate(UnverifiedGrant(parsing: form, with: nil), at: now)
            guard case .seal(let proven) = grant.credential else { return "no seal" }
            #expect(proven.revocationBasis == "require")
            return nil
        } catch let refused as RefusedRequest { return refused.refusal.reason }
    }

    /// Lets the watch ask while `body` runs.
    private func watching(_ body: () async throws -> Void) async throws {
        let watch = watch
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run(every: .milliseconds(10)) }
            try await body()
            group.cancelAll()
        }
    }

    @Test func `a good one is let in: the first grant waits for its responder, the second asks nobody`() async throws {
        try await watching { () async throws in
            let seal = try seal()
            #expect(try await reason(seal) == nil)
            #expect(responder.count("/ocsp") == 1)
            #expect(try await reason(seal) == nil)
            #expect(responder.count("/ocsp") == 1)
        }
    }

    @Test func `whoever shows somebody else's seal has nobody asked about it`() async throws {
        try await watching { () async throws in
            let stranger = try PrivateKey.generate(.rsa(bits: 2_048))
            #expect(try await reason(seal(), signedBy: stranger) == "signature_invalid")
            #expect(responder.count("") == 0)
        }
    }

    @Test func `a seal acts for no organisation and no person of the country`() async throws {
        try await watching { () async throws in
            let other = try #require(OrganisationNumber(stem: 31_000_001))
            let persons = (10..<100).map { "018190123\($0)" }
            let person = try #require(persons.first { NationalIdentityNumber(parsing: $0) != nil })
            for (claim, value) in [("consumer_org", "\(other)"), ("iss_onbehalfof", "somebody"), ("pid", person)] {
                let told = try await reason(seal()) { $0[claim] = .string(value) }
                #expect(told == "claim_forbidden", "\(claim)")
            }
        }
    }

    @Test func `a revoked one is refused, and another of the same organisation is not`() async throws {
        try await watching { () async throws in
            responder.say(.revoked(at: now - 60))
            #expect(try await reasonOfNew() == "certificate_revoked")
            responder.say(.good)
            #expect(try await reasonOfNew(valid: 31) == nil)
        }
    }

    @Test func `one that the responder does not know, that nobody answers for or that names no source is refused`()
        async throws
    {
        try await watching { () async throws in
            responder.say(.unknown)
            #expect(try await reasonOfNew() == "certificate_revocation_unknown")
            responder.say(nil)
            #expect(try await reasonOfNew(valid: 31) == "certificate_revocation_unknown")
            #expect(try await reasonOfNew(namesRevocation: false) == "certificate_revocation_unknown")
        }
    }
}
