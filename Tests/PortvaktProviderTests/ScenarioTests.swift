import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("An API and its issuer, with whole tokens: what goes wrong, and what still works")
struct ScenarioTests {
    let clock = FakeClock()
    let first = Sample.elliptic
    let second = made { try PrivateKey.generate(.ec(.p256)) }

    private func verifier(_ transport: any KeyTransport) -> (TokenVerifier, RemoteKeySet) {
        var policy = VerificationPolicy(issuer: Sample.issuer)
        policy.algorithms = [.es256, .rs256]
        let keys = RemoteKeySet(.keys(url: Sample.keysURL), transport: transport, clock: clock)
        return (TokenVerifier(policy: policy, keys: keys, clock: clock), keys)
    }

    /// A token that is issued now.
    private func token(_ keyID: String, by key: PrivateKey, lifetime: Int64 = 120) throws -> String {
        var claims = Sample.claims
        claims["iat"] = .integer(clock.now.seconds)
        claims["exp"] = .integer(clock.now.seconds + lifetime)
        return try Sample.token(claims, header: ["kid": .string(keyID), "alg": "ES256"], by: key, algorithm: .es256)
    }

    private func set(_ keys: (String, PrivateKey)...) -> KeyResponse {
        let members = JSONValue.array(keys.map { .object(Sample.jwk($0.0, $0.1).object) })
        return KeyResponse(status: 200, body: JSONObject(dictionaryLiteral: ("keys", members)).encoded())
    }

    @Test func `rotation: tokens of the old and of the new key are taken, without a refusal`() async throws {
        let (old, both, new) = (
            set(("old", first)), set(("old", first), ("new", second)), set(("new", second))
        )
        let transport = ScriptedTransport { _, _ in old }
        let (verifier, keys) = verifier(transport)
        for minute in 0..<60 {
            if minute == 10 { transport.play { _, _ in both } }
            if minute == 40 { transport.play { _, _ in new } }
            let text = minute < 20 ? try token("old", by: first) : try token("new", by: second)
            _ = try await verifier.verifyBearer(text)
            try await eventually { !keys.isReading }
            clock.advance(by: .seconds(60))
        }
    }

    @Test func `rotation without notice: the first token of a new key is taken, after one reading`() async throws {
        let (old, new) = (set(("old", first)), set(("new", second)))
        let transport = ScriptedTransport { _, number in number == 1 ? old : new }
        let (verifier, _) = verifier(transport)
        _ = try await verifier.verifyBearer(token("old", by: first))
        clock.advance(by: .seconds(31))
        _ = try await verifier.verifyBearer(token("new", by: second))
        #expect(transport.requests.count == 2)
    }

    @Test func `removed key: its tokens are refused as soon as the issuer is heard`() async throws {
        let (old, new) = (set(("old", first)), set(("new", second)))
        let transport = ScriptedTransport { _, number in number == 1 ? old : new }
        let (verifier, _) = verifier(transport)
        let text = try token("old", by: first, lifetime: 3600)
        _ = try await verifier.verifyBearer(text)
        clock.advance(by: .seconds(601))
        await #expect(throws: VerificationError.key(.unknownKey("old"))) { try await verifier.verifyBearer(text) }
    }

    @Test func `outage of an hour: known keys serve on, and it is told`() async throws {
        let known = set(("k1", first))
        let transport = ScriptedTransport { _, number throws(KeyTransportError) in
            guard number == 1 else { throw .network("connection refused") }
            return known
        }
        let (verifier, keys) = verifier(transport)
        _ = try await verifier.verifyBearer(token("k1", by: first))
        for _ in 0..<60 {
            clock.advance(by: .seconds(60))
            _ = try await verifier.verifyBearer(token("k1", by: first))
            try await eventually { !keys.isReading }
        }
        #expect(keys.snapshot().health == .degraded)
        #expect(keys.snapshot().lastFault == "connection refused")
        #expect(transport.requests.count <= 1 + 3600 / 30)
        transport.play { _, _ in known }
        clock.advance(by: .seconds(30))
        _ = try await verifier.verifyBearer(token("k1", by: first))
        try await eventually { keys.snapshot().health == .ready }
    }

