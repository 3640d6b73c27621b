import AsyncHTTPClient
import Foundation
import MetricsTestKit
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Calls of an API: the token added, sent once more after 401, never to another host")
struct AuthorizedHTTPClientTests {
    private let tokens = NumberedTokens()
    private let metrics = TestMetrics()

    private func client(allowsPlainHTTP: Bool = false) -> AuthorizedHTTPClient {
        AuthorizedHTTPClient(
            .shared,
            tokens: tokens,
            request: Sample.request,
            allowsPlainHTTP: allowsPlainHTTP,
            metrics: metrics
        )
    }

    private func request(_ server: LoopbackServer, _ body: HTTPClientRequest.Body? = nil) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/api")
        if let body {
            request.method = .POST
            request.body = body
        }
        return request
    }

    /// An API that takes the tokens from the given one on.
    private func api(from number: Int) throws -> LoopbackServer {
        try LoopbackServer { request in
            let isGood = (number...9).contains { request.contains("\r\nAuthorization: Bearer t\($0)\r\n") }
            return .whole(isGood ? 200 : 401, isGood ? "data" : "who are you")
        }
    }

    @Test func `the token stands in the request, in place of what stood there`() async throws {
        let server = try api(from: 1)
        defer { server.stop() }
        var request = request(server)
        request.headers.add(name: "authorization", value: "Basic eDp5")
        let response = try await client().execute(request, timeout: .seconds(30))
        #expect(response.status == .ok)
        #expect(server.requests.count == 1)
        #expect(server.requests.first?.lowercased().contains("basic") == false)
        #expect(tokens.asked == [.cached])
    }

    @Test func `a 401 is answered by one new token and one new request`() async throws {
        let server = try api(from: 2)
        defer { server.stop() }
        let response = try await client().execute(request(server), timeout: .seconds(30))
        #expect(response.status == .ok)
        #expect(try await String(buffer: response.body.collect(upTo: 100)) == "data")
        #expect(tokens.asked == [.cached, .replacing(tokens.token(1))])
        #expect(server.requests.count == 2)
        #expect(metrics.counterTotal(label: "portvakt_client_resends_total") == 1)
    }

    @Test(.timeLimit(.minutes(1))) func `a 401 whose body does not end holds nobody up`() async throws {
        let server = try LoopbackServer { request in
            if request.contains("Bearer t2") { return .whole(200, "data") }
            let head = "HTTP/1.1 401 X\r\nContent-Length: 100000\r\n\r\n"
            return .init(pieces: [head] + Array(repeating: "x", count: 100_000), pause: .milliseconds(100))
        }
        defer { server.stop() }
        #expect(try await client().execute(request(server), timeout: .seconds(30)).status == .ok)
        #expect(server.requests.count == 2)
    }

    @Test func `a second 401 is the caller's to read`() async throws {
        let server = try api(from: 5)
        defer { server.stop() }
        let response = try await client().execute(request(server), timeout: .seconds(30))
        #expect(response.status == .unauthorized)
        #expect(server.requests.count == 2)
    }

    @Test func `without a new token the API's own answer is given`() async throws {
        let server = try api(from: 5)
        defer { server.stop() }
        tokens.failFromNowOn(after: 1)
        let response = try await client().execute(request(server), timeout: .seconds(30))
        #expect(response.status == .unauthorized)
        #expect(try await String(buffer: response.body.collect(upTo: 100)) == "who are you")
        #expect(server.requests.count == 1)
    }

    @Test func `a token too new to be replaced is not sent a second time`() async throws {
        let server = try api(from: 5)
        defer { server.stop() }
        tokens.giveOnly(1)
        let response = try await client().execute(request(server), timeout: .seconds(30))
        #expect(response.status == .unauthorized)
        #expect(try await String(buffer: response.body.collect(upTo: 100)) == "who are you")
        #expect(server.requests.count == 1)
        #expect(metrics.counterTotal(label: "portvakt_client_resends_total") == 0)
    }

    @Test func `a body in memory is sent again, whole`() async throws {
        let server = try api(from: 2)
        defer { server.stop() }
        let request = request(server, .bytes(ByteBuffer(string: "important")))
        let response = try await client().execute(request, body: .replayable, timeout: .seconds(30))
        #expect(response.status == .ok)
        #expect(server.requests.filter { $0.hasSuffix("important") }.count == 2)
    }

    @Test func `a stream that can be read once is not sent again`() async throws {
        let server = try api(from: 2)
        defer { server.stop() }
        let stream = AsyncStream<ByteBuffer> { continuation in
            continuation.yield(ByteBuffer(string: "once"))
            continuation.finish()
        }
        let request = request(server, .stream(stream, length: .known(Int64(4))))
        let response = try await client().execute(request, timeout: .seconds(30))
        #expect(response.status == .unauthorized)
        #expect(server.requests.count == 1)
        #expect(tokens.asked == [.cached])
    }

    @Test func `a redirect to another host or port does not take the token along`() async throws {
        let other = try LoopbackServer(.whole(200, "elsewhere"))
        defer { other.stop() }
        let server = try LoopbackServer(.whole(302, "", headers: ["Location: http://127.0.0.1:\(other.port)/steal"]))
        defer { server.stop() }
        let response = try await client().execute(request(server), timeout: .seconds(30))
        #expect(response.status == .ok)
        #expect(server.requests.first?.contains("Bearer t1") == true)
        let stolen = try #require(other.requests.first)
        #expect(stolen.hasPrefix("GET /steal "))
        #expect(!stolen.lowercased().contains("authorization"))
    }

    @Test(arguments: ["http://api.example.no/x", "http://127.0.0.1.example.no/", "http://10.0.0.1/", "HTTP://a.no/"])
    func `a token does not go to another machine without TLS`(url: String) async throws {
        await #expect(throws: PlainHTTPError.self) {
            try await client().execute(HTTPClientRequest(url: url), timeout: .seconds(1))
        }
        // Not even asked for.
        #expect(tokens.asked.isEmpty)
    }

    @Test func `plain http is possible when it is allowed`() async throws {
        // Nobody listens there: that it fails in the network shows that it was tried.
        let request = HTTPClientRequest(url: "http://0.0.0.0:1/")
        await #expect(throws: HTTPClientError.self) {
            do { _ = try await client(allowsPlainHTTP: true).execute(request, timeout: .milliseconds(500)) } catch {
                #expect(!(error is PlainHTTPError))
                throw HTTPClientError.connectTimeout
            }
        }
        #expect(tokens.asked == [.cached])
    }

    @Test func `without a token nothing is sent`() async throws {
        let server = try api(from: 1)
        defer { server.stop() }
        tokens.failFromNowOn(after: 0)
        await #expect(throws: TokenError.self) { try await client().execute(request(server), timeout: .seconds(5)) }
        #expect(server.requests.isEmpty)
    }
}

/// Gives t1, t2 … and remembers how it was asked.
private final class NumberedTokens: TokenProvider {
    private struct State {
        var asked: [Freshness] = []
        var most = Int.max
        var only: Int?
    }

    private let state = Mutex(State())

    var asked: [Freshness] { state.withLock(\.asked) }

    func failFromNowOn(after count: Int) { state.withLock { $0.most = count } }

    func giveOnly(_ number: Int) { state.withLock { $0.only = number } }

    func token(_ number: Int) -> AccessToken {
        AccessToken(
            value: "t\(number)",
            kind: .bearer,
            scopes: Sample.request.scopes,
            receivedAt: Sample.now,
            expiresAt: Sample.now + Seconds(120),
            traceID: nil
        )
    }

    func token(for request: TokenRequest, freshness: Freshness) async throws(TokenError) -> AccessToken {
        let number = state.withLock { state in
            state.asked.append(freshness)
            return state.asked.count <= state.most ? state.only ?? state.asked.count : nil
        }
        guard let number else {
            throw TokenError(.network, "no network", attempts: 1, request: request, server: "s")
        }
        return token(number)
    }
}
