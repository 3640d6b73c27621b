import Foundation
import JOSE
import LibCrypto
import LibCrypto
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Ending tokens (RFC 7009): the client proves itself, the token is forgotten, nothing tells it")
struct TokenEndingTests {
    private static let endpoint = "https://test.maskinporten.no/revoke"
    private let clock = FakeClock()

    private func place() throws -> ServerLocation {
        .issuer(try Issuer(parsing: "https://test.maskinporten.no/"))
    }

    /// Metadata, tokens `secret-1`, `secret-2` and so on, and what `revoke` says to each call there.
    private func server(
        endpoint: String? = Self.endpoint,
        revoke: @escaping @Sendable (Int) throws(TransportError) -> TransportResponse
    ) -> ScriptedTransport {
        let (calls, tokens) = (Counter(), Counter())
        return ScriptedTransport { request, _ throws(TransportError) in
            guard request.method == .post else {
                var document: JSONObject = [
                    "issuer": "https://test.maskinporten.no/",
                    "token_endpoint": "https://test.maskinporten.no/token",
                ]
                document["revocation_endpoint"] = endpoint.map { .string($0) } ?? JSONValue?.none
                return TransportResponse(status: 200, body: document.encoded())
            }
            return request.url.hasSuffix("/token")
                ? Sample.token("secret-\(tokens.next())") : try revoke(calls.next())
        }
    }

    private static let done = TransportResponse(status: 200, body: [])