    @Test func `random-kid flood: at most one fetch in thirty seconds, and good tokens pass meanwhile`() async throws {
        let known = set(("k1", first))
        let transport = ScriptedTransport { _, _ in known }
        let (verifier, _) = verifier(transport)
        let good = try token("k1", by: first)
        _ = try await verifier.verifyBearer(good)
        clock.advance(by: .seconds(29))
        for number in 0..<2000 {
            let header: JSONObject = ["kid": .string("random-\(number)"), "alg": "ES256"]
            let text = Base64URL.encode(header.encoded()) + ".e30.AAAA"
            await #expect(throws: VerificationError.key(.unknownKey("random-\(number)"))) {
                try await verifier.verifyBearer(text)
            }
        }
        #expect(transport.requests.count == 1)
        _ = try await verifier.verifyBearer(good)
    }

    @Test func `slow server: no token waits longer than two seconds`() async throws {
        let gate = Gate()
        let known = set(("k1", first))
        let transport = ScriptedTransport { _, _ in
            await gate.pass()
            return known
        }
        let (verifier, _) = verifier(transport)
        let text = try token("k1", by: first)
        let waiting = (0..<10).map { _ in Task { try await verifier.verifyBearer(text) } }
        try await eventually { clock.sleeperCount == 10 }
        clock.advance(by: .seconds(2))
        for task in waiting {
            await #expect(throws: VerificationError.key(.unavailable("no answer came in time"))) {
                try await task.value
            }
        }
        gate.open()
        try await eventually { (try? await verifier.verifyBearer(text)) != nil }
        #expect(transport.requests.count == 1)
    }

    @Test func `duplicate kid: neither key verifies anything`() async throws {
        let twice = set(("k1", first), ("k1", second), ("k2", second))
        let (verifier, _) = verifier(ScriptedTransport { _, _ in twice })
        for key in [first, second] {
            let text = try token("k1", by: key)
            await #expect(throws: VerificationError.key(.unknownKey("k1"))) { try await verifier.verifyBearer(text) }
        }
        _ = try await verifier.verifyBearer(token("k2", by: second))
    }

    @Test func `alg confusion: the key says which algorithm, not the token`() async throws {
        let known = set(("k1", first))
        let (verifier, _) = verifier(ScriptedTransport { _, _ in known })
        // The same token first, so that its header is remembered.
        _ = try await verifier.verifyBearer(token("k1", by: first))
        for name in ["RS256", "HS256", "none", "ES384", "PS256"] {
            let header: JSONObject = ["kid": "k1", "alg": .string(name)]
            let text = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(Sample.claims.encoded()) + ".AAAA"
            await #expect(throws: VerificationError.algorithm(name)) { try await verifier.verifyBearer(text) }
        }
    }

    @Test func `bound token as bearer: refused`() async throws {
        let known = set(("k1", first))
        let (verifier, _) = verifier(ScriptedTransport { _, _ in known })
        var claims = Sample.claims
        claims["cnf"] = ["jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"]
        let text = try Sample.token(claims, header: ["kid": "k1", "alg": "ES256"], by: first, algorithm: .es256)
        await #expect(throws: VerificationError.bound) { try await verifier.verifyBearer(text) }
    }

    @Test func `no verdict outlives exp: a token that was good is refused in its last second`() async throws {
        let known = set(("k1", first))
        let (verifier, _) = verifier(ScriptedTransport { _, _ in known })
        let text = try token("k1", by: first)
        for _ in 0..<120 {
            _ = try await verifier.verifyBearer(text)
            clock.advance(by: .seconds(1))
        }
        let end = FakeClock.start + 120
        await #expect(throws: VerificationError.expired(at: end, now: end)) { try await verifier.verifyBearer(text) }
    }

    @Test func `a remembered header vouches for nothing: claims and signature are looked at each time`() async throws {
        let known = set(("k1", first))
        let (verifier, _) = verifier(ScriptedTransport { _, _ in known })
        let text = try token("k1", by: first)
        _ = try await verifier.verifyBearer(text)
        let parts = text.split(separator: ".")
        var claims = Sample.claims
        claims["scope"] = "exampledir:register.delete"
        let forged = "\(parts[0]).\(Base64URL.encode(claims.encoded())).\(parts[2])"
        await #expect(throws: VerificationError.signature) { try await verifier.verifyBearer(forged) }
        let foreign = try token("k1", by: second)
        await #expect(throws: VerificationError.signature) { try await verifier.verifyBearer(foreign) }
    }

    // MARK: On a real socket

    private func keys(of server: LoopbackServer, _ change: (inout KeySetOptions) -> Void = { _ in }) -> RemoteKeySet {
        var options = KeySetOptions()
        // A machine that is busy with other tests must not be taken for a server that is silent.
        options.timeout = .seconds(60)
        change(&options)
        return RemoteKeySet(
            .keys(url: "http://127.0.0.1:\(server.port)/jwk"),
            transport: HTTPKeyTransport(PatientHTTP.client),
            options: options
        )
    }

    @Test func `2 MiB body: refused, on a real socket`() async throws {
        let padding = String(repeating: " ", count: 2 * 1024 * 1024)
        let document = String(decoding: set(("k1", first)).body, as: UTF8.self) + padding
        let server = try LoopbackServer(.whole(200, document))
        defer { server.stop() }
        await #expect(throws: KeySourceError.unavailable("the answer is too large")) {
            try await keys(of: server).key(for: Sample.header("k1"))
        }
    }

    @Test func `redirect: not followed, on a real socket`() async throws {
        let target = try LoopbackServer(.whole(200, String(decoding: set(("k1", first)).body, as: UTF8.self)))
        defer { target.stop() }
        let server = try LoopbackServer(
            .whole(302, "", headers: ["Location: http://127.0.0.1:\(target.port)/jwk"])
        )
        defer { server.stop() }
        await #expect(throws: KeySourceError.unavailable("the answer has status 302")) {
            try await keys(of: server).key(for: Sample.header("k1"))
        }
        #expect(target.requests.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `timeout: a server that trickles is given up, on a real socket`() async throws {
        let pieces = ["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] + Array(repeating: "x", count: 1000)
        let server = try LoopbackServer(.init(pieces: pieces, pause: .milliseconds(50)))
        defer { server.stop() }
        // With the patience of a request so long, the time of the reading alone can end it.
        let keys = keys(of: server) { options in
            options.timeout = .milliseconds(300)
            options.patience = .seconds(600)
        }
        await #expect(throws: KeySourceError.unavailable("no answer came in time")) {
            try await keys.key(for: Sample.header("k1"))
        }
    }
}
