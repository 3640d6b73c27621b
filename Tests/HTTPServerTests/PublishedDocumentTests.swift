import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import NIOCore
import Testing
import Vocabulary

@Suite("GET /jwk and the metadata")
struct PublishedDocumentTests {
    @Test func `says how long it may be kept, and that it has not changed`() async throws {
        let fixture = Fixture()
        let first = try await fixture.send(.get, "/jwk")
        #expect(first.status == .ok)
        #expect(first.text == #"{"keys":[]}"#)
        #expect(first.headers[.contentType] == "application/json")
        #expect(first.headers[.cacheControl] == "public, max-age=3600")
        let tag = try #require(first.headers[.eTag])
        for field in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let again = try await fixture.send(.get, "/jwk", headers: [.ifNoneMatch: field])
            #expect(again.status == .notModified)
            #expect(again.body.readableBytes == 0)
            #expect(again.headers[.eTag] == tag)
            #expect(again.headers[.cacheControl] == "public, max-age=3600")
        }
        #expect(try await fixture.send(.get, "/jwk", headers: [.ifNoneMatch: "\"other\""]).status == .ok)
    }

    @Test func `has another tag when it has other bytes`() async throws {
        let fixture = Fixture()
        let tag = try #require(await fixture.send(.get, "/jwk").headers[.eTag])
        #expect(!fixture.keySet.replace(with: Array(#"{"keys":[]}"#.utf8)))
        #expect(fixture.keySet.replace(with: Array(#"{"keys":[1]}"#.utf8)))
        let next = try await fixture.send(.get, "/jwk", headers: [.ifNoneMatch: tag])
        #expect(next.status == .ok)
        #expect(next.text == #"{"keys":[1]}"#)
        #expect(next.headers[.eTag] != tag)
    }

    @Test(arguments: ["/jwk", "/.well-known/oauth-authorization-server", "/health/live", "/errors/MP-012"])
    func `answers HEAD with the fields of GET and no body`(path: String) async throws {
        let get = try await Fixture().send(.get, path)
        let head = try await Fixture().send(.head, path)
        #expect(head.status == get.status)
        #expect(head.headers == get.headers)
        #expect(head.body.readableBytes == 0)
        #expect(get.body.readableBytes > 0)
    }

    @Test func `refuses to be changed`() async throws {
        let answer = try await Fixture().send(.post, "/jwk", body: "{}")
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "GET, HEAD")
    }

    @Test(arguments: ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"])
    func `serves the metadata of the golden file`(path: String) async throws {
        let answer = try await Fixture().send(.get, path)
        try Golden.check(answer.text + "\n", "metadata.json")
    }

    @Test(
        arguments: [
            (
                "https://id.example.no/tenant",
                [
                    "/tenant/.well-known/oauth-authorization-server", "/tenant/.well-known/openid-configuration",
                    "/.well-known/oauth-authorization-server/tenant", "/.well-known/openid-configuration/tenant",
                ]
            ),
            (
                "https://id.example.no/tenant/",
                [
                    "/tenant/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/tenant",
                ]
            ),
            ("https://id.example.no", ["/.well-known/oauth-authorization-server"]),
        ]
    )
    func `RFC 8414 §3_1: stands at the issuer and between its host and path`(
        issuer: String,
        paths: [String]
    ) async throws {
        for path in paths {
            let answer = try await Fixture(issuer: issuer).send(.get, path)
            #expect(answer.status == .ok, "\(path)")
            #expect(try answer.object()["issuer"]?.string == issuer)
        }
    }

    @Test func `an issuer with a path has its endpoints below it and health at the root`() async throws {
        let fixture = Fixture(issuer: "https://id.example.no/tenant")
        let metadata = try await fixture.send(.get, "/tenant/.well-known/oauth-authorization-server").object()
        #expect(metadata["token_endpoint"] == "https://id.example.no/tenant/token")
        #expect(metadata["jwks_uri"] == "https://id.example.no/tenant/jwk")
        #expect(try await fixture.send(.get, "/tenant/jwk").status == .ok)
        #expect(try await fixture.send(.get, "/jwk").status == .notFound)
        #expect(try await fixture.send(.get, "/tenant/errors/MP-012").status == .ok)
        #expect(try await fixture.send(.get, "/health/live").status == .ok)
    }
}