    private func fields(_ request: TransportRequest) -> [String: String] {
        let pairs = String(decoding: request.body, as: UTF8.self).split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1)
            return (String(parts[0]), String(parts[1]).removingPercentEncoding ?? "")
        }
        return Dictionary(pairs) { $1 }
    }

    private func revocations(_ transport: ScriptedTransport) -> [TransportRequest] {
        transport.requests.filter { $0.url == Self.endpoint }
    }

    @Test(arguments: [GrantStyle.jwtGrant, .clientCredentials])
    func `§2.1: the form holds the token, and an assertion that proves the client alone`(style: GrantStyle) async throws
    {
        let transport = server { _ in Self.done }
        var configuration = Sample.configuration(server: try place())
        configuration.grantStyle = style
        let client = Sample.client(configuration, transport, clock)
        try await client.revoke(try await client.token(for: Sample.request))
        let sent = try #require(revocations(transport).first)
        #expect(sent.method == .post)
        let fields = fields(sent)
        #expect(
            Set(fields.keys) == ["token", "token_type_hint", "client_assertion_type", "client_assertion"]
        )
        #expect(fields["token"] == "secret-1")
        #expect(fields["token_type_hint"] == "access_token")
        #expect(fields["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        let proof = try CompactJWS(parsing: fields["client_assertion"] ?? "")
        #expect(proof.isSigned(by: Sample.key.publicKey, algorithm: .es256))
        let claims = try proof.payloadObject()
        #expect(Set(claims.names) == ["aud", "iss", "sub", "iat", "exp", "jti"])
        #expect(claims["aud"] == "https://test.maskinporten.no/")
        #expect(claims["sub"]?.string == Sample.clientID.rawValue)
    }

    @Test func `a client that has a certificate alone names itself, and signs nothing`() async throws {
        let transport = server { _ in Self.done }
        var configuration = Sample.configuration(server: try place())
        configuration.grantStyle = .clientCertificate(thumbprint: "t")
        let client = Sample.client(configuration, transport, clock)
        try await client.revoke(try await client.token(for: Sample.request))
        let fields = fields(try #require(revocations(transport).first))
        #expect(Set(fields.keys) == ["token", "token_type_hint", "client_id"])
        #expect(fields["client_id"] == Sample.clientID.rawValue)
    }

    @Test func `the token is given to nobody any more, other tokens stay`() async throws {
        let transport = server { _ in Self.done }
        let client = Sample.client(Sample.configuration(server: try place()), transport, clock)
        let other = try TokenRequest(parsing: "exampledir:other.read")
        let (ended, kept) = (try await client.token(for: Sample.request), try await client.token(for: other))
        try await client.revoke(ended)
        #expect(try await client.token(for: other) == kept)
        #expect(try await client.token(for: Sample.request).value == "secret-3")
    }

    @Test func `it is forgotten too when the server does not end it`() async throws {
        let transport = server { _ in Sample.refusal("no", code: "PV-014", status: 401, error: "invalid_client") }
        let client = Sample.client(Sample.configuration(server: try place()), transport, clock)
        let token = try await client.token(for: Sample.request)
        let error = try #require(await #expect(throws: TokenError.self) { try await client.revoke(token) })
        #expect(error.kind == .refused)
        #expect(error.code == "PV-014")
        #expect(error.hint == "the client is disabled; its owner must enable it")
        #expect(error.attempts == 1)
        #expect(error.request == Sample.request)
        #expect(try await client.token(for: Sample.request) != token)
    }

    @Test func `§2.2.1: a server in trouble is asked again, with a new assertion`() async throws {
        let transport = server { call throws(TransportError) in
            switch call {
            case 1: throw .network("reset")
            case 2: TransportResponse(status: 503, headers: [("Retry-After", "1")], body: [])
            default: Self.done
            }
        }
        let client = Sample.client(Sample.configuration(server: try place()), transport, clock)
        try await client.revoke(try await client.token(for: Sample.request))
        let sent = revocations(transport)
        #expect(sent.count == 3)
        #expect(Set(sent.map { fields($0)["client_assertion"] }).count == 3)
        #expect(Set(sent.map { fields($0)["token"] }) == ["secret-1"])
        #expect(clock.sleeps.last == .seconds(1))
    }

    @Test(arguments: [
        (503, TokenError.Kind.serverUnavailable, 4), (429, .rateLimited(retryAfter: nil), 4),
        (204, .invalidResponse, 1), (302, .invalidResponse, 1), (404, .invalidResponse, 1),
    ])
    func `another answer than 200 is an error`(status: Int, kind: TokenError.Kind, attempts: Int) async throws {
        let transport = server { _ in TransportResponse(status: status, body: []) }
        let client = Sample.client(Sample.configuration(server: try place()), transport, clock)
        let token = try await client.token(for: Sample.request)
        let error = await #expect(throws: TokenError.self) { try await client.revoke(token) }
        #expect(error?.kind == kind)
        #expect(error?.attempts == attempts)
        #expect(revocations(transport).count == attempts)
    }

    @Test(arguments: [String?.none, "http://test.maskinporten.no/revoke", "https://test.maskinporten.no/revoke#x"])
    func `without a usable revocation_endpoint tokens are had, and nothing is sent to end them`(
        endpoint: String?
    ) async throws {
        let transport = server(endpoint: endpoint) { _ in Self.done }
        let client = Sample.client(Sample.configuration(server: try place()), transport, clock)
        let token = try await client.token(for: Sample.request)
        let error = await #expect(throws: TokenError.self) { try await client.revoke(token) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("`revocation_endpoint`") == true)
        #expect(transport.tokenRequests.count == 1)
    }

    @Test func `neither log nor errors tell the token or an assertion`() async throws {
        let transport = server { call throws(TransportError) in
            guard call > 1 else { throw .network("reset") }
            return Sample.refusal("no", status: 400, error: "invalid_request")
        }
        let recorder = LogRecorder()
        let client = TokenClient(
            Sample.configuration(server: try place()),
            transport: transport,
            cache: TokenCache(),
            clock: clock,
            draws: Draws(identifier: { UUID().uuidString }, chance: { 0.5 }),
            logger: recorder.logger,
            metrics: nil,
            tracer: nil
        )
        let token = try await client.token(for: Sample.request)
        let error = try #require(await #expect(throws: TokenError.self) { try await client.revoke(token) })
        var text = recorder.text + "\(error) \(String(reflecting: error))"
        dump(error, to: &text)
        #expect(recorder.messages.contains("revocation_attempt_failed"))
        #expect(!text.contains("secret-1"))
        for sent in revocations(transport) {
            #expect(!text.contains(try #require(fields(sent)["client_assertion"])))
        }
    }
}
