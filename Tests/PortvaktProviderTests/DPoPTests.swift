import CoreMetrics
import JOSE
import LibCrypto
import MetricsTestKit
import TestTokens
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("RFC 9449 §7: tokens bound to a key, at an API")
struct DPoPTests {
    private static let url = "https://api.example.no/catches"

    private let clock = FakeClock()
    private let metrics = TestMetrics()
    private let mint: ProofMint
    private let token: String

    init() throws {
        let mint = try ProofMint()
        self.mint = mint
        token = try Self.token(boundTo: ["jkt": .string(mint.thumbprint)])
    }

    private static func token(boundTo confirmation: JSONValue?, type: String = "DPoP") throws -> String {
        var claims = Sample.claims
        claims["cnf"] = confirmation
        claims["token_type"] = .string(type)
        return try Sample.token(claims)
    }

    private func verifier(
        _ dpop: DPoPPolicy = .acceptIfBound(at: "https://api.example.no"),
        store: (any DPoPReplayStore)? = nil
    ) throws -> TokenVerifier {
        var policy = VerificationPolicy(issuer: Sample.issuer)
        policy.dpop = dpop
        let keys = LocalKeySet(try JWKSet([Sample.jwk("k1", Sample.rsa, algorithm: .rs256)]))
        return TokenVerifier(
            policy: policy,
            keys: keys,
            proofs: store ?? DPoPReplayMemory(),
            clock: clock,
            metrics: metrics
        )
    }

    private func draft(_ identifier: String = "p-1") -> DPoPProofDraft {
        DPoPProofDraft(
            method: "GET",
            url: Self.url,
            identifier: identifier,
            issuedAt: FakeClock.start,
            accessToken: token
        )
    }

    private func request(
        _ proofs: [String],
        scheme: String = "DPoP",
        token: String? = nil
    ) -> IncomingRequest {
        IncomingRequest(
            method: "GET",
            path: "/catches",
            query: "year=2026",
            authorization: ["\(scheme) \(token ?? self.token)"],
            dpop: proofs
        )
    }

    private func changed(_ change: (inout JSONObject, inout JSONObject) -> Void) throws -> String {
        try mint.proof(draft(), change: change)
    }

    // MARK: What passes

    @Test func `§7.1: a bound token with its proof passes`() async throws {
        let verified = try await verifier().verify(request([mint.proof(draft())]))
        #expect(verified?.confirmation == Confirmation(keyThumbprint: mint.thumbprint))
        #expect(verified?.scopes.count == 2)
        let lowerCase = try await verifier().verify(request([mint.proof(draft())], scheme: "dpop"))
        #expect(lowerCase != nil)
    }

