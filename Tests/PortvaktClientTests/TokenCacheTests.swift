import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Token cache: one request for all callers, renewed in time, no failure sticks")
struct TokenCacheTests {
    let clock = FakeClock()

    /// A server whose tokens are called t1, t2, t3.
    private func numbered(expiresIn: Int? = 120) -> ScriptedTransport {
        ScriptedTransport { _, number in Sample.token("t\(number)", expiresIn: expiresIn) }
    }

    @Test func `a thousand callers make one request`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, number in
            await gate.pass()
            return Sample.token("t\(number)")
        }
        let client = Sample.client(Sample.configuration(), transport, clock)
        let values = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<1000 { group.addTask { try await client.token(for: Sample.request).value } }
            try await transport.waitForRequests(1)
            gate.open()
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(values == ["t1"])
        #expect(transport.requests.count == 1)
    }

    @Test func `another request is another token, also at the same time`() async throws {
        let transport = numbered()
        let client = Sample.client(Sample.configuration(), transport, clock)
        var other = Sample.request
        other.consumerOrganisation = try OrganisationNumber(parsing: "991825827")
        let first = try await client.token(for: Sample.request)
        let second = try await client.token(for: other)
        #expect(first.value != second.value)
        #expect(try await client.token(for: Sample.request) == first)
        #expect(transport.requests.count == 2)
    }

    @Test func `clients that share a cache do not share tokens`() async throws {
        let cache = TokenCache()
        let transport = numbered()
        var other = Sample.configuration()
        other.clientID = try ClientID(parsing: "another-client")
        var elsewhere = Sample.configuration()
        elsewhere.server = .explicit(
            issuer: try Issuer(parsing: "https://maskinporten.no/"),
            tokenEndpoint: "https://maskinporten.no/token"
        )
        var otherKey = Sample.configuration()
        otherKey.signer = try KeySigner(Sample.key, keyReference: .keyID("key-2"))
        // The issuer's name alone does not say who answers.
        var otherEndpoint = Sample.configuration()
        otherEndpoint.server = .explicit(issuer: Sample.issuer, tokenEndpoint: "http://127.0.0.1:1/token")
        var otherStyle = Sample.configuration()
        otherStyle.grantStyle = .clientCredentials
        var values: Set<String> = []
        for configuration in [Sample.configuration(), other, elsewhere, otherKey, otherEndpoint, otherStyle] {
            let client = Sample.client(configuration, transport, clock, cache: cache)
            values.insert(try await client.token(for: Sample.request).value)
        }
        #expect(values.count == 6)
        let again = Sample.client(Sample.configuration(), transport, clock, cache: cache)
        #expect(try await again.token(for: Sample.request).value == "t1")
    }

    @Test func `a cancelled waiter leaves at once, and the request goes on for the others`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, _ in
            await gate.pass()
            return Sample.token("t")
        }
        let client = Sample.client(Sample.configuration(), transport, clock)
        // The first caller, who caused the request, is the one that is cancelled.
        let first = Task { try await client.token(for: Sample.request) }
        try await transport.waitForRequests(1)
        let second = Task { try await client.token(for: Sample.request) }
        first.cancel()
        let error = await #expect(throws: TokenError.self) { try await first.value }
        #expect(error?.kind == .cancelled)
        gate.open()
        #expect(try await second.value.value == "t")
        #expect(transport.requests.count == 1)
        #expect(try await client.token(for: Sample.request).value == "t")
    }

    @Test func `a task that is cancelled before it waits gets its answer at once`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, _ in
            await gate.pass()
            return Sample.token("t")
        }
        let client = Sample.client(Sample.configuration(), transport, clock)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await client.token(for: Sample.request)
        }
        task.cancel()
        let error = await #expect(throws: TokenError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        gate.open()
    }

    @Test func `a failure goes to those who wait, and the next caller asks anew`() async throws {
        let transport = ScriptedTransport { _, number in
            number == 1 ? Sample.refusal("Expired key.", code: "MP-121") : Sample.token("t\(number)")
        }
        let client = Sample.client(Sample.configuration(), transport, clock)
        let error = await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(error?.code == "MP-121")
        #expect(try await client.token(for: Sample.request).value == "t2")
    }

    // The margin is min(30 s, 25 %), here with the middle of the jitter.
    @Test(arguments: [(120, 90), (100, 75), (60, 45), (10, 7), (3600, 3570), (7200, 7170)])
    func `a token is renewed behind the caller's back when its margin begins`(lifetime: Int, margin: Int) async throws {
        let transport = numbered(expiresIn: lifetime)
        let client = Sample.client(Sample.configuration(), transport, clock)
        _ = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(margin - 1))
        #expect(try await client.token(for: Sample.request).value == "t1")
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(1))
        // The margin of 10 s begins at 7.5 s.
        if lifetime == 10 { clock.advance(by: .milliseconds(500)) }
        #expect(try await client.token(for: Sample.request).value == "t1")
        try await transport.waitForRequests(2)
        try await eventually { try await client.token(for: Sample.request).value == "t2" }
        #expect(transport.requests.count == 2)
    }

    @Test(arguments: [(0.0, 24), (1.0, 36)])
    func `the margin varies by a fifth at random`(chance: Double, margin: Int) {
        #expect(RefreshPolicy().margin(ofLifetime: .seconds(120), chance: chance) == .seconds(margin))
    }

    @Test func `a token with less than two seconds left is never given out`() async throws {
        let transport = numbered(expiresIn: 4)
        let client = Sample.client(Sample.configuration(), transport, clock)
        _ = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(2))
        #expect(try await client.token(for: Sample.request).value == "t1")
        try await transport.waitForRequests(2)
        try await eventually { try await client.token(for: Sample.request).value == "t2" }
        clock.advance(by: .milliseconds(2001))
        #expect(try await client.token(for: Sample.request).value == "t3")
    }

    @Test func `a renewal that fails leaves the good token, and pauses twice as long each time`() async throws {
        let transport = ScriptedTransport { _, number in
            number == 1 ? Sample.token("t1", expiresIn: 120) : Sample.refusal("Expired key.", code: "MP-121")
        }
        let cache = TokenCache()
        let client = Sample.client(Sample.configuration(), transport, clock, cache: cache)
        _ = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(90))
        var expected = 1
        for pause in [1, 2, 4, 8] {
            #expect(try await client.token(for: Sample.request).value == "t1")
            expected += 1
            try await transport.waitForRequests(expected)
            // The fetch has ended when the same call does not join it any more.
            try await eventually { !cache.isFetching }
            clock.advance(by: .seconds(pause) - .milliseconds(1))
            #expect(try await client.token(for: Sample.request).value == "t1")
            #expect(transport.requests.count == expected, "asked before a pause of \(pause) s had passed")
            clock.advance(by: .milliseconds(1))
        }
    }

    @Test func `an expired token ignores the pause of a failed renewal`() async throws {
        let transport = ScriptedTransport { _, number in
            switch number {
            case 1: Sample.token("t1", expiresIn: 120)
            case 2...5: Sample.refusal("Expired key.", code: "MP-121")
            default: Sample.token("t\(number)")
            }
        }
        let cache = TokenCache()
        let client = Sample.client(Sample.configuration(), transport, clock, cache: cache)
        _ = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(110))
        for _ in 0..<3 {
            _ = try await client.token(for: Sample.request)
            try await eventually { !cache.isFetching }
            clock.advance(by: .seconds(3))
        }
        // 119 s: less than two seconds are left, the pause would last some seconds more.
        let error = await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(error?.code == "MP-121")
        #expect(try await client.token(for: Sample.request).value == "t6")
    }

    @Test func `a forced refresh asks at once, and joins one that is under way`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, number in
            if number == 2 { await gate.pass() }
            return Sample.token("t\(number)")
        }
        let client = Sample.client(Sample.configuration(), transport, clock)
        _ = try await client.token(for: Sample.request)
        let first = Task { try await client.token(for: Sample.request, freshness: .forceRefresh) }
        try await transport.waitForRequests(2)
        let second = Task { try await client.token(for: Sample.request, freshness: .forceRefresh) }
        #expect(try await client.token(for: Sample.request).value == "t1")
        gate.open()
        #expect(try await first.value.value == "t2")
        #expect(["t2", "t3"].contains(try await second.value.value))
    }

    @Test func `a refused token is replaced by one that another caller has fetched meanwhile, or by a new one`()
        async throws
    {
        let transport = numbered()
        let client = Sample.client(Sample.configuration(), transport, clock)
        let refused = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(5))
        let other = try await client.token(for: Sample.request, freshness: .replacing(refused))
        #expect(other.value == "t2")
        // A thousand calls that were refused with the first.
        for _ in 0..<1000 {
            #expect(try await client.token(for: Sample.request, freshness: .replacing(refused)) == other)
        }
        #expect(transport.requests.count == 2)
        clock.advance(by: .seconds(5))
        #expect(try await client.token(for: Sample.request, freshness: .replacing(other)).value == "t3")
        #expect(!"\(Freshness.replacing(other))".contains("t2"))
        clock.advance(by: .seconds(119))
        #expect(try await client.token(for: Sample.request, freshness: .replacing(other)).value == "t4")
    }

    @Test func `a token that is less than five seconds old is not replaced`() async throws {
        let transport = numbered()
        let client = Sample.client(Sample.configuration(), transport, clock)
        // An API that refuses every token, called ten times a second for ten seconds.
        for _ in 0..<100 {
            let refused = try await client.token(for: Sample.request)
            _ = try await client.token(for: Sample.request, freshness: .replacing(refused))
            clock.advance(by: .milliseconds(100))
        }
        #expect(transport.requests.count == 2)
        // What a caller asks for in so many words it gets.
        #expect(try await client.token(for: Sample.request, freshness: .forceRefresh).value == "t3")
    }

    @Test func `a caller may ask for a token that lives long enough`() async throws {
        let transport = numbered(expiresIn: 120)
        let client = Sample.client(Sample.configuration(), transport, clock)
        _ = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(60))
        #expect(try await client.token(for: Sample.request, freshness: .minimumRemaining(.seconds(60))).value == "t1")
        #expect(try await client.token(for: Sample.request, freshness: .minimumRemaining(.seconds(61))).value == "t2")
    }

    @Test func `an invalidated token is not given again`() async throws {
        let client = Sample.client(Sample.configuration(), numbered(), clock)
        _ = try await client.token(for: Sample.request)
        client.invalidate(Sample.request)
        #expect(try await client.token(for: Sample.request).value == "t2")
    }

    @Test func `a token of unknown lifetime is given but not kept`() async throws {
        let cache = TokenCache()
        let client = Sample.client(Sample.configuration(), numbered(expiresIn: nil), clock, cache: cache)
        #expect(try await client.token(for: Sample.request).value == "t1")
        #expect(try await client.token(for: Sample.request).value == "t2")
        #expect(cache.count == 0)
    }

    @Test func `the least recently used token makes room`() async throws {
        let cache = TokenCache(limit: 2)
        let client = Sample.client(Sample.configuration(), numbered(), clock, cache: cache)
        #expect(try await client.token("a:a").value == "t1")
        #expect(try await client.token("a:b").value == "t2")
        #expect(try await client.token("a:a").value == "t1")
        #expect(try await client.token("a:c").value == "t3")
        #expect(cache.count == 2)
        #expect(try await client.token("a:a").value == "t1")
        #expect(try await client.token("a:b").value == "t4")
    }

    @Test func `a token's end is counted from when it was asked for`() async throws {
        let clock = clock
        let transport = ScriptedTransport { _, number in
            clock.advance(by: .seconds(5))
            return Sample.token("t\(number)", expiresIn: 20)
        }
        let client = Sample.client(Sample.configuration(), transport, clock)
        _ = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(13))
        #expect(try await client.token(for: Sample.request).value == "t1")
        try await transport.waitForRequests(2)
    }

    @Test func `a token never prints its text`() async throws {
        let client = Sample.client(Sample.configuration(), numbered(), clock)
        let token = try await client.token(for: Sample.request)
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("t1"))
        #expect("\(token)" == "Bearer token for exampledir:register.read until 2026-11-18T11:08:40Z")
        #expect(token.authorization == "Bearer t1")
    }
}
