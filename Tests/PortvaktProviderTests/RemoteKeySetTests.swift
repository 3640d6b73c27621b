import JOSE
import LibCrypto
import Logging
import Synchronization
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("Remote key set: the eight rules for an issuer's keys")
struct RemoteKeySetTests {
    let clock = FakeClock()

    func keySet(
        _ transport: ScriptedTransport,
        _ location: KeyLocation = .keys(url: Sample.keysURL),
        chance: Double = 0.5,
        _ change: (inout KeySetOptions) -> Void = { _ in }
    ) -> RemoteKeySet {
        var options = KeySetOptions()
        change(&options)
        return RemoteKeySet(
            location,
            transport: transport,
            options: options,
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            chance: { chance }
        )
    }

    func isKnown(_ keyID: String?, in keys: RemoteKeySet) async -> Bool {
        (try? await keys.key(for: Sample.header(keyID))) != nil
    }

    /// Lets the renewal that runs behind a request come to its end.
    func settle(_ transport: ScriptedTransport, _ count: Int, _ keys: RemoteKeySet) async throws {
        try await eventually { transport.requests.count == count && !keys.isReading }
    }

    // MARK: 1. Discovery

    @Test func `rule 1: metadata name the keys' URL, and both are read again together`() async throws {
        let transport = ScriptedTransport { request, number in
            guard request.url.hasSuffix("oauth-authorization-server") else { return Sample.document("k1") }
            let url = number < 3 ? "https://test.maskinporten.no/jwk" : "https://keys.maskinporten.no/moved"
            return KeyResponse(
                status: 200,
                body: Array(#"{"issuer":"https://test.maskinporten.no/","jwks_uri":"\#(url)"}"#.utf8)
            )
        }
        let keys = keySet(transport, .issuer(Sample.issuer))
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(480))
        #expect(await isKnown("k1", in: keys))
        try await settle(transport, 4, keys)
        #expect(
            transport.requests.map(\.url) == [
                "https://test.maskinporten.no/.well-known/oauth-authorization-server",
                "https://test.maskinporten.no/jwk",
                "https://test.maskinporten.no/.well-known/oauth-authorization-server",
                "https://keys.maskinporten.no/moved",
            ]
        )
    }

    @Test(arguments: [
        #"{"issuer":"https://test.maskinporten.no","jwks_uri":"https://test.maskinporten.no/jwk"}"#,
        #"{"issuer":"https://evil.example.no/","jwks_uri":"https://test.maskinporten.no/jwk"}"#,
        #"{"jwks_uri":"https://test.maskinporten.no/jwk"}"#, #"{"issuer":"https://test.maskinporten.no/"}"#,
        #"{"issuer":"https://test.maskinporten.no/","jwks_uri":"http://test.maskinporten.no/jwk"}"#, "[]", "",
    ])
    func `rule 1: metadata of another issuer, or without TLS, are not followed`(document: String) async throws {
        let transport = ScriptedTransport { _, _ in KeyResponse(status: 200, body: Array(document.utf8)) }
        let keys = keySet(transport, .issuer(Sample.issuer))
        let error = await #expect(throws: KeySourceError.self) { try await keys.key(for: Sample.header("k1")) }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(transport.requests.count == 1)
    }

    // MARK: 2. Lifetime

    // Renewal begins at four fifths of the lifetime, which is 1 min to 1 h, or 10 min when it is not told.
    @Test(arguments: [
        (String?.none, 480), ("max-age=300", 240), ("public, MAX-AGE = \"300\"", 240), ("max-age=1", 48),
        ("max-age=0", 48), ("max-age=86400", 2880), ("no-store", 480), ("max-age=x", 480), ("max-age=-5", 480),
    ])
    func `rule 2: a reading lives as long as Cache-Control says, within limits`(
        header: String?,
        renewal: Int
    ) async throws {
        let transport = ScriptedTransport { _, _ in Sample.document("k1", cacheControl: header) }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(renewal) - .milliseconds(1))
        #expect(await isKnown("k1", in: keys))
        #expect(transport.requests.count == 1 && !keys.isReading)
        clock.advance(by: .milliseconds(1))
        #expect(await isKnown("k1", in: keys))
        try await settle(transport, 2, keys)
    }

    @Test func `rule 2: what has not changed is not sent again`() async throws {
        let transport = ScriptedTransport { request, _ in
            request.entityTag == "\"v1\""
                ? KeyResponse(status: 304, headers: [("Cache-Control", "max-age=300")])
                : Sample.document("k1", cacheControl: "max-age=300", entityTag: "\"v1\"")
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        for reading in 2...4 {
            clock.advance(by: .seconds(250))
            #expect(await isKnown("k1", in: keys))
            try await settle(transport, reading, keys)
        }
        #expect(transport.requests.map(\.entityTag) == [nil, "\"v1\"", "\"v1\"", "\"v1\""])
        #expect(keys.snapshot().isFresh)
    }

    @Test func `rule 2: a tag belongs to its URL, and moved keys are asked for whole`() async throws {
        let transport = ScriptedTransport { request, number in
            guard request.url.hasSuffix("oauth-authorization-server") else {
                return request.entityTag == nil ? Sample.document("k1", entityTag: "\"v1\"") : KeyResponse(status: 304)
            }
            let url = "https://test.maskinporten.no/jwk\(number < 3 ? 1 : 2)"
            return KeyResponse(
                status: 200,
                body: Array(#"{"issuer":"https://test.maskinporten.no/","jwks_uri":"\#(url)"}"#.utf8)
            )
        }
        let keys = keySet(transport, .issuer(Sample.issuer))
        for reading in 1...3 {
            #expect(await isKnown("k1", in: keys))
            try await settle(transport, 2 * reading, keys)
            clock.advance(by: .seconds(480))
        }
        let asked = transport.requests.filter { $0.url.contains("/jwk") }
        #expect(asked.map(\.entityTag) == [nil, nil, "\"v1\""])
    }

    @Test func `rule 2: a 304 to a question without a tag is no answer`() async throws {
        let keys = keySet(ScriptedTransport { _, _ in KeyResponse(status: 304) })
        await #expect(throws: KeySourceError.unavailable("the answer has status 304")) {
            try await keys.key(for: Sample.header("k1"))
        }
    }

    // MARK: 3. Renewal ahead

    @Test(arguments: [(0.0, 432), (1.0, 528)])
    func `rule 3: the renewal's beginning varies by a tenth`(chance: Double, begin: Int) async throws {
        let transport = ScriptedTransport { _, _ in Sample.document("k1") }
        let keys = keySet(transport, chance: chance)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(begin - 1))
        #expect(await isKnown("k1", in: keys))
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(2))
        #expect(await isKnown("k1", in: keys))
        try await settle(transport, 2, keys)
    }

    @Test func `rule 3: a request does not wait for the renewal`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, number in
            if number == 2 { await gate.pass() }
            return Sample.document(number == 1 ? "k1" : "k2")
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(500))
        for _ in 0..<100 { #expect(await isKnown("k1", in: keys)) }
        try await eventually { transport.requests.count == 2 }
        #expect(clock.sleeperCount == 0)
        gate.open()
        try await settle(transport, 2, keys)
        #expect(keys.snapshot().keyIDs == ["k2"])
    }

    // MARK: 4. Unknown keys

    @Test func `rule 4: a new key is found by one reading, for all who wait`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, number in
            if number == 2 { await gate.pass() }
            return number == 1 ? Sample.document("k1") : Sample.document("k1", "k2")
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(30))
        let found = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { await isKnown("k2", in: keys) } }
            try await eventually { transport.requests.count == 2 }
            gate.open()
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(found == 200)
        #expect(transport.requests.count == 2)
    }

    @Test func `rule 4: a flood of random keys makes at most one reading in thirty seconds`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.document("k1") }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        // Five minutes, within which the reading's own lifetime asks for none.
        for second in 0..<300 {
            for number in 0..<20 { #expect(await !isKnown("random-\(second)-\(number)", in: keys)) }
            #expect(await isKnown("k1", in: keys))
            clock.advance(by: .seconds(1))
        }
        #expect(transport.requests.count == 10)
    }

    @Test(arguments: [false, true]) func `rule 4: the pause counts from the attempt, good or bad`(
        fails: Bool
    ) async throws {
        let transport = ScriptedTransport { _, number throws(KeyTransportError) in
            if fails, number > 1 { throw .network("down") }
            return Sample.document("k1")
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(30))
        #expect(await !isKnown("x", in: keys))
        #expect(transport.requests.count == 2)
        clock.advance(by: .milliseconds(29_999))
        #expect(await !isKnown("y", in: keys))
        #expect(transport.requests.count == 2)
        clock.advance(by: .milliseconds(1))
        #expect(await !isKnown("y", in: keys))
        #expect(transport.requests.count == 3)
    }

    @Test func `rule 4: a key that was missing is remembered for the pause, and at most 1,024 are`() async throws {
        var state = KeySetState(KeySetOptions())
        for number in 0..<5000 { state.remember(miss: "k\(number)", at: .seconds(100)) }
        #expect(state.missCount == 1024)
        state.remember(miss: "k", at: .seconds(100))
        let tooEarly = state.mayAsk(for: "k", at: .milliseconds(129_999))
        #expect(!tooEarly)
        let inTime = state.mayAsk(for: "k", at: .seconds(130))
        #expect(inTime)
        // Old ones make room first.
        state.remember(miss: "new", at: .seconds(131))
        state.remember(miss: "newer", at: .seconds(131))
        #expect(state.missCount == 2)
    }

    @Test func `rule 4: a slow server makes nobody wait longer than two seconds`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, number in
            if number > 1 { await gate.pass() }
            return Sample.document("k1", "k2")
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(30))
        let waiting = Task { try await keys.key(for: Sample.header("k9")) }
        try await eventually { clock.sleeperCount == 1 && transport.requests.count == 2 }
        clock.advance(by: .milliseconds(1999))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .milliseconds(1))
        await #expect(throws: KeySourceError.unavailable("no answer came in time")) { try await waiting.value }
        gate.open()
    }

    // MARK: 5. Outage

    @Test func `rule 5: known keys serve for an hour past their lifetime, and not a moment longer`() async throws {
        let transport = ScriptedTransport { _, number throws(KeyTransportError) in
            guard number == 1 else { throw .network("down") }
            return Sample.document("k1")
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        // Ten minutes of lifetime, an hour of grace: 4200 s.
        for _ in 0..<139 {
            clock.advance(by: .seconds(30))
            #expect(await isKnown("k1", in: keys))
            try await eventually { !keys.isReading }
        }
        clock.advance(by: .milliseconds(29_999))
        #expect(await isKnown("k1", in: keys))
        try await eventually { !keys.isReading }
        #expect(!keys.snapshot().isFresh)
        #expect(keys.snapshot().lastFault == "down")
        clock.advance(by: .milliseconds(1))
        await #expect(throws: KeySourceError.unavailable("down")) { try await keys.key(for: Sample.header("k1")) }
        // No storm: at most one attempt in thirty seconds.
        #expect(transport.requests.count <= 1 + 4200 / 30)
        transport.play { _, _ in Sample.document("k1") }
        clock.advance(by: .seconds(1))
        #expect(await isKnown("k1", in: keys))
    }

    @Test func `rule 5: grace can be switched off`() async throws {
        let transport = ScriptedTransport { _, number throws(KeyTransportError) in
            guard number == 1 else { throw .timedOut }
            return Sample.document("k1")
        }
        let keys = keySet(transport) { $0.staleLimit = .zero }
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .milliseconds(599_999))
        #expect(await isKnown("k1", in: keys))
        try await eventually { !keys.isReading }
        clock.advance(by: .milliseconds(1))
        #expect(await !isKnown("k1", in: keys))
    }

    static let failures: [Result<KeyResponse, KeyTransportError>] = [
        .failure(.network("x")), .failure(.timedOut), .failure(.tooLarge), .success(KeyResponse(status: 500)),
        .success(KeyResponse(status: 503)),
        .success(KeyResponse(status: 302, headers: [("Location", "https://e.no/")])),
        .success(KeyResponse(status: 404)), .success(KeyResponse(status: 200, body: Array("<html>".utf8))),
        .success(KeyResponse(status: 200, body: Array("{}".utf8))),
        .success(KeyResponse(status: 200, body: Array(#"{"keys":[1]}"#.utf8))),
        .success(KeyResponse(status: 200, body: Array(repeating: 0x20, count: 1024 * 1024 + 1))),
    ]

    @Test(arguments: failures.indices) func `rule 5: only an answer removes a key, no failure does`(
        index: Int
    ) async throws {
        let transport = ScriptedTransport { _, number throws(KeyTransportError) in
            number == 1 ? Sample.document("k1") : try Self.failures[index].get()
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(700))
        #expect(await isKnown("k1", in: keys))
        #expect(transport.requests.count == 2)
        #expect(keys.snapshot().lastFault != nil)
    }

    @Test func `rule 5: an answer without the key removes it at once`() async throws {
        let transport = ScriptedTransport { _, number in Sample.document(number == 1 ? "k1" : "k2") }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(600))
        #expect(await !isKnown("k1", in: keys))
        #expect(await isKnown("k2", in: keys))
        #expect(transport.requests.count == 2)
    }

    @Test func `rule 8: the set is replaced as a whole`() async throws {
        let transport = ScriptedTransport { _, number in
            number == 1 ? Sample.document("k1", "k2", "k3") : Sample.document("k3", "k4")
        }
        let keys = keySet(transport)
        #expect(await isKnown("k1", in: keys))
        clock.advance(by: .seconds(30))
        #expect(await isKnown("k4", in: keys))
        #expect(keys.snapshot().keyIDs == ["k3", "k4"])
    }
}
