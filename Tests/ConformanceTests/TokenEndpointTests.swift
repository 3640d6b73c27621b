import AuditLedger
import Foundation
import JOSE
import LibCrypto
import NIOHTTP1
import Server
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@Suite("Token endpoint, over a socket", .serialized)
struct TokenEndpointTests {
    /// A grant that is right, with a `jti` of its own.
    private func form(
        client: String = World.keyClient,
        scope: String = "demo:read",
        jti: String = UUID().uuidString,
        _ change: (inout AssertionMint) -> Void = { _ in }
    ) throws -> String {
        var mint = AssertionMint(
            client: client,
            audience: LiveServer.issuer,
            scope: scope,
            at: SystemClock().now,
            jti: jti,
            kid: "rsa-1"
        )
        change(&mint)
        return try "\(RefusalCase.grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    @Test func `gives a token to a registered key, by RFC 6749 §5.1, with Maskinporten's claims`() async throws {
        try await LiveServer.run { server in
            let answer = try await server.token(form(scope: "demo:read demo:open"))
            #expect(answer.status == 200)
            #expect(answer.fields.first(name: "cache-control") == "no-store")
            #expect(answer.fields.first(name: "content-type") == "application/json")
            #expect(answer.fields.first(name: "date") != nil)
            let body = try answer.json()
            #expect(body.names == ["access_token", "token_type", "expires_in", "scope"])
            #expect(body["token_type"] == "Bearer")
            #expect(body["expires_in"] == 119)
            #expect(body["scope"] == "demo:read demo:open")
            let token = try CompactJWS(parsing: try #require(body["access_token"]?.string))
            #expect(token.header.names == ["kid", "typ", "alg"])
            var claims = try token.payloadObject()
            #expect(claims["jti"]?.string?.utf8.count == 43)
            claims["jti"] = "<jti>"
            try Golden.expect(Golden.normalised(claims.encodedText), equals: "claims/registered-key.json")
        }
    }

    @Test func `gives a token to an enterprise certificate, leaf alone or whole chain`() async throws {
        try await LiveServer.run { server in
            let request = EnterpriseCertificateRequest(
                organisation: World.consumer,
                name: "KONSUMENT AS",
                key: TestKeys.rsa
            )
            let issued = try World.authority.get().issue(request)
            for chain in [issued.chain, [issued.der]] {
                let answer = try await server.token(
                    form(client: World.certificateClient) {
                        $0.header["kid"] = JSONValue?.none
                        $0.header["x5c"] = .array(chain.map { .string(Base64.encode($0)) })
                    }
                )
                #expect(answer.status == 200)
                let token = try CompactJWS(parsing: try #require(try answer.json()["access_token"]?.string))
                var claims = try token.payloadObject()
                claims["jti"] = "<jti>"
                try Golden.expect(Golden.normalised(claims.encodedText), equals: "claims/certificate.json")
            }
        }
    }

    @Test func `gives what scopes ask for: audience, typ, algorithm`() async throws {
        try await LiveServer.run { server in
            let enforced = try await claims(server.token(form(scope: "demo:enforced")))
            #expect(enforced["aud"] == "https://api.example.no/a")
            let resources: JSONValue = ["https://b.example.no/", "https://a.example.no/"]
            let asked = try await claims(server.token(form { $0.claims["resource"] = resources }))
            #expect(asked["aud"] == resources)
            let answer = try await server.token(
                form(scope: "demo:at") { $0.claims["resource"] = "https://a.example.no/" }
            )
            let token = try CompactJWS(parsing: try #require(try answer.json()["access_token"]?.string))
            #expect(token.header["typ"] == "at+jwt")
            #expect(try token.payloadObject()["sub"] == .string(World.keyClient))
            // No ES256 key was made for this installation: that is ours to mend, and nothing was given or used up.
            let form = try form(scope: "demo:es256")
            for _ in 1...2 {
                let unsigned = try await server.token(form)
                #expect(unsigned.status == 503)
                #expect(try unsigned.json()["reason"] == "no_signing_key")
            }
            #expect(try server.entries(of: .tokenIssued).allSatisfy { $0.scopes.map(\.rawValue) != ["demo:es256"] })
        }
    }

    private func claims(_ answer: LiveServer.Answer) throws -> JSONObject {
        #expect(answer.status == 200)
        let token = try #require(try answer.json()["access_token"]?.string)
        return try CompactJWS(parsing: token).payloadObject()
    }

    @Test func `gives a token to client_credentials with a client assertion`() async throws {
        try await LiveServer.run { server in
            var mint = AssertionMint(
                client: World.keyClient,
                audience: LiveServer.issuer,
                scope: nil,
                at: SystemClock().now,
                jti: UUID().uuidString,
                kid: "rsa-1"
            )
            mint.claims["sub"] = .string(World.keyClient)
            mint.header["typ"] = "client-authentication+jwt"
            let assertion = try mint.signed(by: TestKeys.rsa)
            let type = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            let form = "grant_type=client_credentials&scope=demo:read&\(type)&client_assertion=\(assertion)"
            #expect(try await server.token(form).status == 200)
            let again = try await server.token(form)
            #expect(again.status == 401)
            try Golden.expect(Golden.normalised(again.body), equals: "errors/client-assertion-replayed.json")
            mint.claims["aud"] = .string(LiveServer.issuer + "token")
            let wrong = try await server.token(
                "grant_type=client_credentials&scope=demo:read&\(type)&client_assertion=\(mint.signed(by: TestKeys.rsa))"
            )
            #expect(wrong.status == 401)
            #expect(wrong.fields.first(name: "www-authenticate") != nil)
            try Golden.expect(Golden.normalised(wrong.body), equals: "errors/client-assertion-audience.json")
        }
    }

    @Test func `a client assertion beside a grant is used up too, and its replay is its own fault`() async throws {
        try await LiveServer.run { server in
            var mint = AssertionMint(
                client: World.keyClient,
                audience: LiveServer.issuer,
                scope: nil,
                at: SystemClock().now,
                jti: UUID().uuidString,
                kid: "rsa-1"
            )
            mint.claims["sub"] = .string(World.keyClient)
            let type = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            let companion = try "&\(type)&client_assertion=\(mint.signed(by: TestKeys.rsa))"
            let first = try await server.token(form() + companion)
            #expect(first.status == 200, "\(first.body)")
            let fresh = try form()
            let again = try await server.token(fresh + companion)
            #expect(again.status == 401)
            #expect(try again.json()["error"] == "invalid_client")
            #expect(try again.json()["code"] == "MP-012")
            // The grant beside it was used up with the refusal.
            let alone = try await server.token(fresh)
            #expect(try alone.json()["code"] == "MP-012")
        }
    }

    @Test func `refuses each faulty request with its code, reason and a body that never changes`() async throws {
        try await LiveServer.run { server in
            for item in RefusalCase.all {
                let answer = try await server.token(item.form(LiveServer.issuer, SystemClock().now))
                let body = try answer.json()
                #expect(answer.status == item.status, "\(item.name): \(answer.body)")
                #expect(body["code"]?.string == item.code, "\(item.name): \(answer.body)")
                #expect(body["reason"]?.string == item.reason, "\(item.name): \(answer.body)")
                let trace = try #require(body["trace_id"]?.string)
                #expect(body["error_description"]?.string?.hasSuffix("(trace_id: \(trace))") == true)
                #expect(body["error_uri"]?.string == "\(LiveServer.issuer)errors/\(item.code)")
                try Golden.expect(Golden.normalised(answer.body), equals: "errors/\(item.name).json")
            }
        }
    }

    @Test func `every case has one golden file and every file a case`() throws {
        let cases = Set(RefusalCase.all.map { "\($0.name).json" })
        #expect(cases.count == RefusalCase.all.count)
        let others: Set = [
            "client-assertion-replayed.json", "client-assertion-audience.json", "replayed.json", "media-type.json",
            "not-found.json", "method-not-allowed.json", "too-large.json", "admin-unauthorised.json",
            "client-certificate-malformed.json",
        ]
        #expect(try Golden.names(in: "errors") == cases.union(others))
    }

    @Test func `a hundred at once with one assertion give exactly one token`() async throws {
        try await LiveServer.run { server in
            let form = try form(jti: "once")
            let answers = try await withThrowingTaskGroup(of: LiveServer.Answer.self) { group in
                for _ in 0..<100 { group.addTask { try await server.token(form) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 100)
            #expect(answers.filter { $0.status == 200 }.count == 1)
            let refused = answers.filter { $0.status == 400 }
            #expect(refused.count == 99)
            for answer in refused { #expect(try answer.json()["code"] == "MP-012") }
            try Golden.expect(Golden.normalised(try #require(refused.first).body), equals: "errors/replayed.json")
        }
    }

    @Test func `a used assertion stays used across a restart, also under another exp`() async throws {
        let folder = NSTemporaryDirectory() + "portvakt-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try LiveServer.make(folder, at: SystemClock().now)
        let first = try form(jti: "kept")
        try await LiveServer.serve(folder) { server in
            let answer = try await server.token(first)
            #expect(answer.status == 200)
        }
        try await LiveServer.serve(folder) { server in
            #expect(try await server.token(first).json()["code"] == "MP-012")
            let later = try form(jti: "kept") { $0.claims["exp"] = .integer(SystemClock().now.seconds + 100) }
            #expect(try await server.token(later).json()["code"] == "MP-012")
            // Without a `jti` the assertion itself is what is used.
            let without = try form { $0.claims["jti"] = JSONValue?.none }
            #expect(try await server.token(without).status == 200)
            #expect(try await server.token(without).json()["code"] == "MP-012")
        }
    }

    @Test func `a refusal after authentication uses the assertion up, one before it does not`() async throws {
        try await LiveServer.run { server in
            let denied = try form(scope: "demo:ended", jti: "denied")
            #expect(try await server.token(denied).json()["code"] == "MP-250")
            #expect(try await server.token(denied).json()["code"] == "MP-012")
            let wrong = try form(jti: "unused") { $0.claims["aud"] = "https://other.example.no/" }
            #expect(try await server.token(wrong).json()["code"] == "MP-110")
            #expect(try await server.token(form(jti: "unused")).status == 200)
        }
    }

    @Test(arguments: [
        (Int64(-110), Int64(-9), 200), (-110, -10, 400), (10, 20, 200), (11, 20, 400), (0, 120, 200), (0, 121, 400),
    ])
    func `holds the boundaries of time to the second`(issuedAt: Int64, expires: Int64, status: Int) async throws {
        let now = Timestamp(seconds: SystemClock().now.seconds)
        try await LiveServer.run(clock: FixedClock(now)) { server in
            let answer = try await server.token(
                form {
                    $0.claims["iat"] = .integer(now.seconds + issuedAt)
                    $0.claims["exp"] = .integer(now.seconds + expires)
                }
            )
            #expect(answer.status == status, "\(answer.body)")
        }
    }

    @Test func `marks a bankrupt consumer and refuses it where the server is set so`() async throws {
        try await LiveServer.run { server in
            let answer = try await server.token(form(client: World.bankruptClient))
            #expect(answer.status == 200)
            let entry = try #require(try server.entries(of: .tokenIssued).first)
            #expect(entry.details["consumer_distressed"] == true)
        }
        try await LiveServer.run(settings: [.organisationDistress: "refuse"]) { server in
            let answer = try await server.token(form(client: World.bankruptClient))
            #expect(try answer.json()["reason"] == "organisation_distressed")
        }
    }
}

extension JSONObject {
    fileprivate var encodedText: String { JSONValue.object(self).text() }
}
