import AuditLedger
import Foundation
import JOSE
import LibCrypto
import NIOHTTP1
import Server
import TestSupport
import TestTokens
import Testing
import Vocabulary

@Suite("RFC 9449 at the token endpoint, over a socket", .serialized)
struct DPoPTokenTests {
    private let mint: ProofMint
    private static let url = LiveServer.issuer + "token"

    init() throws { mint = try ProofMint() }

    private func form(client: String = World.keyClient, scope: String = "demo:read") throws -> String {
        let assertion = AssertionMint(
            client: client,
            audience: LiveServer.issuer,
            scope: scope,
            at: SystemClock().now,
            jti: UUID().uuidString,
            kid: "rsa-1"
        )
        return try "\(RefusalCase.grantType)&assertion=\(assertion.signed(by: TestKeys.rsa))"
    }

    private func draft() -> DPoPProofDraft {
        DPoPProofDraft(method: "POST", url: Self.url, identifier: UUID().uuidString, issuedAt: SystemClock().now)
    }

    private func ask(
        _ server: LiveServer,
        _ proofs: [String],
        form: String? = nil
    ) async throws -> LiveServer.Answer {
        try await server.post("token", form ?? self.form(), proofs.map { ("DPoP", $0) })
    }

    private func refused(
        _ answer: LiveServer.Answer,
        _ reason: String,
        error: String = "invalid_dpop_proof",
        code: String = "PV-028",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let body = try answer.json()
        #expect(answer.status == 400, sourceLocation: sourceLocation)
        #expect(body["reason"]?.string == reason, sourceLocation: sourceLocation)
        #expect(body["error"]?.string == error, sourceLocation: sourceLocation)
        #expect(body["code"]?.string == code, sourceLocation: sourceLocation)
        #expect(!body.contains("access_token"), sourceLocation: sourceLocation)
    }

