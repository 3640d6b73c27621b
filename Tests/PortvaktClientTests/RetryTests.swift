import JOSE
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Retry: network faults, 5xx and 429, each time with a new assertion")
struct RetryTests {
    let clock = FakeClock()

    private static let answers: [Result<TransportResponse, TransportError>] = [
        .failure(.network("remote connection closed")),
        .failure(.timedOut),
        .success(TransportResponse(status: 500, body: [])),
        .success(TransportResponse(status: 502, body: Array("<html>".utf8))),
        .success(Sample.refusal("store unavailable", status: 503)),
        .success(TransportResponse(status: 504, body: [])),
        .success(Sample.refusal("too many requests", status: 429)),
    ]

    @Test(arguments: answers.indices) func `what passes by itself is tried again`(index: Int) async throws {
        let transport = ScriptedTransport { _, number throws(TransportError) in
            guard number > 3 else { return try Self.answers[index].get() }
            return Sample.token("t")
        }
        let client = Sample.client(Sample.configuration(), transport, clock)
        #expect(try await client.token(for: Sample.request).value == "t")
        let identifiers = try transport.requests.map { try $0.claims["jti"]?.string }
        #expect(identifiers == ["jti-1", "jti-2", "jti-3", "jti-4"])
        // Up to 100, 200 and 400 ms, here half of it.
        #expect(clock.sleeps == [.milliseconds(50), .milliseconds(100), .milliseconds(200)])
    }

    @Test(arguments: answers.indices) func `after four attempts the failure is told as such`(index: Int) async throws {
        let transport = ScriptedTransport { _, _ throws(TransportError) in try Self.answers[index].get() }
        let client = Sample.client(Sample.configuration(), transport, clock)
        let error = try #require(
            await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        )
        let kinds: [TokenError.Kind] = [
            .network, .timedOut, .serverUnavailable, .serverUnavailable, .serverUnavailable, .serverUnavailable,
            .rateLimited(retryAfter: nil),
        ]
        #expect(error.kind == kinds[index])
        #expect(error.attempts == 4)
        #expect(error.isRetryable)
        #expect(error.httpStatus == [nil, nil, 500, 502, 503, 504, 429][index])
        #expect(transport.requests.count == 4)
    }

    @Test(arguments: [400, 401, 403, 404, 413, 422]) func `another 4xx is never sent again`(status: Int) async throws {
        let transport = ScriptedTransport { _, _ in Sample.refusal("no", status: status) }
        let client = Sample.client(Sample.configuration(), transport, clock)
        let error = await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(error?.kind == .refused)
        #expect(error?.isRetryable == false)
        #expect(transport.requests.count == 1)
    }

    @Test func `a pause that the server names is kept`() async throws {
        let transport = ScriptedTransport { _, number in
            number == 1
                ? Sample.refusal("no", status: 429, headers: [("retry-after", "3")])
                : Sample.token("t")
        }
        _ = try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        #expect(clock.sleeps == [.seconds(3)])
    }

    @Test func `a pause beyond the deadline ends the attempts at once`() async throws {
        let transport = ScriptedTransport { _, _ in
            Sample.refusal("no", status: 429, headers: [("Retry-After", "10")])
        }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .rateLimited(retryAfter: .seconds(10)))
        #expect(clock.sleeps.isEmpty)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:40 GMT", Duration?.some(.seconds(3))), ("Sun, 06 Nov 1994 08:49:00 GMT", .zero),
        ("99999999999", .seconds(UInt32.max)), ("soon", nil), ("-1", nil), ("", nil),
    ])
    func `a pause may be named by its end, by the server's own clock`(text: String, pause: Duration?) async throws {
        var configuration = Sample.configuration()
        configuration.retry.attempts = 1
        let transport = ScriptedTransport { _, _ in
            let headers = [(name: "Date", value: "Sun, 06 Nov 1994 08:49:37 GMT"), (name: "Retry-After", value: text)]
            return Sample.refusal("no", status: 429, headers: headers)
        }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(configuration, transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .rateLimited(retryAfter: pause))
    }

    @Test func `what the metadata have taken is no longer left for the token`() async throws {
        let clock = clock
        let transport = ScriptedTransport { request, _ throws(TransportError) in
            guard request.method == .get else { throw .timedOut }
            clock.advance(by: .seconds(4))
            let document =
                #"{"issuer":"https://test.maskinporten.no/","token_endpoint":"https://test.maskinporten.no/token"}"#
            return TransportResponse(status: 200, body: Array(document.utf8))
        }
        var configuration = Sample.configuration(server: .issuer(Sample.issuer))
        configuration.retry.deadline = .seconds(6)
        configuration.retry.attempts = 1
        await #expect(throws: TokenError.self) {
            try await Sample.client(configuration, transport, clock).token(for: Sample.request)
        }
        #expect(transport.tokenRequests.map(\.timeout) == [.seconds(2)])
    }

    @Test func `all attempts together keep the deadline`() async throws {
        let clock = clock
        let transport = ScriptedTransport { request, _ throws(TransportError) in
            clock.advance(by: request.timeout)
            throw .timedOut
        }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .timedOut)
        #expect(transport.requests.map(\.timeout) == [.seconds(5), .milliseconds(4950)])
    }

    @Test(arguments: [(1, 100), (2, 200), (3, 400), (5, 1600), (6, 2000), (60, 2000)])
    func `pauses double up to two seconds`(attempts: Int, most: Int) {
        #expect(RetryPolicy().pause(afterAttempts: attempts, chance: 1) == .milliseconds(most))
        #expect(RetryPolicy().pause(afterAttempts: attempts, chance: 0) == .zero)
    }
}
