import AsyncHTTPClient
import Fetching
import TestSupport
import Testing

@Suite("One exchange with a server that is not trusted: bounded in time and size, nothing followed, nothing sent twice")
struct HTTPExchangeTests {
    private func get(
        _ server: LoopbackServer,
        within timeout: Duration = .seconds(30),
        upTo limit: Int = 1024
    ) async throws(HTTPFault) -> HTTPAnswer {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/")
        return try await HTTPExchange().send(request, within: timeout, readingUpTo: limit)
    }

    @Test func `an answer comes with its status, fields and body`() async throws {
        let server = try LoopbackServer(.whole(200, "{}", headers: ["X-Trace-Id: t1"]))
        defer { server.stop() }
        let answer = try await get(server)
        #expect(answer.status == 200)
        #expect(answer.headers.contains { $0.name == "X-Trace-Id" && $0.value == "t1" })
        #expect(answer.body == Array("{}".utf8))
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func `a redirect is an answer`(status: Int) async throws {
        let server = try LoopbackServer(.whole(status, "", headers: ["Location: http://127.0.0.1:1/"]))
        defer { server.stop() }
        #expect(try await get(server).status == status)
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `an answer by a redirect that the caller's client followed is refused`(status: Int) async throws {
        let target = try LoopbackServer(.whole(200, "{}"))
        defer { target.stop() }
        let server = try LoopbackServer(.whole(status, "", headers: ["Location: http://127.0.0.1:\(target.port)/"]))
        defer { server.stop() }
        await #expect(throws: HTTPFault.redirected) {
            try await HTTPExchange(.shared).send(
                HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/"),
                within: .seconds(30),
                readingUpTo: 1024
            )
        }
    }

    @Test func `redirects without end are the same fault`() async throws {
        let server = try LoopbackServer(.whole(307, "", headers: ["Location: /"]))
        defer { server.stop() }
        await #expect(throws: HTTPFault.redirected) {
            try await HTTPExchange(.shared).send(
                HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/"),
                within: .seconds(30),
                readingUpTo: 1024
            )
        }
    }

    @Test func `a body at the limit is read, one byte more is too large`() async throws {
        let fitting = try LoopbackServer(.whole(200, String(repeating: "x", count: 1024)))
        defer { fitting.stop() }
        #expect(try await get(fitting).body.count == 1024)
        let large = try LoopbackServer(.whole(200, String(repeating: "x", count: 1025)))
        defer { large.stop() }
        await #expect(throws: HTTPFault.tooLarge) { try await get(large) }
    }

    @Test func `head and body share one time limit`() async throws {
        let pieces = ["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] + Array(repeating: "x", count: 1000)
        let trickling = try LoopbackServer(.init(pieces: pieces, pause: .milliseconds(100)))
        defer { trickling.stop() }
        await #expect(throws: HTTPFault.timedOut) { try await get(trickling, within: .milliseconds(400)) }
        let silent = try LoopbackServer(.init(pieces: ["HTTP/1.1 ", "200 OK\r\n\r\n"], pause: .seconds(100)))
        defer { silent.stop() }
        await #expect(throws: HTTPFault.timedOut) { try await get(silent, within: .milliseconds(300)) }
    }

    @Test func `a connection that closes is a network fault, told once`() async throws {
        let server = try LoopbackServer(.init(pieces: []))
        defer { server.stop() }
        let fault = await #expect(throws: HTTPFault.self) { try await get(server) }
        guard case .network = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: ["", "token", "http:///token"]) func `a URL that cannot be used is told`(url: String) async {
        await #expect(throws: HTTPFault.invalidURL) {
            try await HTTPExchange().send(HTTPClientRequest(url: url), within: .seconds(1), readingUpTo: 10)
        }
    }
}