    @Test func `a bearer token passes where both are taken, and not where a proof is required`() async throws {
        let bearer = try Sample.token()
        #expect(try await verifier().verify(request([], scheme: "Bearer", token: bearer))?.confirmation == nil)
        #expect(try await verifier().verifyBearer(bearer).confirmation == nil)
        let strict = try verifier(.required(at: "https://api.example.no"))
        await #expect(throws: VerificationError.proofRequired) {
            try await strict.verify(request([], scheme: "Bearer", token: bearer))
        }
        await #expect(throws: VerificationError.proofRequired) { try await strict.verifyBearer(bearer) }
        #expect(try await strict.verify(request([mint.proof(draft())])) != nil)
    }

    @Test func `a request without credentials of a scheme that is taken brings no token`() async throws {
        let off = try verifier(.off)
        #expect(try await off.verify(request([mint.proof(draft())])) == nil)
        #expect(try await verifier().verify(IncomingRequest(method: "GET", path: "/", authorization: [])) == nil)
    }

    // MARK: What does not

    @Test(arguments: ["off", "acceptIfBound", "required"])
    func `§7.2: a bound token never passes as a bearer token`(mode: String) async throws {
        let policies: [String: DPoPPolicy] = [
            "off": .off, "acceptIfBound": .acceptIfBound(at: "https://api.example.no"),
            "required": .required(at: "https://api.example.no"),
        ]
        let verifier = try verifier(#require(policies[mode]))
        let expected: VerificationError = mode == "required" ? .proofRequired : .bound
        await #expect(throws: expected) { try await verifier.verifyBearer(token) }
        await #expect(throws: expected) {
            try await verifier.verify(request([mint.proof(draft())], scheme: "Bearer"))
        }
    }

    @Test func `a token that is not bound does not pass as a bound one`() async throws {
        let bearer = try Sample.token()
        var draft = draft()
        draft.accessToken = bearer
        let proof = try mint.proof(draft)
        await #expect(throws: VerificationError.notBound) {
            try await verifier().verify(request([proof], token: bearer))
        }
    }

    @Test(arguments: [
        JSONValue.object(["jwk": "x"]), .object([:]), .object(["x5t#S256": "AAAA"]),
        .object(["jkt": "a", "x5t#S256": "b"]),
        .object(["jkt": "a", "kid": "b"]),
    ])
    func `a token that is bound in another way as well does not pass by its proof alone`(cnf: JSONValue) async throws {
        let token = try Self.token(boundTo: cnf)
        await #expect(throws: VerificationError.bound) {
            try await verifier().verify(request([mint.proof(draft())], token: token))
        }
    }

    @Test func `RFC 8705 §3: a certificate that the token names must be the connection's`() async throws {
        let token = try Self.token(boundTo: ["x5t#S256": "AAAA"], type: "Bearer")
        var request = request([], scheme: "Bearer", token: token)
        await #expect(throws: VerificationError.bound) { try await verifier().verify(request) }
        request.certificateThumbprint = "BBBB"
        await #expect(throws: VerificationError.bound) { try await verifier().verify(request) }
        request.certificateThumbprint = "AAAA"
        #expect(try await verifier().verify(request)?.confirmation?.certificateThumbprint == "AAAA")
    }

    @Test func `a proof is used once, however many come at the same time`() async throws {
        let verifier = try verifier()
        let request = request([try mint.proof(draft())])
        let outcomes = await withTaskGroup(of: VerificationError?.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    do throws(VerificationError) {
                        _ = try await verifier.verify(request)
                        return nil
                    } catch { return error }
                }
            }
            var outcomes: [VerificationError?] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == .proof(.replayed) } == 49)
    }

    @Test func `a proof for something else, of another time, key or token is refused, and not used up`() async throws {
        let verifier = try verifier()
        let now = FakeClock.start
        func refused(_ fault: DPoPProofFault, _ proofs: [String]) async {
            await #expect(throws: VerificationError.proof(fault)) { try await verifier.verify(request(proofs)) }
        }
        let good = try mint.proof(draft())
        await refused(.missing, [])
        await refused(.repeated, [good, good])
        await refused(.type("JWT"), [try changed { header, _ in header["typ"] = "JWT" }])
        await refused(.type(nil), [token])
        await refused(.algorithm("none"), [try changed { header, _ in header["alg"] = "none" }])
        await refused(.algorithm("HS256"), [try changed { header, _ in header["alg"] = "HS256" }])
        let secret = try JWK.Private(mint.key, keyID: nil, algorithm: nil).secretObject()
        await refused(.key(.privateMembers(["d"])), [try changed { header, _ in header["jwk"] = .object(secret) }])
        await refused(.method("POST"), [try changed { $1["htm"] = "POST" }])
        await refused(
            .target("https://other.example/catches"),
            [try changed { $1["htu"] = "https://other.example/catches" }]
        )
        await refused(.stale(issuedAt: now + -61, now: now), [try changed { $1["iat"] = .integer(now.seconds - 61) }])
        await refused(
            .notYetValid(issuedAt: now + 61, now: now),
            [try changed { $1["iat"] = .integer(now.seconds + 61) }]
        )
        await refused(.accessTokenHash, [try changed { $1["ath"] = "AAAA" }])
        await refused(.otherKey, [try ProofMint().proof(draft())])
        #expect(try await verifier.verify(request([good])) != nil)
    }

    @Test func `what is wrong with the token is told before the proof is looked at`() async throws {
        clock.advance(by: .seconds(121))
        let error = await #expect(throws: VerificationError.self) { try await verifier().verify(request(["x"])) }
        #expect(error?.check == .expiry)
    }

    // MARK: Nonces

    @Test func `§9: a nonce is demanded, given and taken`() async throws {
        var policy = DPoPPolicy.acceptIfBound(at: "https://api.example.no")
        policy.nonces = DPoPNonces()
        policy.isNonceRequired = true
        let verifier = try verifier(policy)
        let error = await #expect(throws: VerificationError.proof(.nonceMissing)) {
            try await verifier.verify(request([mint.proof(draft())]))
        }
        let challenge = Challenge(try #require(error), dpop: verifier.dpop)
        #expect(challenge.status == 401)
        #expect(challenge.authenticate?.hasPrefix(#"DPoP realm="api", error="use_dpop_nonce""#) == true)
        let nonce = try #require(verifier.nextNonce)
        let proof = try changed { $1["nonce"] = .string(nonce) }
        #expect(try await verifier.verify(request([proof])) != nil)
        let foreign = try changed { $1["nonce"] = .string(DPoPNonces().nonce(at: FakeClock.start)) }
        await #expect(throws: VerificationError.proof(.nonceUnknown)) { try await verifier.verify(request([foreign])) }
    }

    // MARK: Stores

    private struct BrokenStore: DPoPReplayStore {
        func claim(_ key: [UInt8], until: Timestamp, at now: Timestamp) async throws -> DPoPReplayMemory.Outcome {
            #expect(key.count == 32)
            #expect(until == now + 60)
            throw CancellationError()
        }
    }

    @Test func `a store that does not answer, or is full, refuses the request for now`() async throws {
        let broken = try verifier(store: BrokenStore())
        let error = await #expect(throws: VerificationError.proofMemory) {
            try await broken.verify(request([mint.proof(draft())]))
        }
        #expect(Challenge(try #require(error)).status == 503)
        let full = try verifier(store: DPoPReplayMemory(limit: 1))
        #expect(try await full.verify(request([mint.proof(draft("p-1"))])) != nil)
        await #expect(throws: VerificationError.proofMemory) {
            try await full.verify(request([mint.proof(draft("p-2"))]))
        }
    }

    // MARK: URLs

    @Test func `the URL is the configured one, with the API's own prefix, and never the request's Host`() {
        let request = IncomingRequest(method: "GET", path: "/catches", authorization: [])
        #expect(ExternalURL.base("https://a.no/fiskeri/").url(of: request) == "https://a.no/fiskeri/catches")
        #expect(ExternalURL.base("https://a.no").url(of: request) == "https://a.no/catches")
        #expect(ExternalURL.custom { _ in nil }.url(of: request) == nil)
    }

    @Test func `forwarded names count from trusted peers alone, once, and for known hosts`() {
        let forwarded = ExternalURL.forwarded(base: "https://a.no", hosts: ["b.no"]) { $0 == "10.0.0.1" }
        var request = IncomingRequest(method: "GET", path: "/x", authorization: [], peer: "10.0.0.1")
        request.forwardedScheme = ["https"]
        request.forwardedHost = ["B.no"]
        #expect(forwarded.url(of: request) == "https://b.no/x")
        request.forwardedHost = ["evil.example"]
        #expect(forwarded.url(of: request) == "https://a.no/x")
        request.forwardedHost = ["b.no", "b.no"]
        #expect(forwarded.url(of: request) == "https://a.no/x")
        request.forwardedHost = ["b.no"]
        request.peer = "10.0.0.2"
        #expect(forwarded.url(of: request) == "https://a.no/x")
        request.peer = nil
        #expect(forwarded.url(of: request) == "https://a.no/x")
    }

    // MARK: Challenges and metrics

    @Test func `§7.1: challenges name the schemes that are taken, and the algorithms`() {
        var policy = DPoPPolicy.acceptIfBound(at: "https://a.no")
        policy.algorithms = [.es256, .edDSA]
        #expect(
            Challenge.tokenMissing(dpop: policy).authenticate
                == #"Bearer realm="api", DPoP realm="api", algs="ES256 EdDSA""#
        )
        policy.mode = .required
        #expect(Challenge.tokenMissing(dpop: policy).authenticate == #"DPoP realm="api", algs="ES256 EdDSA""#)
        #expect(
            Challenge(.proof(.signature), dpop: policy).authenticate?
                .hasPrefix(#"DPoP realm="api", error="invalid_dpop_proof""#) == true
        )
        #expect(
            Challenge(.bound, dpop: policy).authenticate?.hasPrefix(#"DPoP realm="api", error="invalid_token""#) == true
        )
        #expect(Challenge(.signature).authenticate?.contains("DPoP") == false)
    }

    @Test func `refusals are counted by a closed set of names`() async throws {
        let verifier = try verifier()
        _ = try? await verifier.verify(request([]))
        _ = try? await verifier.verify(request([mint.proof(draft())]))
        #expect(
            try metrics.expectCounter("portvakt_provider_verifications_total", [("outcome", "proof_invalid")])
                .totalValue
                == 1
        )
        #expect(
            try metrics.expectCounter("portvakt_provider_verifications_total", [("outcome", "accepted")]).totalValue
                == 1
        )
    }
}
