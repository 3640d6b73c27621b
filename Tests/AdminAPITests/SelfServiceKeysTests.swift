import Administration
import AuditLedger
import Clients
import HTTPTypes
import HummingbirdTesting
import JOSE
import LibCrypto
import SQLiteStorage
import TestSupport
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("Self-service API §5.4, §5.5: keys and on-behalf-of entries")
struct SelfServiceKeysTests {
    private let consumer = AdminWorld.consumer

    private func kids(_ answer: TestResponse) throws -> [String] {
        try #require(answer.object()["keys"]?.array).compactMap { $0["kid"]?.string }.sorted()
    }

    @Test(arguments: [HTTPRequest.Method.post, .put])
    func `a set replaces all keys; a stale set replaces none`(method: HTTPRequest.Method) async throws {
        let here = try SelfServiceWorld()
        let path = "/api/v1/clients/\(try await here.client().id)/jwks"
        #expect(try await here.world.call(.get, path, .clientsRead, of: consumer).status == .notFound)
        let first = try await here.world.call(
            method,
            path,
            .clientsWrite,
            of: consumer,
            body: SelfServiceWorld.set("a")
        )
        #expect(first.status == .ok, "\(first.text)")
        #expect(try first.object()["created"] != nil && first.object()["last_updated"] != nil)
        let tag = try #require(first.headers[.eTag])
        #expect(try await here.world.call(.get, path, .clientsRead, of: consumer).headers[.eTag] == tag)
        let second = try await here.world.call(
            method,
            path,
            .clientsWrite,
            of: consumer,
            headers: [.ifMatch: tag],
            body: SelfServiceWorld.set("b", "c")
        )
        #expect(try kids(second) == ["b", "c"])
        let stale = try await here.world.call(
            method,
            path,
            .clientsWrite,
            of: consumer,
            headers: [.ifMatch: tag],
            body: SelfServiceWorld.set("d")
        )
        #expect(stale.status == .preconditionFailed)
        #expect(try kids(try await here.world.call(.get, path, .clientsRead, of: consumer)) == ["b", "c"])
        // Every key has an end, at most a year ahead.
        let end = try second.object()["keys"]?.array?.first?["exp"]?.integer
        #expect(end == AdminWorld.now.seconds + 365 * 86_400)
    }

    @Test func `one key is added as JWK or PEM, and removed; the others stay`() async throws {
        let here = try SelfServiceWorld()
        let id = try await here.client().id
        let (add, path) = ("/api/v2/clients/\(id)/key", "/api/v1/clients/\(id)/jwks")
        _ = try await here.world.call(.put, path, .clientsWrite, of: consumer, body: SelfServiceWorld.set("a"))
        let jwk = try await here.world.call(
            .post,
            add,
            .clientsModify,
            of: consumer,
            headers: [.contentType: "text/plain"],
            body: SelfServiceWorld.jwk("b").pretty()
        )
        #expect(try kids(jwk) == ["a", "b"], "\(jwk.text)")
        let pem = PEM.encode(TestKeys.rsa.publicKey.spkiDER, label: "PUBLIC KEY")
        let added = try await here.world.call(
            .post,
            add,
            .clientsModify,
            of: consumer,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: pem
        )
        #expect(added.status == .ok, "\(added.text)")
        let thumbprint = JWK(TestKeys.rsa.publicKey, keyID: nil, algorithm: nil).thumbprint()
        #expect(try kids(added) == ["a", "b", thumbprint].sorted())
        let removed = try await here.world.call(.delete, path + "/a", .clientsModify, of: consumer)
        #expect(try kids(removed) == ["b", thumbprint].sorted())
        #expect(try await here.world.call(.delete, path + "/a", .clientsModify, of: consumer).status == .notFound)
        #expect(try await here.world.call(.delete, path, .clientsModify, of: consumer).status == .ok)
        #expect(try await here.world.call(.get, path, .clientsRead, of: consumer).status == .notFound)
        // From its first key on a client authenticates by keys, also when it has none left.
        let client = try await here.world.store.read { try $0.client(ClientID(parsing: id)) }
        #expect(client?.authentication == .registeredKey)
        #expect(try here.world.events(.clientKeyRemoved).count == 3)
    }

    @Test func `what is no key, a private key, a set without keys: refused with the reason, nothing kept`() async throws
    {
        let here = try SelfServiceWorld()
        let id = try await here.client().id
        let (add, path) = ("/api/v2/clients/\(id)/key", "/api/v1/clients/\(id)/jwks")
        var secret = SelfServiceWorld.jwk("s")
        secret["d"] = "AAAA"
        for body in ["{}", "[]", "{\"keys\": []}", "{\"keys\": [1]}", "{\"keys\": [\(secret.pretty())]}"] {
            let answer = try await here.world.call(.put, path, .clientsWrite, of: consumer, body: body)
            #expect(answer.status == .badRequest, "\(body)")
            #expect(try answer.object()["errors"]?.array?.isEmpty == false)
        }
        for body in ["nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", secret.pretty()] {
            let answer = try await here.world.call(
                .post,
                add,
                .clientsWrite,
                of: consumer,
                headers: [.contentType: "text/plain"],
                body: body
            )
            #expect(answer.status == .badRequest, "\(body)")
        }
        #expect(try await here.world.call(.get, path, .clientsRead, of: consumer).status == .notFound)
    }

    @Test func `a client keeps its own on-behalf-of entries, and with more rights those of others`() async throws {
        let here = try SelfServiceWorld()
        let id = try await here.client().id
        let path = "/api/v1/clients/\(id)/onbehalfof"
        let entry = #"{"onbehalfof": "kunde/1", "display_name": "Kunde", "orgno": "\#(AdminWorld.stranger)"}"#
        let narrow = try await here.world.call(.post, path, .onBehalfOfWrite, of: consumer, body: entry)
        #expect(narrow.status == .forbidden)
        func call(_ method: HTTPRequest.Method, _ place: String, _ body: String? = nil) async throws -> TestResponse {
            try await here.world.call(
                method,
                path + place,
                .onBehalfOfWrite,
                .clientsModify,
                of: consumer,
                body: body
            )
        }
        let made = try await call(.post, "", entry)
        #expect(made.status == .ok, "\(made.text)")
        #expect(try made.object()["name"] == "Kunde" && made.object()["orgno"] == .string("\(AdminWorld.stranger)"))
        let changed = try await call(.put, "/kunde%2F1", entry.replacing("\"Kunde\"", with: "\"Kunde AS\""))
        #expect(try changed.object()["name"] == "Kunde AS")
        #expect(try await call(.get, "").json().array?.count == 1)
        #expect(try await call(.put, "/other", entry).status == .badRequest)
        let gone = try await call(.delete, "/kunde%2F1")
        #expect(gone.status == .ok && gone.text.isEmpty)
        #expect(try await call(.delete, "/kunde%2F1").status == .notFound)
        let faults = try await call(.post, "", #"{"orgno": "1", "name": 5}"#)
        let fields = try #require(faults.object()["errors"]?.array).compactMap { $0["fieldIdentifier"]?.string }
        #expect(Set(fields) == ["orgno", "name", "onbehalfof"])
        // With the narrow scope alone a client keeps its own.
        var claims = here.world.claims(["idporten:dcr/onbehalfof:write"], of: consumer)
        claims["client_id"] = .string(id)
        let own = try await here.world.send(.post, path, token: here.world.mint(claims), body: entry)
        #expect(own.status == .ok, "\(own.text)")
    }
}
