import AuditLedger
import Clients
import Foundation
import JOSE
import NIOHTTP1
import SQLiteStorage
import Scopes
import Server
import TestSupport
import TestTokens
import Testing
import Vocabulary

@Suite("RFC 7662: what the owner of a scope is told of tokens", .serialized)
struct IntrospectionTests {
    private static let inactive = #"{"active":false}"#

    @Test func `tells the owner what stands in the token, and keeps no row of having been asked`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken("demo:read demo:open")
            let claims = try payload(of: token)
            let before = try server.ledgerLength()
            let answer = try await server.introspect(token)
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"] == ["application/json"])
            #expect(answer.fields["cache-control"] == ["no-store"])
            let members = try answer.json()
            #expect(
                members.names == [
                    "active", "scope", "client_id", "token_type", "exp", "iat", "iss", "jti", "client_amr", "consumer",
                ]
            )
            #expect(members["active"] == true)
            #expect(members["scope"] == "demo:read demo:open")
            for name in members.names where name != "active" { #expect(members[name] == claims[name], "\(name)") }
            #expect(try server.ledgerLength() == before)
        }
    }

    @Test func `tells of supplier, delegation, person and audience too, as they stand in the token`() async throws {
        try await LiveServer.run { server in
            let delegated = try await server.accessToken(
                "demo:delegated",
                client: World.supplierClient,
                claims: ["consumer_org": .string("\(World.consumer)"), "resource": "https://api.example.no/x"]
            )
            let members = try await server.introspect(delegated).json()
            #expect(members["supplier"]?["ID"]?.string == World.supplier.iso6523)
            #expect(members["consumer"]?["ID"]?.string == World.consumer.iso6523)
            #expect(members["delegation_source"]?.string == LiveServer.issuer)
            #expect(members["aud"] == "https://api.example.no/x")
            let person = try await server.accessToken("demo:person", claims: ["pid": "01828510068"])
            #expect(try await server.introspect(person).json()["pid"] == "01828510068")
        }
    }

    @Test func `is the same word for a token that is malformed, foreign, somebody else's business or none`()
        async throws
    {
        try await LiveServer.run { server in
            let token = try await server.accessToken()
            let altered = String(token.dropLast(6)) + "AAAAAA"
            let assertion = try AssertionMint(
                client: World.keyClient,
                audience: LiveServer.issuer,
                scope: "demo:read",
                at: SystemClock().now
            ).signed(by: TestKeys.rsa)
            for text in ["x", "a.b.c", altered, assertion, String(repeating: "a", count: 40_000)] {
                let answer = try await server.introspect(text)
                #expect(answer.status == 200)
                #expect(answer.body == Self.inactive)
            }
            // The client itself and a stranger own none of its scopes.
            for client in [World.keyClient, World.strangerClient, World.supplierClient] {
                #expect(try await server.introspect(token, as: client).body == Self.inactive)
            }
            #expect(try await server.introspect(token).body != Self.inactive)
        }
    }

    @Test func `shows an owner only the scopes that it owns`() async throws {
        try await LiveServer.run { server in
            let name = try ScopeName(parsing: "other:read")
            try server.change { transaction in
                let now = SystemClock().now
                try transaction.insert(
                    ScopePrefixAssignment(prefix: name.prefix, owner: World.stranger, created: now, lastUpdated: now)
                )
                var scope = Scope(name: name, owner: World.stranger, description: "x", created: now, origin: "cli")
                scope.isAccessibleForAll = true
                try transaction.insert(scope)
                var client = try #require(try transaction.client(.init(parsing: World.keyClient)))
                client.scopes.append(name)
                try transaction.update(client)
            }
            let token = try await server.accessToken("demo:read other:read demo:open")
            #expect(try await server.introspect(token).json()["scope"] == "demo:read demo:open")
            #expect(try await server.introspect(token, as: World.strangerClient).json()["scope"] == "other:read")
        }
    }

    // MARK: The caller (RFC 7662 §2.1, §2.3)

    @Test func `takes a token of the owner's own instead of an assertion`() async throws {
        try await LiveServer.run { server in
            let own = try await server.accessToken("demo:open", client: World.providerClient)
            let token = try await server.accessToken()
            for _ in 1...2 {
                let answer = try await server.post("introspect", "token=\(token)", [("authorization", "Bearer \(own)")])
                #expect(try answer.json()["active"] == true, "\(answer.body)")
            }
        }
    }

    @Test func `takes no token that was made for another API, on somebody's behalf, or that was ended`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken()
            func reason(_ own: String) async throws -> String {
                let answer = try await server.post("introspect", "token=\(token)", [("authorization", "Bearer \(own)")])
                #expect(answer.status == 401)
                #expect(try answer.json()["code"] == "PV-060")
                #expect(answer.fields["www-authenticate"].first?.contains("error=\"invalid_token\"") == true)
                return try answer.json()["reason"]?.string ?? ""
            }
            let elsewhere = try await server.accessToken(
                "demo:open",
                client: World.providerClient,
                claims: ["resource": "https://api.example.no/x"]
            )
            #expect(try await reason(elsewhere) == "access_token_audience")
            let delegated = try await server.accessToken(
                "demo:delegated",
                client: World.supplierClient,
                claims: ["consumer_org": .string("\(World.consumer)")]
            )
            #expect(try await reason(delegated) == "access_token_on_behalf")
            #expect(try await reason("a.b.c") == "access_token_malformed")
            let ended = try await server.accessToken("demo:open", client: World.providerClient)
            #expect(try await server.revoke(ended, as: World.providerClient).status == 200)
            #expect(try await reason(ended) == "access_token_ended")
        }
    }

    @Test func `RFC 9449 §7: a token that is bound to a key is taken with its proof, and else refused`() async throws {
        try await LiveServer.run { server in
            let caller = try BoundCaller()
            let own = try await caller.token(from: server)
            let token = try await server.accessToken()
            for path in ["introspect", "revoke"] {
                let form = "token=\(token)"
                let proof = try caller.proof(for: path, of: own)
                let fields = [("authorization", "DPoP \(own)"), ("dpop", proof)]
                let answer = try await server.post(path, form, fields)
                #expect(answer.status == 200, "\(answer.body)")
                // RFC 9449 §8.2: the next nonce, unasked.
                #expect(answer.fields["dpop-nonce"].count == 1)
                func reason(_ fields: [(String, String)]) async throws -> String? {
                    let answer = try await server.post(path, form, fields)
                    #expect(answer.status == 401)
                    let challenge = answer.fields["www-authenticate"].joined(separator: ", ")
                    #expect(challenge.contains("DPoP realm="), "\(challenge)")
                    return try answer.json()["reason"]?.string
                }
                #expect(try await reason(fields) == "dpop_replayed")
                #expect(try await reason([fields[0]]) == "dpop_missing")
                let bearer = [("authorization", "Bearer \(own)"), ("dpop", try caller.proof(for: path, of: own))]
                #expect(try await reason(bearer) == "access_token_bound")
                let other = try BoundCaller().proof(for: path, of: own)
                #expect(try await reason([fields[0], ("dpop", other)]) == "dpop_other_key")
                let elsewhere = try caller.proof(for: "token", of: own)
                #expect(try await reason([fields[0], ("dpop", elsewhere)]) == "dpop_target")
                let foreign = try caller.proof(for: path, of: token)
                #expect(try await reason([fields[0], ("dpop", foreign)]) == "dpop_access_token_hash")
                // §7.1: the scheme is that of tokens which are bound.
                let loose = try await server.accessToken("demo:open", client: World.providerClient)
                let unbound = [
                    ("authorization", "DPoP \(loose)"), ("dpop", try caller.proof(for: path, of: loose)),
                ]
                #expect(try await reason(unbound) == "access_token_bound")
                // Two credentials could be read in two ways.
                let both = fields + [("authorization", "Bearer \(loose)")]
                #expect(try await server.post(path, form, both).status == 401)
            }
        }
    }

    @Test func `RFC 9449 §9: where nonces are demanded, a caller's proof needs one too`() async throws {
        try await LiveServer.run(settings: [.dpopNonce: "required"]) { server in
            let caller = try BoundCaller()
            let own = try await caller.token(from: server)
            let token = try await server.accessToken()
            func ask(_ nonce: String?) async throws -> LiveServer.Answer {
                let proof = try caller.proof(for: "introspect", of: own, nonce: nonce)
                return try await server.post(
                    "introspect",
                    "token=\(token)",
                    [("authorization", "DPoP \(own)"), ("dpop", proof)]
                )
            }
            let first = try await ask(nil)
            #expect(first.status == 401)
            #expect(try first.json()["error"] == "use_dpop_nonce")
            #expect(first.fields["www-authenticate"].first?.contains("error=\"use_dpop_nonce\"") == true)
            let nonce = try #require(first.fields.first(name: "dpop-nonce"))
            #expect(try await ask(nonce).json()["active"] == true)
        }
    }

    @Test func `refuses whoever proves nothing`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken()
            let nobody = try await server.post("introspect", "token=\(token)")
            #expect(nobody.status == 401)
            #expect(try nobody.json()["code"] == "PV-021")
            #expect(nobody.fields["www-authenticate"].first?.hasPrefix("Bearer ") == true)
            let forged = try LiveServer.authentication(World.providerClient, by: TestKeys.otherRSA)
            let wrong = try await server.post("introspect", "token=\(token)&\(forged)")
            #expect(wrong.status == 401)
            #expect(try wrong.json()["error"] == "invalid_client")
            #expect(try wrong.json()["code"] == "MP-124")
            let disabled = try await server.post(
                "introspect",
                "token=\(token)&\(LiveServer.authentication(World.disabledClient))"
            )
            #expect(disabled.status == 401)
            #expect(try disabled.json()["code"] == "PV-014")
            let missing = try await server.post("introspect", try LiveServer.authentication(World.providerClient))
            #expect(missing.status == 400)
            #expect(try missing.json()["reason"] == "form_parameter_missing")
            #expect(try await server.send(.GET, "introspect").status == 405)
        }
    }

    @Test func `uses an assertion up, also for the token endpoint`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken()
            let authentication = try LiveServer.authentication(World.providerClient, jti: "once")
            #expect(try await server.post("introspect", "token=\(token)&\(authentication)").status == 200)
            let again = try await server.post("introspect", "token=\(token)&\(authentication)")
            #expect(again.status == 401)
            #expect(try again.json()["code"] == "MP-012")
            let elsewhere = try await server.token(
                "grant_type=client_credentials&scope=demo%3Aopen&\(authentication)"
            )
            #expect(elsewhere.status == 401)
            #expect(try elsewhere.json()["code"] == "MP-012")
        }
    }

    // MARK: RFC 9701

    @Test func `signs the answer for whoever asks for that`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken()
            let accept = [("accept", "application/token-introspection+jwt")]
            for (text, isActive) in [(token, true), ("nonsense", false)] {
                let answer = try await server.introspect(text, fields: accept)
                #expect(answer.fields["content-type"] == ["application/token-introspection+jwt"])
                let jws = try CompactJWS(parsing: answer.body)
                #expect(jws.header["typ"] == "token-introspection+jwt")
                let keys = try JWKSet(parsing: Array(try await server.send(.GET, "jwk").body.utf8))
                let key = try #require(keys.keys.first { $0.keyID == jws.header["kid"]?.string })
                #expect(jws.isSigned(by: key.publicKey, algorithm: .rs256))
                let claims = try jws.payloadObject()
                #expect(claims.names == ["iss", "aud", "iat", "token_introspection"])
                #expect(claims["aud"]?.string == World.providerClient)
                #expect(claims["iss"]?.string == LiveServer.issuer)
                #expect(claims["token_introspection"]?["active"]?.bool == isActive)
                // RFC 8725 §3.11: what was said of a token is no token.
                #expect(try await !server.isActive(answer.body))
            }
            let plain = try await server.introspect(token, fields: [("accept", "application/json, */*;q=0.1")])
            #expect(plain.fields["content-type"] == ["application/json"])
        }
    }
}

