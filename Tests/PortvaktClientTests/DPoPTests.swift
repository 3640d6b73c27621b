import AsyncHTTPClient
import Foundation
import JOSE
import LibCrypto
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("RFC 9449: a client whose tokens are bound to a key")
struct DPoPTests {
    private let clock = FakeClock()

    private func configuration() throws -> ClientConfiguration {
        var configuration = Sample.configuration()
        configuration.dpop = try .ephemeral(.es256)
        return configuration
    }

    private static func token(_ text: String, nonce: String? = nil) -> TransportResponse {
        TransportResponse(
            status: 200,
            headers: nonce.map { [("dpop-nonce", $0)] } ?? [],
            body: Array(#"{"access_token":"\#(text)","token_type":"DPoP","expires_in":119}"#.utf8)
        )
    }

    private static func wantsNonce(_ nonce: String?) -> TransportResponse {
        Sample.refusal(
            "use a nonce",
            error: "use_dpop_nonce",
            headers: nonce.map { [(name: "DPoP-Nonce", value: $0)] } ?? []
        )
    }

    private func proof(_ request: TransportRequest) throws -> UnverifiedDPoPProof {
        let fields = request.headers.filter { $0.name == "DPoP" }.map(\.value)
        return try UnverifiedDPoPProof(parsing: fields)
    }

    // MARK: The token endpoint

    @Test(arguments: [JWSAlgorithm.es256, .edDSA, .es384, .ps256]) func `§5: a token request has a proof by the key`(
        algorithm: JWSAlgorithm
    ) async throws {
        let transport = ScriptedTransport { _, _ in Self.token("t") }
        var configuration = Sample.configuration()
        configuration.dpop = try .ephemeral(algorithm)
        let token = try await Sample.client(configuration, transport, clock).token(for: Sample.request)
        #expect(token.kind == .dpop)
        #expect(token.authorization == "DPoP t")
        let proof = try proof(#require(transport.requests.first))
        try proof.check(method: "POST", target: #require(DPoPTarget("https://test.maskinporten.no/token")))
        try proof.checkTime(at: clock.now)
        #expect(try proof.proved().thumbprint == token.prover?.thumbprint)
        #expect(proof.nonce == nil)
        #expect(proof.accessTokenHash == nil)
    }

    @Test func `without DPoP nothing of it is sent, and a bound token is not understood`() async throws {
        let transport = ScriptedTransport { _, _ in Self.token("t") }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .invalidResponse)
        #expect(transport.requests.first?.headers.contains { $0.name == "DPoP" } == false)
    }

    @Test func `§5: a bearer token in answer to a proof is thrown away`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(configuration(), transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .invalidResponse)
        #expect(transport.requests.count == 1)
    }

    @Test func `§8: use_dpop_nonce is answered once, with a new assertion and a new proof`() async throws {
        let transport = ScriptedTransport { _, number in number == 1 ? Self.wantsNonce("n-1") : Self.token("t") }
        let client = Sample.client(try configuration(), transport, clock)
        #expect(try await client.token(for: Sample.request).value == "t")
        #expect(transport.requests.count == 2)
        #expect(clock.sleeps.isEmpty)
        let proofs = try transport.requests.map(proof)
        #expect(proofs.map(\.nonce) == [nil, "n-1"])
        #expect(proofs[0].identifier != proofs[1].identifier)
        let assertions = try transport.requests.map { try $0.claims["jti"]?.string }
        #expect(assertions[0] != assertions[1])
    }

    @Test func `a server that asks for ever new nonces is not followed`() async throws {
        let transport = ScriptedTransport { _, number in Self.wantsNonce("n-\(number)") }
        let client = Sample.client(try configuration(), transport, clock)
        let error = await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(error?.kind == .refused)
        #expect(error?.refusal?.error == "use_dpop_nonce")
        #expect(transport.requests.count == 2)
        // What the failed attempt brought is used by the next request all the same.
        clock.advance(by: .seconds(60))
        _ = try? await client.token(for: Sample.request)
        #expect(try proof(transport.requests[2]).nonce == "n-2")
    }

    @Test(arguments: [nil, "", "with space", "n\u{e6}", String(repeating: "n", count: 1_025)])
    func `without a nonce that can be used there is no second attempt`(nonce: String?) async throws {
        let transport = ScriptedTransport { _, _ in Self.wantsNonce(nonce) }
        let client = Sample.client(try configuration(), transport, clock)
        await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(transport.requests.count == 1)
    }

    @Test func `§8.2: the nonce of a good answer is used by the next request`() async throws {
        let transport = ScriptedTransport { _, number in Self.token("t-\(number)", nonce: "n-\(number)") }
        let client = Sample.client(try configuration(), transport, clock)
        _ = try await client.token(for: Sample.request)
        _ = try await client.token(for: Sample.request, freshness: .forceRefresh)
        #expect(try transport.requests.map { try proof($0).nonce } == [nil, "n-1"])
    }

    @Test func `iat is the server's time, once the clock is corrected`() async throws {
        clock.setSkew(120)
        let clock = clock
        let transport = ScriptedTransport { _, number in
            let date = HTTPDateText.text(of: clock.trueNow)
            guard number > 1 else {
                return Sample.refusal("stale", code: "PV-012", headers: [("Date", date)])
            }
            return Self.token("t")
        }
        _ = try await Sample.client(try configuration(), transport, clock).token(for: Sample.request)
        let proofs = try transport.requests.map(proof)
        #expect(proofs[0].issuedAt == clock.trueNow + 120)
        #expect(proofs[1].issuedAt == clock.trueNow)
    }

    @Test func `the cache knows tokens of different keys apart`() async throws {
        let transport = ScriptedTransport { request, number in
            request.headers.contains { $0.name == "DPoP" } ? Self.token("bound-\(number)") : Sample.token("bearer")
        }
        let cache = TokenCache()
        let clients = [
            Sample.client(try configuration(), transport, clock, cache: cache),
            Sample.client(try configuration(), transport, clock, cache: cache),
            Sample.client(Sample.configuration(), transport, clock, cache: cache),
        ]
        var values: Set<String> = []
        for client in clients { values.insert(try await client.token(for: Sample.request).value) }
        #expect(values.count == 3)
        #expect(cache.count == 3)
        for client in clients { values.insert(try await client.token(for: Sample.request).value) }
        #expect(values.count == 3)
    }

    // MARK: Keys

    @Test func `a key given is used, and never printed`() async throws {
        let key = try PrivateKey.generate(.ed25519)
        let secret = JWK.Private(key, keyID: "dpop", algorithm: nil)
        let signer = try ProofKey(jwk: secret.secretObject().encoded())
        #expect(signer.algorithm == .edDSA)
        let seed = try #require(secret.secretObject()["d"]?.string)
        var text = "\(signer)"
        dump(signer, to: &text)
        #expect(!text.contains(seed))
        var configuration = Sample.configuration()
        configuration.dpop = .key(signer)
        let transport = ScriptedTransport { _, _ in Self.token("t") }
        let token = try await Sample.client(configuration, transport, clock).token(for: Sample.request)
        #expect(token.prover?.thumbprint == secret.publicJWK.thumbprint())
        #expect(throws: KeyLoadingError.self) { try ProofKey(key, algorithm: .es256) }
        #expect(throws: KeyLoadingError.self) { try ProofKey(jwk: Array("{}".utf8)) }
    }

    @Test func `MASKINPORTEN_DPOP turns it on`() throws {
        var environment = [
            "MASKINPORTEN_CLIENT_ID": Sample.clientID.rawValue, "MASKINPORTEN_ISSUER": Sample.issuer.rawValue,
            "MASKINPORTEN_CLIENT_JWK": JSONValue.object(
                try JWK.Private(Sample.key, keyID: "k", algorithm: .es256).secretObject()
            ).text(),
        ]
        func algorithm() throws -> JWSAlgorithm? {
            guard case .key(let signer) = try ClientConfiguration.fromEnvironment(environment).dpop else { return nil }
            return signer.algorithm
        }
        #expect(try algorithm() == nil)
        for (text, expected) in [("on", JWSAlgorithm.es256), ("true", .es256), ("EdDSA", .edDSA), ("PS256", .ps256)] {
            environment["MASKINPORTEN_DPOP"] = text
            #expect(try algorithm() == expected)
        }
        environment["MASKINPORTEN_DPOP"] = "off"
        #expect(try algorithm() == nil)
        for text in ["HS256", "none", "yes please"] {
            environment["MASKINPORTEN_DPOP"] = text
            #expect(throws: ConfigurationError.self) { try algorithm() }
        }
        environment["MASKINPORTEN_DPOP"] = nil
        environment["MASKINPORTEN_CLIENT_DPOP_JWK_PATH"] = "/nowhere/dpop.jwk"
        #expect(throws: ConfigurationError.self) { try algorithm() }
        let path = FileManager.default.temporaryDirectory.appending(path: "dpop-\(UUID()).jwk").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let key = JWK.Private(try PrivateKey.generate(.ec(.p384)), keyID: nil, algorithm: nil)
        try Data(key.secretObject().encoded()).write(to: URL(filePath: path))
        environment["MASKINPORTEN_CLIENT_DPOP_JWK_PATH"] = path
        #expect(try algorithm() == .es384)
    }

    // MARK: APIs

    private func token() async throws -> TokenClient {
        let transport = ScriptedTransport { _, number in Self.token("t\(number)") }
        return Sample.client(try configuration(), transport, FakeClock(at: SystemClientClock().now))
    }

    private static func fields(_ request: String, _ name: String) -> [String] {
        request.components(separatedBy: "\r\n").filter { $0.hasPrefix("\(name): ") }.map {
            String($0.dropFirst(name.count + 2))
        }
    }

    @Test func `§7.1: a call carries the token and a proof of it`() async throws {
        let server = try LoopbackServer(.whole(200, "data"))
        defer { server.stop() }
        let api = AuthorizedHTTPClient(.shared, tokens: try await token(), request: Sample.request)
        let url = "http://127.0.0.1:\(server.port)/api?year=2026"
        for _ in 0..<2 { _ = try await api.execute(HTTPClientRequest(url: url), timeout: .seconds(30)) }
        var identifiers: Set<String> = []
        for request in server.requests {
            #expect(Self.fields(request, "Authorization") == ["DPoP t1"])
            let proof = try UnverifiedDPoPProof(parsing: Self.fields(request, "DPoP"))
            try proof.check(method: "GET", target: #require(DPoPTarget(url)))
            try proof.check(accessToken: "t1")
            _ = try proof.proved()
            identifiers.insert(proof.identifier)
        }
        #expect(identifiers.count == 2)
    }

    @Test func `§9: an API that wants a nonce gets it with the same token, once`() async throws {
        let server = try LoopbackServer { request in
            let proof = try? UnverifiedDPoPProof(parsing: Self.fields(request, "DPoP"))
            guard proof?.nonce == "api-nonce" else {
                return .whole(
                    401,
                    "no",
                    headers: [#"WWW-Authenticate: DPoP error="use_dpop_nonce""#, "DPoP-Nonce: api-nonce"]
                )
            }
            return .whole(200, "data")
        }
        defer { server.stop() }
        let api = AuthorizedHTTPClient(.shared, tokens: try await token(), request: Sample.request)
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/api")
        #expect(try await api.execute(request, timeout: .seconds(30)).status == .ok)
        #expect(server.requests.count == 2)
        #expect(server.requests.allSatisfy { Self.fields($0, "Authorization") == ["DPoP t1"] })
        // And remembers it.
        #expect(try await api.execute(request, timeout: .seconds(30)).status == .ok)
        #expect(server.requests.count == 3)
    }

    @Test func `an API that asks for ever new nonces is not followed`() async throws {
        let count = Counter()
        let server = try LoopbackServer { _ in
            .whole(
                401,
                "no",
                headers: [#"WWW-Authenticate: DPoP error="use_dpop_nonce""#, "DPoP-Nonce: n-\(count.next())"]
            )
        }
        defer { server.stop() }
        let api = AuthorizedHTTPClient(.shared, tokens: try await token(), request: Sample.request)
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/api")
        #expect(try await api.execute(request, timeout: .seconds(30)).status == .unauthorized)
        // The first, and once with the nonce; the token is too new to be replaced.
        #expect(server.requests.count == 2)
    }

    @Test func `nonces are each server's own`() async throws {
        let prover = DPoPProver(try ProofKey(generating: .es256), now: { Sample.now }, identifier: { "id" })
        #expect(prover.remember(nonce: "a", from: "https://a.no/token"))
        #expect(!prover.remember(nonce: "a", from: "https://A.no:443/other?x"))
        #expect(prover.remember(nonce: "b", from: "https://a.no:8443/"))
        #expect(prover.nonce(for: "https://a.no/x") == "a")
        #expect(prover.nonce(for: "https://a.no:8443/x") == "b")
        #expect(prover.nonce(for: "http://a.no/") == nil)
        #expect(!prover.remember(nonce: "c", from: "no url"))
    }
}

/// IMF-fixdate of a time (RFC 9110 §5.6.7).
private enum HTTPDateText {
    static func text(of time: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(time.seconds)))
    }
}
