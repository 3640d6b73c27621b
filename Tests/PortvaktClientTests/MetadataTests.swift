import JOSE
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Metadata (RFC 8414): read once, the issuer compared byte for byte")
struct MetadataTests {
    let clock = FakeClock()

    private static func document(_ issuer: String, _ endpoint: String? = nil) -> TransportResponse {
        let endpoint = endpoint ?? "https://test.maskinporten.no/token"
        let document: JSONObject = ["issuer": .string(issuer), "token_endpoint": .string(endpoint)]
        return TransportResponse(status: 200, body: document.encoded())
    }

    private func server(_ issuer: String, _ endpoint: String? = nil) -> ScriptedTransport {
        ScriptedTransport { request, number in
            request.method == .get ? Self.document(issuer, endpoint) : Sample.token("t\(number)")
        }
    }

    private func location(_ url: String, issuer: String? = nil) throws -> ServerLocation {
        .metadata(try MetadataLocation(parsing: url, issuer: issuer.map { try Issuer(parsing: $0) }))
    }

    @Test(arguments: [
        ("https://maskinporten.no/", "https://maskinporten.no/.well-known/oauth-authorization-server"),
        ("https://maskinporten.no", "https://maskinporten.no/.well-known/oauth-authorization-server"),
        ("https://a.example.no/tenant", "https://a.example.no/.well-known/oauth-authorization-server/tenant"),
        ("https://a.example.no/tenant/", "https://a.example.no/.well-known/oauth-authorization-server/tenant"),
        ("http://127.0.0.1:7080/", "http://127.0.0.1:7080/.well-known/oauth-authorization-server"),
    ])
    func `the metadata of an issuer stand between host and path`(issuer: String, url: String) throws {
        #expect(MetadataLocation(issuer: try Issuer(parsing: issuer)).url == url)
    }

    @Test(arguments: [
        ("https://m.no/.well-known/oauth-authorization-server", ["https://m.no", "https://m.no/"]),
        ("https://m.no/.well-known/oauth-authorization-server/t", ["https://m.no/t", "https://m.no/t/"]),
        ("https://m.no/t/.well-known/openid-configuration", ["https://m.no/t", "https://m.no/t/"]),
    ])
    func `the issuer that may stand at a URL follows from it but for its slash`(url: String, issuers: [String]) throws {
        #expect(try MetadataLocation(parsing: url).issuers == Set(issuers.map { try Issuer(parsing: $0) }))
    }

    @Test(arguments: [
        ("http://m.no/.well-known/oauth-authorization-server", MetadataLocation.ParseError.url),
        ("ftp://m.no/.well-known/oauth-authorization-server", .url), ("", .url),
        ("https://m.no/.well-known/oauth-authorization-server?x", .url), ("https://m.no/", .wellKnown),
        ("https://m.no/.well-known/oauth-authorization-serverx", .wellKnown),
    ])
    func `another URL is refused`(url: String, fault: MetadataLocation.ParseError) {
        #expect(throws: fault) { try MetadataLocation(parsing: url) }
    }

