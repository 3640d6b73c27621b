import Foundation
import JOSE
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("client_credentials with private_key_jwt (RFC 7523 §2.2), for other authorization servers")
struct GrantStyleTests {
    private func configuration() -> ClientConfiguration {
        var configuration = Sample.configuration()
        configuration.grantStyle = .clientCredentials
        return configuration
    }

    private func fields(_ request: TransportRequest) -> [(String, String)] {
        String(decoding: request.body, as: UTF8.self).split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1)
            return (String(parts[0]), String(parts[1]).removingPercentEncoding ?? "")
        }
    }

    @Test func `what is asked for stands in the form, and the assertion proves the client`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        let request = try TokenRequest(parsing: "b:two a:one") { request in
            request.resource = ["https://a.example.no/x?y=1&z", "https://b.example.no"]
            request.authorizationDetails = (try? AuthorizationDetail.all(parsing: #"{"type":"t","é":1}"#)) ?? []
        }
        _ = try await Sample.client(configuration(), transport, FakeClock()).token(for: request)
        let sent = try #require(transport.requests.first)
        let fields = fields(sent)
        #expect(
            fields.map(\.0) == [
                "grant_type", "client_assertion_type", "client_assertion", "scope", "resource", "resource",
                "authorization_details",
            ]
        )
        #expect(fields[0].1 == "client_credentials")
        #expect(fields[1].1 == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        #expect(fields[3].1 == "a:one b:two")
        #expect(fields[4].1 == "https://a.example.no/x?y=1&z")
        #expect(fields[5].1 == "https://b.example.no")
        #expect(try JSONValue(parsing: fields[6].1).array?.first?.object?["é"]?.integer == 1)
        let proof = try CompactJWS(parsing: fields[2].1)
        let claims = try proof.payloadObject()
        #expect(Set(claims.names) == ["aud", "iss", "sub", "iat", "exp", "jti"])
        #expect(claims["iss"]?.string == Sample.clientID.rawValue)
        #expect(claims["sub"]?.string == Sample.clientID.rawValue)
        #expect(claims["aud"]?.string == Sample.issuer.rawValue)
    }

    @Test func `what only the JWT grant can say is refused before anything is sent`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        let client = Sample.client(configuration(), transport, FakeClock())
        var request = Sample.request
        request.consumerOrganisation = try OrganisationNumber(parsing: "991825827")
        let error = await #expect(throws: TokenError.self) { try await client.token(for: request) }
        #expect(error?.kind == .configuration)
        #expect(error?.message == "`consumer_org` exists only in the JWT grant")
        request = Sample.request
        request.person = PersonIdentifier(parsing: "12345678901")
        await #expect(throws: TokenError.self) { try await client.token(for: request) }
        #expect(transport.requests.isEmpty)
    }

    @Test func `the JWT grant is what is sent unless told otherwise`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        _ = try await Sample.client(Sample.configuration(), transport, FakeClock()).token(for: Sample.request)
        let fields = fields(try #require(transport.requests.first))
        #expect(fields.map(\.0) == ["grant_type", "assertion"])
        #expect(fields[0].1 == "urn:ietf:params:oauth:grant-type:jwt-bearer")
    }
}
