import JOSE
import LibCrypto
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("The JWT grant that is sent (RFC 7523 §2.1, Maskinporten's shape)")
struct AssertionTests {
    let clock = FakeClock()

    @Test func `everything stands inside the signed assertion`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        var request = try TokenRequest(parsing: "exampledir:write exampledir:read")
        request.resource = ["https://api.example.no/income"]
        request.consumerOrganisation = try OrganisationNumber(parsing: "991825827")
        request.person = PersonIdentifier(parsing: "25886999479")
        request.authorizationDetails = try AuthorizationDetail.all(parsing: #"{"type":"urn:altinn:consent","id":"1"}"#)
        _ = try await Sample.client(Sample.configuration(), transport, clock).token(for: request)

        let sent = try #require(transport.requests.first)
        #expect(sent.method == .post)
        #expect(sent.url == "https://test.maskinporten.no/token")
        #expect(sent.headers.contains { $0 == ("Content-Type", "application/x-www-form-urlencoded") })
        let body = String(decoding: sent.body, as: UTF8.self)
        #expect(body.hasPrefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="))
        let assertion = try sent.assertion
        #expect(assertion.header == ["alg": "ES256", "typ": "JWT", "kid": "key-1"])
        #expect(assertion.isSigned(by: Sample.key.publicKey, algorithm: .es256))
        #expect(
            try assertion.payloadObject() == [
                "aud": "https://test.maskinporten.no/", "iss": "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11",
                "scope": "exampledir:read exampledir:write", "iat": 1_795_000_000, "exp": 1_795_000_110, "jti": "jti-1",
                "resource": ["https://api.example.no/income"], "consumer_org": "991825827", "pid": "25886999479",
                "authorization_details": [["type": "urn:altinn:consent", "id": "1"]],
            ]
        )
    }

    @Test func `what is not asked for is not sent`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        _ = try await Sample.client(Sample.configuration(), transport, clock).token("exampledir:read")
        let claims = try #require(transport.requests.first).claims
        #expect(claims.names == ["aud", "iss", "scope", "iat", "exp", "jti"])
    }

    @Test func `the audience is the issuer as published, never the token endpoint`() async throws {
        for issuer in ["https://sky.maskinporten.no", "https://maskinporten.no/"] {
            let transport = ScriptedTransport { _, _ in Sample.token("t") }
            let server = ServerLocation.explicit(
                issuer: try Issuer(parsing: issuer),
                tokenEndpoint: "https://elsewhere.example.no/token"
            )
            _ = try await Sample.client(Sample.configuration(server: server), transport, clock).token("a:b")
            #expect(try transport.requests.first?.claims["aud"] == .string(issuer))
            #expect(transport.requests.first?.url == "https://elsewhere.example.no/token")
        }
    }

    @Test func `without scopes in the call the configured request is asked for`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        var configuration = Sample.configuration()
        configuration.defaultRequest = try TokenRequest(parsing: "exampledir:default")
        _ = try await Sample.client(configuration, transport, clock).token()
        #expect(try transport.requests.first?.claims["scope"] == "exampledir:default")
    }

    @Test func `a text that is no scope name is a fault of configuration, and nothing is sent`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), transport, clock).token("not a scope")
        }
        #expect(error?.kind == .configuration)
        #expect(transport.requests.isEmpty)
    }

    @Test func `a key that cannot sign is told, and nothing is sent`() async throws {
        struct Broken: AssertionSigner {
            let algorithm = JWSAlgorithm.rs256
            let keyReference = KeyReference.keyID("k")
            func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8] {
                throw SigningError("the module is locked")
            }
        }
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        var configuration = Sample.configuration()
        configuration.signer = Broken()
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(configuration, transport, clock).token("a:b")
        }
        #expect(error?.kind == .signing)
        #expect(error?.message == "the assertion could not be signed: the module is locked")
        #expect(transport.requests.isEmpty)
    }
}
