import AsyncHTTPClient
import TestSupport
import Testing

@testable import PortvaktProvider

@Suite("The key transport by async-http-client: limits kept, nothing followed")
struct HTTPKeyTransportTests {
    private func fetch(
        from server: LoopbackServer,
        entityTag: String? = nil,
        timeout: Duration = .seconds(60)
    ) async throws(KeyTransportError) -> KeyResponse {
        try await HTTPKeyTransport(PatientHTTP.client).fetch(
            KeyRequest(
                url: "http://127.0.0.1:\(server.port)/jwk",
                entityTag: entityTag,
                timeout: timeout,
                maximumSize: 1024
            )
        )
    }

    @Test func `a document arrives with its fields, and its tag is asked about`() async throws {
        let headers = ["ETag: \"v1\"", "Cache-Control: max-age=300"]
        let server = try LoopbackServer(.whole(200, "{}", headers: headers))
        defer { server.stop() }
        let response = try await fetch(from: server, entityTag: "\"v0\"")
        #expect(response.status == 200)
        #expect(response.body == Array("{}".utf8))
        #expect(response.header("etag") == "\"v1\"")
        #expect(response.maximumAge == .seconds(300))
        let request = try #require(server.requests.first).lowercased()
        #expect(request.hasPrefix("get /jwk http/1.1\r\n"))
        #expect(request.contains("\r\nif-none-match: \"v0\"\r\n"))
    }

    @Test func `without a tag none is asked about`() async throws {
        let server = try LoopbackServer(.whole(304, ""))
        defer { server.stop() }
        #expect(try await fetch(from: server).status == 304)
        #expect(server.requests.first?.lowercased().contains("if-none-match") == false)
    }

    @Test(arguments: [301, 302, 307, 308]) func `a redirect is not followed`(status: Int) async throws {
        let server = try LoopbackServer(.whole(status, "", headers: ["Location: http://127.0.0.1:1/"]))
        defer { server.stop() }
        #expect(try await fetch(from: server).status == status)
        #expect(server.requests.count == 1)
    }

    @Test func `a document that came by a redirect is refused`() async throws {
        let target = try LoopbackServer(.whole(200, "{}"))
        defer { target.stop() }
        let server = try LoopbackServer(.whole(302, "", headers: ["Location: http://127.0.0.1:\(target.port)/jwk"]))
        defer { server.stop() }
        let request = KeyRequest(
            url: "http://127.0.0.1:\(server.port)/jwk",
            entityTag: nil,
            timeout: .seconds(5),
            maximumSize: 1024
        )
        await #expect(throws: KeyTransportError.redirected) { try await HTTPKeyTransport(.shared).fetch(request) }
    }

    @Test func `a document beyond the limit is refused`() async throws {
        let server = try LoopbackServer(.whole(200, String(repeating: "x", count: 1025)))
        defer { server.stop() }
        await #expect(throws: KeyTransportError.tooLarge) { try await fetch(from: server) }
    }

    @Test func `a document that trickles is given up in time`() async throws {
        let pieces = ["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] + Array(repeating: "x", count: 1000)
        let server = try LoopbackServer(.init(pieces: pieces, pause: .milliseconds(100)))
        defer { server.stop() }
        await #expect(throws: KeyTransportError.timedOut) {
            try await fetch(from: server, timeout: .milliseconds(500))
        }
    }

    @Test func `nobody listening is a network fault that says so`() async throws {
        let server = try LoopbackServer(.whole(200, ""))
        let port = server.port
        server.stop()
        // The kernel needs a moment to close the port.
        try await eventually {
            let request = KeyRequest(
                url: "http://127.0.0.1:\(port)/",
                entityTag: nil,
                timeout: .seconds(3),
                maximumSize: 10
            )
            do throws(KeyTransportError) {
                _ = try await HTTPKeyTransport(PatientHTTP.client).fetch(request)
                return false
            } catch { return error == .network("Connection refused") }
        }
    }
}