    @Test(arguments: ["https://test.maskinporten.no/", "https://test.maskinporten.no"])
    func `the audience is the issuer of the document, with or without its slash`(issuer: String) async throws {
        let transport = server(issuer)
        let place = try location("https://test.maskinporten.no/.well-known/oauth-authorization-server")
        _ = try await Sample.client(Sample.configuration(server: place), transport, clock).token("a:b")
        #expect(try transport.requests.last?.claims["aud"] == .string(issuer))
        #expect(
            transport.requests.map(\.url).first == "https://test.maskinporten.no/.well-known/oauth-authorization-server"
        )
    }

    @Test(arguments: [
        ("https://evil.example.no/", String?.none), ("https://test.maskinporten.no/x", nil),
        ("https://TEST.maskinporten.no/", nil), ("https://test.maskinporten.no", "https://test.maskinporten.no/"),
    ])
    func `another issuer in the document is refused, and no assertion is sent`(
        issuer: String,
        known: String?
    ) async throws {
        let transport = server(issuer)
        let place = try location("https://test.maskinporten.no/.well-known/oauth-authorization-server", issuer: known)
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(server: place), transport, clock).token("a:b")
        }
        #expect(error?.kind == .invalidResponse)
        #expect(error?.message.contains("another issuer, `\(issuer)`") == true)
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: ["http://test.maskinporten.no/token", "ftp://x/token", "/token", "https://x.no/token#f"])
    func `a token endpoint without TLS is refused`(endpoint: String) async throws {
        let place = try location("https://test.maskinporten.no/.well-known/oauth-authorization-server")
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(
                Sample.configuration(server: place),
                server("https://test.maskinporten.no/", endpoint),
                clock
            ).token("a:b")
        }
        #expect(error?.kind == .invalidResponse)
        #expect(error?.message.contains("without TLS") == true)
    }

    @Test(arguments: [("[]", "not a JSON object"), ("{}", "`issuer` is missing"), ("<html>", "not a JSON object")])
    func `what is no metadata is told`(body: String, reason: String) async throws {
        let transport = ScriptedTransport { _, _ in TransportResponse(status: 200, body: Array(body.utf8)) }
        let place = try location("https://test.maskinporten.no/.well-known/oauth-authorization-server")
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(server: place), transport, clock).token("a:b")
        }
        #expect(error?.kind == .invalidResponse)
        #expect(error?.message.contains(reason) == true)
    }

    @Test func `many requests read the metadata once, and again after an hour`() async throws {
        let transport = server("https://test.maskinporten.no/")
        let place = try location("https://test.maskinporten.no/.well-known/oauth-authorization-server")
        let client = Sample.client(Sample.configuration(server: place), transport, clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 { group.addTask { _ = try await client.token("a:s\(number)") } }
            try await group.waitForAll()
        }
        #expect(transport.requests.filter { $0.method == .get }.count == 1)
        clock.advance(by: .seconds(3599))
        _ = try await client.token("a:x")
        #expect(transport.requests.filter { $0.method == .get }.count == 1)
        clock.advance(by: .seconds(1))
        _ = try await client.token("a:y")
        #expect(transport.requests.filter { $0.method == .get }.count == 2)
    }

    @Test func `known metadata serve on when they cannot be read again`() async throws {
        let issuer = "https://test.maskinporten.no/"
        let transport = ScriptedTransport { request, number throws(TransportError) in
            if request.method == .post { return Sample.token("t\(number)") }
            guard number == 1 else { throw .network("down") }
            return Self.document(issuer)
        }
        let place = try location("https://test.maskinporten.no/.well-known/oauth-authorization-server")
        let client = Sample.client(Sample.configuration(server: place), transport, clock)
        _ = try await client.token("a:a")
        clock.advance(by: .seconds(3600))
        _ = try await client.token("a:b")
        _ = try await client.token("a:c")
        #expect(transport.requests.filter { $0.method == .get }.count == 2)
        // Nobody had to try again for it.
        #expect(clock.sleeps.isEmpty)
        clock.advance(by: .seconds(60))
        _ = try await client.token("a:d")
        #expect(transport.requests.filter { $0.method == .get }.count == 3)
    }

    @Test func `an outage at the start is tried again like a request`() async throws {
        let transport = ScriptedTransport { request, number throws(TransportError) in
            if request.method == .post { return Sample.token("t") }
            guard number > 2 else { return TransportResponse(status: 503, body: []) }
            return Self.document("https://test.maskinporten.no/")
        }
        let place = try location("https://test.maskinporten.no/.well-known/oauth-authorization-server")
        let client = Sample.client(Sample.configuration(server: place), transport, clock)
        #expect(try await client.token("a:b").value == "t")
        #expect(transport.requests.count == 4)
    }
}