    @Test func `§5, §6.1: a proof binds the token to its key, and the ledger remembers which`() async throws {
        try await LiveServer.run { server in
            let answer = try await ask(server, [mint.proof(draft())])
            #expect(answer.status == 200)
            #expect(try answer.json()["token_type"] == "DPoP")
            let token = try CompactJWS(parsing: #require(try answer.json()["access_token"]?.string))
            let claims = try token.payloadObject()
            #expect(claims["cnf"] == ["jkt": .string(mint.thumbprint)])
            #expect(claims["token_type"] == "DPoP")
            #expect(answer.fields.first(name: "dpop-nonce")?.utf8.count == 32)
            let entry = try #require(try server.entries(of: .tokenIssued).first)
            #expect(entry.details["jkt"]?.string == mint.thumbprint)
        }
    }

    @Test func `§5.1: the metadata name the algorithms, and each of them is taken`() async throws {
        try await LiveServer.run { server in
            let metadata = try await server.send(.GET, ".well-known/oauth-authorization-server").json()
            #expect(metadata["dpop_signing_alg_values_supported"]?.strings == JWSAlgorithm.allCases.map(\.rawValue))
            for (algorithm, kind) in [
                (JWSAlgorithm.es384, KeyKind.ec(.p384)), (.es512, .ec(.p521)), (.edDSA, .ed25519),
            ] {
                let mint = try ProofMint(PrivateKey.generate(kind), algorithm: algorithm)
                #expect(try await ask(server, [mint.proof(draft())]).status == 200)
            }
            for algorithm in [JWSAlgorithm.rs256, .ps256, .rs512] {
                let mint = try ProofMint(TestKeys.rsa, algorithm: algorithm)
                #expect(try await ask(server, [mint.proof(draft())]).status == 200)
            }
        }
    }

    @Test func `a request without proof gets a bearer token and no nonce`() async throws {
        try await LiveServer.run { server in
            let answer = try await ask(server, [])
            #expect(try answer.json()["token_type"] == "Bearer")
            #expect(answer.fields.first(name: "dpop-nonce") == nil)
        }
    }

    @Test func `§4.3: every fault of a proof has its reason`() async throws {
        try await LiveServer.run { server in
            let now = SystemClock().now.seconds
            let good = try mint.proof(draft())
            func changed(_ change: (inout JSONObject, inout JSONObject) -> Void) throws -> [String] {
                [try mint.proof(draft(), change: change)]
            }
            let secret = try JWK.Private(mint.key, keyID: nil, algorithm: nil).secretObject()
            let other = try ProofMint()
            let cases: [(String, [String])] = [
                ("dpop_repeated", [good, good]), ("dpop_malformed", ["not a proof"]),
                ("dpop_malformed", [String(repeating: "A", count: 9_000)]),
                ("dpop_type", try changed { header, _ in header["typ"] = "JWT" }),
                ("dpop_type", try changed { header, _ in header["typ"] = JSONValue?.none }),
                ("dpop_algorithm", try changed { header, _ in header["alg"] = "none" }),
                ("dpop_algorithm", try changed { header, _ in header["alg"] = "HS256" }),
                ("dpop_header", try changed { header, _ in header["crit"] = ["exp"] }),
                ("dpop_header", try changed { header, _ in header["jku"] = "https://evil.example/" }),
                ("dpop_key", try changed { header, _ in header["jwk"] = .object(secret) }),
                ("dpop_key", try changed { header, _ in header["jwk"] = ["kty": "oct", "k": "AAAA"] }),
                ("dpop_key", try changed { header, _ in header["jwk"] = JSONValue?.none }),
                ("dpop_claim", try changed { _, claims in claims["jti"] = JSONValue?.none }),
                (
                    "dpop_claim",
                    try changed { _, claims in claims["jti"] = .string(String(repeating: "j", count: 129)) }
                ),
                ("dpop_method", try changed { _, claims in claims["htm"] = "GET" }),
                ("dpop_target", try changed { _, claims in claims["htu"] = .string(LiveServer.issuer + "jwk") }),
                ("dpop_target", try changed { _, claims in claims["htu"] = .string(server.base + "token") }),
                ("dpop_stale", try changed { _, claims in claims["iat"] = .integer(now - 120) }),
                ("dpop_not_yet_valid", try changed { _, claims in claims["iat"] = .integer(now + 120) }),
                (
                    "dpop_signature",
                    try changed { header, _ in header["jwk"] = .object(other.jwk.essentialMembers) }
                ),
            ]
            for (reason, proofs) in cases { try refused(try await ask(server, proofs), reason) }
        }
    }

    @Test func `an access token or an assertion is no proof, and a proof no assertion`() async throws {
        try await LiveServer.run { server in
            let token = try #require(try await ask(server, []).json()["access_token"]?.string)
            try refused(try await ask(server, [token]), "dpop_type")
            let assertion = String(try form().split(separator: "=").last ?? "")
            try refused(try await ask(server, [assertion]), "dpop_type")
            let proof = try mint.proof(draft())
            let answer = try await server.token("\(RefusalCase.grantType)&assertion=\(proof)")
            #expect(answer.status == 400)
            #expect(try answer.json()["code"] == "MP-011")
        }
    }

    @Test func `§11.1: of many requests with one proof at the same time exactly one gets a token`() async throws {
        try await LiveServer.run { server in
            let proof = try mint.proof(draft())
            let forms = try (0..<40).map { _ in try form() }
            let answers = try await withThrowingTaskGroup(of: LiveServer.Answer.self) { group in
                for form in forms { group.addTask { try await server.post("token", form, [("DPoP", proof)]) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 200 } == 1)
            for answer in answers where answer.status != 200 { try refused(answer, "dpop_replayed") }
            // Another client cannot use it either.
            let other = try await ask(server, [proof], form: form(client: World.providerClient, scope: "demo:open"))
            try refused(other, "dpop_replayed")
        }
    }

    @Test func `§11.1: a used proof stays used after a restart`() async throws {
        let folder = NSTemporaryDirectory() + "portvakt-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try LiveServer.make(folder, at: SystemClock().now)
        let proof = try mint.proof(draft())
        try await LiveServer.serve(folder) { server in
            let answer = try await ask(server, [proof])
            #expect(answer.status == 200)
        }
        try await LiveServer.serve(folder) { server in try refused(try await ask(server, [proof]), "dpop_replayed") }
    }

    @Test func `§8: where nonces are demanded, the refusal brings one and uses nothing up`() async throws {
        try await LiveServer.run(settings: [.dpopNonce: "required"]) { server in
            let form = try form()
            let first = try await ask(server, [mint.proof(draft())], form: form)
            try refused(first, "dpop_nonce_missing", error: "use_dpop_nonce", code: "PV-029")
            #expect(first.fields.first(name: "cache-control") == "no-store")
            let nonce = try #require(first.fields.first(name: "dpop-nonce"))
            // The very same assertion: `use_dpop_nonce` claims nothing. And the client's own time does not count.
            var late = draft()
            late.nonce = nonce
            late.issuedAt = SystemClock().now - 5_000
            let second = try await ask(server, [mint.proof(late)], form: form)
            #expect(second.status == 200)
            try refused(try await ask(server, [mint.proof(late)]), "dpop_replayed")
            var foreign = draft()
            foreign.nonce = DPoPNonces().nonce(at: SystemClock().now)
            let third = try await ask(server, [mint.proof(foreign)])
            try refused(third, "dpop_nonce_unknown", error: "use_dpop_nonce", code: "PV-029")
            // Whoever asks for a bearer token is not asked for a nonce.
            #expect(try await ask(server, []).status == 200)
        }
    }

    @Test func `§5.2: a client or a scope that demands a proof gives no bearer token`() async throws {
        try await LiveServer.run { server in
            let client = try await ask(server, [], form: form(client: World.dpopClient))
            try refused(client, "dpop_required", error: "invalid_request", code: "PV-030")
            let scope = try await ask(server, [], form: form(scope: "demo:possession"))
            try refused(scope, "dpop_required", error: "invalid_request", code: "PV-030")
            #expect(try scope.json()["details"]?["scope"] == "demo:possession")
            let proof = try mint.proof(draft())
            let bound = try await ask(server, [proof], form: form(client: World.dpopClient, scope: "demo:possession"))
            #expect(try bound.json()["token_type"] == "DPoP")
        }
    }

    @Test func `a proof of a stranger costs no signature, and one that does not hold uses up the assertion alone`()
        async throws
    {
        try await LiveServer.run { server in
            // Before the client is proved only the form of the proof is looked at.
            let unknown = try await ask(
                server,
                [mint.proof(draft())],
                form: form(client: "12121212-1212-4212-8212-121212121212")
            )
            #expect(try unknown.json()["code"] == "MP-100")
            let other = try ProofMint()
            let assertion = try form()
            let broken = try mint.proof(draft()) { header, _ in header["jwk"] = .object(other.jwk.essentialMembers) }
            try refused(try await ask(server, [broken], form: assertion), "dpop_signature")
            let entry = try #require(try server.entries(of: .tokenRefused).first)
            #expect(entry.reason == "dpop_signature")
            let again = try await ask(server, [mint.proof(draft())], form: assertion)
            #expect(try again.json()["code"] == "MP-012")
        }
    }
}
