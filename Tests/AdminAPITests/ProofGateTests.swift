import HTTPTypes
import HummingbirdTesting
import JOSE
import LibCrypto
import TestSupport
import TestTokens
import Testing
import TokenIssuance
import Vocabulary

@testable import AdminAPI

@Suite("RFC 9449 §7: tokens bound to a key at the admin listener")
struct ProofGateTests {
    private let world: AdminWorld
    private let token: String
    private static let path = "/accessmanagement/api/v1/enduser/authorizedparties"

    init() throws {
        world = try AdminWorld()
        token = try world.mint(Self.claims(in: world))
    }

    private static func claims(in world: AdminWorld) -> JSONObject {
        world.claims(
            [AdministrativeScope.portal.rawValue, "altinn:accessmanagement/authorizedparties"],
            pid: AdminWorld.director
        )
    }

    private func send(
        _ proofs: [String],
        scheme: String = "DPoP",
        token: String? = nil,
        to world: AdminWorld? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.authorization: "\(scheme) \(token ?? self.token)", .authenticationLevel: "3"]
        for proof in proofs { headers.append(HTTPField(name: .dpop, value: proof)) }
        return try await (world ?? self.world).send(.get, Self.path, headers: headers)
    }

    private func refused(
        _ reason: String,
        _ proofs: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await send(proofs)
        #expect(answer.status == .unauthorized, sourceLocation: sourceLocation)
        #expect(try answer.object()["reason"]?.string == reason, sourceLocation: sourceLocation)
        #expect(
            answer.headers[.wwwAuthenticate]?.hasPrefix("DPoP realm=") == true,
            sourceLocation: sourceLocation
        )
    }

    @Test func `§7.1: a bound token passes with its proof, once, and the next nonce comes along`() async throws {
        let proof = try world.proof(.get, Self.path, token: token)
        let answer = try await send([proof])
        #expect(answer.status == .ok)
        let nonce = try #require(answer.headers[.dpopNonce])
        #expect(world.nonces.time(of: nonce, at: world.clock.now) == world.clock.now)
        try await refused("dpop_replayed", [proof])
    }

    @Test func `§7.2: a bound token does not pass as a bearer token`() async throws {
        let answer = try await send([world.proof(.get, Self.path, token: token)], scheme: "Bearer")
        #expect(answer.status == .unauthorized)
        #expect(try answer.object()["reason"] == "access_token_bound")
    }

    @Test func `§7.1: a bearer token does not pass as a bound one`() async throws {
        var claims = Self.claims(in: world)
        claims["cnf"] = JSONValue?.none
        claims["token_type"] = "Bearer"
        let bearer = try world.mint(claims)
        let answer = try await send([world.proof(.get, Self.path, token: bearer)], token: bearer)
        #expect(answer.status == .unauthorized)
        #expect(try answer.object()["reason"] == "access_token_bound")
    }

    @Test func `proofs for something else, of another time, of another key or of another token are refused`()
        async throws
    {
        let (now, draft) = (world.clock.now, world.draft(.get, Self.path, token: token))
        try await refused("dpop_missing", [])
        let good = try world.prover.proof(draft)
        try await refused("dpop_repeated", [good, good])
        try await refused("dpop_malformed", ["x"])
        try await refused("dpop_type", [token])
        try await refused("dpop_method", [changed(draft) { $0["htm"] = "POST" }])
        try await refused("dpop_target", [changed(draft) { $0["htu"] = "http://localhost/other" }])
        try await refused("dpop_target", [changed(draft) { $0["htu"] = .string("http://evil.example" + Self.path) }])
        try await refused("dpop_stale", [changed(draft) { $0["iat"] = .integer(now.seconds - 61) }])
        try await refused("dpop_not_yet_valid", [changed(draft) { $0["iat"] = .integer(now.seconds + 61) }])
        try await refused("dpop_access_token_hash", [changed(draft) { $0["ath"] = JSONValue?.none }])
        try await refused("dpop_access_token_hash", [changed(draft) { $0["ath"] = "AAAA" }])
        try await refused("dpop_other_key", [ProofMint().proof(draft)])
        let nonce = DPoPNonces().nonce(at: now)
        try await refused("dpop_nonce_unknown", [changed(draft) { $0["nonce"] = .string(nonce) }])
        // None of them was used up on the way.
        #expect(try await send([good]).status == .ok)
    }

    @Test func `§9: where a nonce is demanded, one comes with the refusal and is taken`() async throws {
        let world = try AdminWorld(isProofNonceRequired: true)
        let token = try world.mint(Self.claims(in: world))
        let draft = world.draft(.get, Self.path, token: token)
        let first = try await send([world.prover.proof(draft)], token: token, to: world)
        #expect(first.status == .unauthorized)
        #expect(first.headers[.wwwAuthenticate]?.contains(#"error="use_dpop_nonce""#) == true)
        let nonce = try #require(first.headers[.dpopNonce])
        let second = try await send(
            [world.prover.proof(draft) { _, claims in claims["nonce"] = .string(nonce) }],
            token: token,
            to: world
        )
        #expect(second.status == .ok)
    }

    @Test func `the proof is for the configured URL, whatever the request's Host says`() async throws {
        // The test's requests have no Host of that name; AdminWorld's `admin_url` is `http://localhost/`.
        let draft = world.draft(.get, Self.path, token: token)
        let foreign = try changed(draft) { $0["htu"] = .string("http://127.0.0.1:7081" + Self.path) }
        try await refused("dpop_target", [foreign])
    }

    private func changed(_ draft: DPoPProofDraft, _ change: (inout JSONObject) -> Void) throws -> String {
        try world.prover.proof(draft) { _, claims in change(&claims) }
    }
}
