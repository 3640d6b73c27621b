import Foundation
import HTTPServer
import HTTPTypes
import Hummingbird
import LibCrypto
import TestAuthority
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@Suite("Limits on size, time and connections, over a socket")
struct ListenerServiceTests {
    /// A time-out that no test waits for.
    private static let never = Duration.seconds(3_600)

    /// Serves while `body` speaks to the port.
    private func serving<Result: Sendable>(
        _ limits: ListenerLimits = ListenerLimits(),
        identity: TLSIdentity? = nil,
        fixture: Fixture = Fixture(tokens: ScriptedIssuer.throwing(Refusal.replayed)),
        requests: RequestsInFlight = RequestsInFlight(),
        _ body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let (ports, port) = AsyncStream<Int>.makeStream()
        let service = ListenerService(
            responder: try fixture.listener(),
            host: "127.0.0.1",
            port: 0,
            identity: identity,
            limits: limits,
            requests: requests,
            logger: .silent,
            bound: { port.yield($0.port ?? 0) }
        )
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await service.run()
                return nil
            }
            var first = ports.makeAsyncIterator()
            let bound = try #require(await first.next())
            let result = try await body(bound)
            group.cancelAll()
            return result
        }
    }

    private func form(_ headers: String = "") -> String {
        "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\(headers)"
            + "Content-Length: \(Fixture.form.utf8.count)\r\n\r\n\(Fixture.form)"
    }

    @Test func `answers one request after another on one connection`() async throws {
        let text = try await serving { port in
            let close = form("Connection: close\r\n")
            return try await RawConnection.exchange(port, [form() + form() + close])
        }
        #expect(text.split(separator: "HTTP/1.1 400 Bad Request").count == 4 - 1)
        #expect(text.contains("assertion_replayed"))
    }

    @Test func `answers HEAD without a body`() async throws {
        let text = try await serving { port in
            try await RawConnection.exchange(port, ["HEAD /jwk HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"])
        }
        #expect(text.lowercased().contains("content-length: 11\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func `lets a client that asks first send its body`() async throws {
        let text = try await serving { port in
            try await RawConnection.exchange(
                port,
                [
                    form("Expect: 100-continue\r\nConnection: close\r\n").replacing(Fixture.form, with: ""),
                    Fixture.form,
                ]
            )
        }
        #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400"))
    }

    @Test func `does not ask for a body that it would not read`() async throws {
        let heads = [
            "POST /nothing HTTP/1.1", "GET /jwk HTTP/1.1",
            "POST /token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 65537",
        ]
        let texts = try await serving { port in
            var texts: [String] = []
            for head in heads {
                let rest = "\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
                texts.append(try await RawConnection.exchange(port, [head + rest], readingUntil: "\r\n\r\n"))
            }
            return texts
        }
        #expect(texts.map { $0.prefix(12) } == ["HTTP/1.1 404", "HTTP/1.1 200", "HTTP/1.1 413"])
    }

    @Test func `refuses a head larger than 16 KiB`() async throws {
        let text = try await serving { port in
            let field = "X-Large: \(String(repeating: "a", count: 17 * 1024))\r\n"
            return try await RawConnection.exchange(port, ["GET /jwk HTTP/1.1\r\nHost: a\r\n\(field)\r\n"])
        }
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400"))
        #expect(!text.contains("200 OK"))
    }

    @Test func `refuses a body by its declared length, unread`() async throws {
        // A busy machine must not take the body's time for the answer.
        var limits = ListenerLimits()
        limits.bodyTimeout = Self.never
        let text = try await serving(limits) { port in
            try await RawConnection.exchange(
                port,
                [
                    "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: 65537\r\nConnection: close\r\n\r\n"
                ],
                readingUntil: "body_too_large"
            )
        }
        #expect(text.hasPrefix("HTTP/1.1 413"))
    }

    @Test func `closes a connection that goes on sending a refused body`() async throws {
        var limits = ListenerLimits()
        limits.maximumDiscardedBody = 128 * 1024
        let chunk = "10000\r\n\(String(repeating: "x", count: 65_536))\r\n"
        let head =
            "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
        let closed = try await serving(limits) { [limits] port in
            _ = limits
            return try await RawConnection.isClosed(port, sending: [head] + Array(repeating: chunk, count: 400))
        }
        #expect(closed)
    }

    @Test func `closes a connection whose request does not come to its end`() async throws {
        var limits = ListenerLimits(idleTimeout: Self.never)
        limits.bodyTimeout = .milliseconds(300)
        let head = "POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
        let stood = try await serving(limits) { port in
            try await RawConnection.timeUntilClosed(port, sending: head, thenEvery: .milliseconds(100), "x")
        }
        #expect(try #require(stood) >= .milliseconds(300))
    }

    @Test func `closes a connection whose TLS handshake does not come to its end`() async throws {
        var limits = ListenerLimits(idleTimeout: Self.never)
        limits.handshakeTimeout = .milliseconds(300)
        var request = EnterpriseCertificateRequest(
            organisation: try #require(OrganisationNumber(stem: 31_000_000)),
            name: "localhost",
            key: TestKeys.p256
        )
        request.isSelfSigned = true
        let authority = try CertificateAuthority(
            .buypass,
            keys: .init(authority: .ec(.p256), enterprise: .ec(.p256)),
            at: Fixture().clock.now
        )
        let identity = try TLSIdentity(
            certificates: Array(authority.issue(request).pem.utf8),
            privateKey: Array(TestKeys.p256.pem().utf8)
        )
        // The first bytes of a client hello, and then nothing.
        for beginning in ["", "\u{16}\u{03}\u{01}"] {
            let stood = try await serving(limits, identity: identity) { port in
                try await RawConnection.timeUntilClosed(port, sending: beginning)
            }
            #expect(try #require(stood) >= .milliseconds(300))
        }
    }

    @Test func `closes a silent connection`() async throws {
        let limits = ListenerLimits(idleTimeout: .milliseconds(300))
        let stood = try await serving(limits) { port in try await RawConnection.timeUntilClosed(port, sending: "") }
        #expect(try #require(stood) >= .milliseconds(300))
    }

    @Test func `leaves a silent connection and a head on its way alone until their time is over`() async throws {
        try await serving(ListenerLimits(idleTimeout: Self.never)) { port in
            let silent = try RawConnection(port)
            let halfway = try RawConnection(port)
            try halfway.send("GET /jwk HTTP/1.1\r\nHost: a\r\nX: ")
            // However much others are served meanwhile.
            for _ in 0..<20 {
                let request = "GET /jwk HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                #expect(try await RawConnection.exchange(port, [request]).hasPrefix("HTTP/1.1 200"))
            }
            #expect(!silent.isClosed)
            #expect(!halfway.isClosed)
            try silent.send("GET /jwk HTTP/1.1\r\nHost: a\r\n\r\n")
            try halfway.send("a\r\n\r\n")
            #expect(try await silent.read(until: "keys").hasPrefix("HTTP/1.1 200"))
            #expect(try await halfway.read(until: "keys").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `closes a connection that sends its head byte by byte`() async throws {
        let limits = ListenerLimits(idleTimeout: .milliseconds(500))
        let stood = try await serving(limits) { port in
            try await RawConnection.timeUntilClosed(
                port,
                sending: "GET /jwk HTTP/1.1\r\nX: ",
                thenEvery: .milliseconds(50),
                "a"
            )
        }
        #expect(try #require(stood) >= .milliseconds(500))
    }

    @Test func `serves no more connections at once than its limit`() async throws {
        var limits = ListenerLimits(maximumConnections: 1)
        limits.bodyTimeout = Self.never
        try await serving(limits) { port in
            let first = try RawConnection(port)
            // One with a request makes room for nobody.
            try first.send("GET /jwk HTTP/1.1\r\nHost: a\r\n\r\nPOST /token HTTP/1.1\r\nHost: a\r\n")
            try first.send("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\n")
            #expect(try await first.read(until: "keys").hasPrefix("HTTP/1.1 200"))
            let second = try RawConnection(port)
            try second.send("GET /jwk HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await second.read(until: "keys", within: .milliseconds(300)).isEmpty)
            first.close()
            #expect(try await second.read(until: "keys").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `passes on what the parser refuses, and counts no request for it`() async throws {
        let requests = RequestsInFlight()
        try await serving(requests: requests) { port in
            let connection = try RawConnection(port)
            try connection.send("NONSENSE\r\n\r\n")
            #expect(try await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400"))
            // As long as the connection stands.
            #expect(requests.count == 0)
        }
    }

    @Test func `refuses HTTP/1_1 without a Host, with whatever follows it; HTTP/1_0 needs none`() async throws {
        try await serving { port in
            let bare = "GET /jwk HTTP/1.1\r\nAccept: */*\r\n\r\n"
            let body = "POST /token HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
            for request in [bare, bare + "GET /jwk HTTP/1.1\r\nHost: a\r\n\r\n", body] {
                let text = try await RawConnection.exchange(port, [request])
                #expect(text.hasPrefix("HTTP/1.1 400"))
                #expect(!text.contains("200 OK"))
            }
            let old = try await RawConnection.exchange(port, ["GET /health/live HTTP/1.0\r\n\r\n"])
            #expect(old.hasPrefix("HTTP/1.1 200") || old.hasPrefix("HTTP/1.0 200"), "\(old)")
        }
    }

    @Test(arguments: ["a", "b"])
    func `refuses a second Host, whatever it says`(second: String) async throws {
        let text = try await serving { port in
            try await RawConnection.exchange(port, ["GET /jwk HTTP/1.1\r\nHost: a\r\nHost: \(second)\r\n\r\n"])
        }
        #expect(text.hasPrefix("HTTP/1.1 400"))
    }

    @Test func `closes a connection that asks and asks and does not read`() async throws {
        let limits = ListenerLimits(idleTimeout: .milliseconds(500))
        let questions = String(repeating: "GET /errors HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n", count: 200)
        let start = ContinuousClock.now
        let failure = try await serving(limits) { port in
            let connection = try RawConnection(port)
            return #expect(throws: RawConnection.Failure.self) {
                while ContinuousClock.now - start < .seconds(60) { try connection.send(questions) }
            }
        }
        // Not the patience of this side.
        #expect([EPIPE, ECONNRESET].contains(try #require(failure).code))
    }
}