extension LiveServer {
    /// How many entries the ledger has.
    func ledgerLength() throws -> Int64 {
        let store = try SQLiteStore(DataFolder(path: folder), opening: .requireCurrent)
        defer { try? store.close() }
        return try store.read { try $0.lastSequence }
    }
}

/// The provider, with a token that is bound to a key.
private struct BoundCaller {
    private let mint: ProofMint

    init() throws { mint = try ProofMint() }

    func proof(for path: String, of token: String?, nonce: String? = nil) throws -> String {
        var draft = DPoPProofDraft(
            method: "POST",
            url: LiveServer.issuer + path,
            identifier: UUID().uuidString,
            issuedAt: SystemClock().now
        )
        draft.accessToken = token
        draft.nonce = nonce
        return try mint.proof(draft)
    }

    func token(from server: LiveServer) async throws -> String {
        func ask(_ nonce: String?) async throws -> LiveServer.Answer {
            let assertion = try AssertionMint(
                client: World.providerClient,
                audience: LiveServer.issuer,
                scope: "demo:open",
                at: SystemClock().now,
                jti: UUID().uuidString,
                kid: "rsa-1"
            ).signed(by: TestKeys.rsa)
            let form = "\(RefusalCase.grantType)&assertion=\(assertion)"
            return try await server.post("token", form, [("dpop", try proof(for: "token", of: nil, nonce: nonce))])
        }
        var answer = try await ask(nil)
        if answer.status != 200 { answer = try await ask(answer.fields.first(name: "dpop-nonce")) }
        return try #require(try answer.json()["access_token"]?.string, "\(answer.body)")
    }
}
