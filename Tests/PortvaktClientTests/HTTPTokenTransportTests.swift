import AsyncHTTPClient
import TestSupport
import Testing

@testable import PortvaktClient

@Suite("The transport by async-http-client: limits kept, nothing followed, nothing sent twice")
struct HTTPTokenTransportTests {
    private func send(
        to server: LoopbackServer,
        method: TransportRequest.Method = .post,
        timeout: Duration = .seconds(30),
        limit: Int = 1024
    ) async throws(TransportError) -> TransportResponse {
        let request = TransportRequest(
            method: method,
            url: "http://127.0.0.1:\(server.port)/token",
            headers: [("Accept", "application/json")],
            body: Array("grant_type=x".utf8),
            timeout: timeout,
            maximumResponseSize: limit
        )
        return try await HTTPTokenTransport(PatientHTTP.client).send(request)
    }

    private static let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Trace-Id: t1\r\nConnection: close\r\n\r\n{}"

    @Test func `request and answer arrive whole`() async throws {
        let server = try LoopbackServer(.init(pieces: [Self.good]))
        defer { server.stop() }
        let response = try await send(to: server)
        #expect(response.status == 200)
        #expect(response.body == Array("{}".utf8))
        #expect(response.header("x-trace-ID") == "t1")
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /token HTTP/1.1\r\n"))
        #expect(request.lowercased().contains("\r\naccept: application/json\r\n"))
        #expect(request.hasSuffix("\r\n\r\ngrant_type=x"))
    }

    @Test func `a GET has no body`() async throws {
        let server = try LoopbackServer(.init(pieces: [Self.good]))
        defer { server.stop() }
        _ = try await send(to: server, method: .get)
        #expect(server.requests.first?.hasSuffix("\r\n\r\n") == true)
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func `a redirect is an answer, not followed`(status: Int) async throws {
        let answer =
            "HTTP/1.1 \(status) X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        let server = try LoopbackServer(.init(pieces: [answer]))
        defer { server.stop() }
        #expect(try await send(to: server).status == status)
        #expect(server.requests.count == 1)
    }

    @Test func `a client that follows redirects gets no token by one, and nothing is sent a third time`() async throws {
        let token = #"{"access_token":"t","token_type":"Bearer","expires_in":119}"#
        let target = try LoopbackServer(.whole(200, token))
        defer { target.stop() }
        let location = "Location: http://127.0.0.1:\(target.port)/token"
        let server = try LoopbackServer(.whole(308, "", headers: [location]))
        defer { server.stop() }
        let client = TokenClient(
            Sample.configuration(
                server: .explicit(issuer: Sample.issuer, tokenEndpoint: "http://127.0.0.1:\(server.port)/token")
            ),
            transport: HTTPTokenTransport(.shared)
        )
        let error = await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("redirect") == true)
        #expect(error?.attempts == 1)
        #expect(server.requests.count == 1)
        #expect(target.requests.count == 1)
    }

    @Test func `an answer beyond the limit is refused, at the limit it is read`() async throws {
        func answer(_ count: Int) -> String {
            "HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\nConnection: close\r\n\r\n"
                + String(repeating: "x", count: count)
        }
        let large = try LoopbackServer(.init(pieces: [answer(1025)]))
        defer { large.stop() }
        await #expect(throws: TransportError.tooLarge) { try await send(to: large) }
        let fitting = try LoopbackServer(.init(pieces: [answer(1024)]))
        defer { fitting.stop() }
        #expect(try await send(to: fitting).body.count == 1024)
    }

    @Test func `a server that does not answer in time is given up`() async throws {
        let server = try LoopbackServer(.init(pieces: ["HTTP/1.1 ", "200 OK\r\n\r\n"], pause: .seconds(100)))
        defer { server.stop() }
        await #expect(throws: TransportError.timedOut) { try await send(to: server, timeout: .milliseconds(300)) }
    }

    @Test func `a body that trickles is given up at the same time`() async throws {
        let pieces = ["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] + Array(repeating: "x", count: 1000)
        let server = try LoopbackServer(.init(pieces: pieces, pause: .milliseconds(100)))
        defer { server.stop() }
        await #expect(throws: TransportError.timedOut) { try await send(to: server, timeout: .milliseconds(500)) }
    }

    @Test func `a connection that closes is a network fault, told once to whoever may try again`() async throws {
        let server = try LoopbackServer(.init(pieces: []))
        defer { server.stop() }
        let error = await #expect(throws: TransportError.self) { try await send(to: server) }
        guard case .network = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(server.requests.count == 1)
    }

    @Test func `nobody listening is a network fault or a timeout`() async throws {
        let server = try LoopbackServer(.init(pieces: []))
        let port = server.port
        server.stop()
        let request = TransportRequest(
            method: .get,
            url: "http://127.0.0.1:\(port)/",
            timeout: .milliseconds(800),
            maximumResponseSize: 10
        )
        let error = await #expect(throws: TransportError.self) {
            try await HTTPTokenTransport(PatientHTTP.client).send(request)
        }
        switch error {
        case .network, .timedOut: break
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test(arguments: ["", "token", "http:///token"]) func `a URL that cannot be used is told`(url: String) async throws
    {
        let request = TransportRequest(method: .get, url: url, timeout: .seconds(1), maximumResponseSize: 10)
        await #expect(throws: TransportError.invalidURL) {
            try await HTTPTokenTransport(PatientHTTP.client).send(request)
        }
    }

    @Test func `a cancelled task ends at once`() async throws {
        let server = try LoopbackServer(.init(pieces: ["HTTP/1.1 ", "200 OK\r\n\r\n"], pause: .seconds(100)))
        defer { server.stop() }
        let task = Task { try await send(to: server) }
        try await eventually { server.requests.count == 1 }
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
    }
}
