import Foundation
import JOSE
import NIOHTTP1
import TestSupport
import Testing
import Vocabulary

@Suite("Public documents and errors of HTTP, over a socket", .serialized)
struct DocumentsTests {
    @Test func `serves the metadata of RFC 8414 at both places`() async throws {
        try await LiveServer.run { server in
            let answer = try await server.send(.GET, ".well-known/oauth-authorization-server")
            #expect(answer.status == 200)
            #expect(try answer.json()["issuer"]?.string == LiveServer.issuer)
            try Golden.expect(Golden.normalised(answer.body), equals: "metadata.json")
            #expect(try await server.send(.GET, ".well-known/openid-configuration").body == answer.body)
        }
    }

    @Test func `serves the key set with ETag and cache lifetime, and 304 for a fresh copy`() async throws {
        try await LiveServer.run { server in
            let answer = try await server.send(.GET, "jwk")
            #expect(answer.status == 200)
            #expect(answer.fields.first(name: "cache-control")?.contains("max-age=") == true)
            let tag = try #require(answer.fields.first(name: "etag"))
            let again = try await server.send(.GET, "jwk", [("if-none-match", tag)])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            var key = try #require(try answer.json()["keys"]?.array?.first?.object)
            #expect(try answer.json()["keys"]?.array?.count == 1)
            #expect(key["d"] == nil)
            for member in ["kid", "n"] { key[member] = .string("<\(member)>") }
            try Golden.expect(Golden.normalised(JSONValue.object(key).text()), equals: "jwk.json")
        }
    }

    @Test func `answers faults of HTTP with the same body as all others`() async throws {
        try await LiveServer.run { server in
            let missing = try await server.send(.GET, "tokens")
            #expect(missing.status == 404)
            try Golden.expect(Golden.normalised(missing.body), equals: "errors/not-found.json")
            let method = try await server.send(.GET, "token")
            #expect(method.status == 405)
            #expect(method.fields.first(name: "allow") == "POST")
            try Golden.expect(Golden.normalised(method.body), equals: "errors/method-not-allowed.json")
            let media = try await server.token("{}", mediaType: "application/json")
            #expect(media.status == 415)
            try Golden.expect(Golden.normalised(media.body), equals: "errors/media-type.json")
            let large = try await server.token(String(repeating: "a", count: 70_000))
            #expect(large.status == 413)
            try Golden.expect(Golden.normalised(large.body), equals: "errors/too-large.json")
        }
    }

    @Test func `has a page for every error that it answers with`() async throws {
        try await LiveServer.run { server in
            for code in Set(RefusalCase.all.map(\.code)) {
                let json = try await server.send(.GET, "errors/\(code)", [("accept", "application/json")])
                #expect(json.status == 200, "\(code)")
                #expect(try json.json()["code"]?.string == code)
                let page = try await server.send(.GET, "errors/\(code)", [("accept", "text/html")])
                #expect(page.status == 200)
                #expect(page.body.contains(code))
                #expect(page.fields.first(name: "content-security-policy")?.contains("default-src 'none'") == true)
            }
        }
    }

    @Test func `the admin listener answers health, and 401 to all else`() async throws {
        try await LiveServer.run { server in
            for path in ["health/live", "health/ready"] {
                #expect(try await server.send(.GET, path).status == 200)
                #expect(try await LiveServer.send(.GET, server.adminBase + path).status == 200)
            }
            let other = try await LiveServer.send(.GET, server.adminBase + "api/v1/clients")
            #expect(other.status == 401)
            #expect(other.fields.first(name: "www-authenticate")?.hasPrefix("Bearer") == true)
            try Golden.expect(Golden.normalised(other.body), equals: "errors/admin-unauthorised.json")
            let stranger = try await LiveServer.send(.GET, server.adminBase + "health/live", [("host", "evil.example")])
            #expect(stranger.status == 421)
        }
    }
}
