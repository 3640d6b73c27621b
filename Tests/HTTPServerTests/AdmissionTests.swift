import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import NIOCore
import Synchronization
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@testable import HTTPServer

/// Counts what came as far as the pipeline.
private final class Arrivals: Sendable {
    private let count = Mutex(0)

    var number: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}

@Suite("Admission: who may go on, over a socket")
struct AdmissionTests {
    private let client: ClientID
    /// Nothing is earned but by a test that lets time pass.
    private let clock = SteppedClock()

    init() throws { client = try ClientID(parsing: "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11") }

    /// Serves while `body` speaks to the port.
    private func serving<Result: Sendable>(
        _ fixture: Fixture,
        _ body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let (ports, port) = AsyncStream<Int>.makeStream()
        let service = ListenerService(
            responder: try fixture.listener(),
            host: "127.0.0.1",
            port: 0,
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

    private func fixture(_ limits: AdmissionLimits, proxies: TrustedProxies = .none, _ error: any Error) -> Fixture {
        Fixture(
            tokens: ScriptedIssuer.throwing(error),
            admission: Admission(limits, proxies: proxies, instant: { [clock] in clock.now })
        )
    }

    private func post(_ headers: String = "") -> String {
        "POST /token HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\(headers)"
            + "Content-Length: \(Fixture.form.utf8.count)\r\n\r\n\(Fixture.form)"
    }

    private func answer(_ port: Int, _ request: String? = nil) async throws -> String {
        try await RawConnection.exchange(port, [request ?? post()])
    }

    private static let slow = AdmissionLimits(addresses: BudgetRate(perSecond: 1, burst: 3))

    @Test func `an address that was refused too often gets 429 before its request is looked at`() async throws {
        let arrivals = Arrivals()
        var fixture = fixture(Self.slow, Refusal.formMalformed)
        fixture.tokens = ScriptedIssuer { [client] _, _ in
            arrivals.add()
            throw RefusedRequest(.signature, claimedClient: client)
        }
        let text = try await serving(fixture) { port in
            for _ in 0..<4 { _ = try await answer(port) }
            // What asks nobody to prove anything is still served.
            let keys = try await answer(port, "GET /jwk HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(keys.hasPrefix("HTTP/1.1 200"))
            return try await answer(port)
        }
        #expect(text.hasPrefix("HTTP/1.1 429"))
        #expect(text.lowercased().contains("retry-after: 1\r\n"))
        #expect(text.contains(#""code":"PV-007""#))
        #expect(text.contains(#""error":"temporarily_unavailable""#))
        #expect(arrivals.number == 3)
        // The ring has one sign of it, not one for each request.
        let signs = fixture.refusals.all.filter { if case .tooManyRequests = $0.refusal { true } else { false } }
        #expect(signs.count == 1)
        #expect(signs.first?.trace.remoteAddress == "127.0.0.1")
    }

    @Test func `a client that is refused after authentication pays itself, and its address nothing`() async throws {
        let refusal = RefusedRequest(.replayed, isAuthenticated: true, claimedClient: client)
        let limits = AdmissionLimits(
            addresses: BudgetRate(perSecond: 1, burst: 1),
            clients: BudgetRate(perSecond: 1, burst: 3)
        )
        let fixture = fixture(limits, refusal)
        let answers = try await serving(fixture) { port in
            var answers: [String] = []
            for _ in 0..<5 { answers.append(try await answer(port)) }
            return answers
        }
        #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 400") })
        #expect(throws: Refusal.self) { try fixture.admission.admit(client) }
        let other = try ClientID(parsing: "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a12")
        #expect(throws: Never.self) { try fixture.admission.admit(other) }
    }

    @Test func `a failed authentication never draws on the client that it names`() async throws {
        let limits = AdmissionLimits(clients: BudgetRate(perSecond: 1, burst: 1))
        let fixture = fixture(limits, RefusedRequest(.signature, claimedClient: client))
        try await serving(fixture) { port in
            for _ in 0..<5 { _ = try await answer(port) }
        }
        #expect(throws: Never.self) { try fixture.admission.admit(client) }
    }

    @Test func `whoever is told to wait, or finds the server unable, pays nothing`() async throws {
        for error: any Error in [
            RefusedRequest(.tooManyRequests(retryAfter: 1), isAuthenticated: true, claimedClient: client),
            Unavailable.storeUnavailable,
        ] {
            let limits = AdmissionLimits(
                addresses: BudgetRate(perSecond: 1, burst: 1),
                clients: BudgetRate(perSecond: 1, burst: 1)
            )
            let fixture = fixture(limits, error)
            try await serving(fixture) { port in
                for _ in 0..<4 { _ = try await answer(port) }
            }
            let address = PeerAddress(parsing: "127.0.0.1")
            #expect(fixture.admission.look(at: address) == .within)
            #expect(throws: Never.self) { try fixture.admission.admit(client) }
        }
    }

    @Test func `behind a listed proxy each forwarded address has its own budget`() async throws {
        let proxies = TrustedProxies([try AddressRange(parsing: "127.0.0.0/8")])
        let fixture = fixture(Self.slow, proxies: proxies, Refusal.formMalformed)
        let (spent, other) = try await serving(fixture) { port in
            for _ in 0..<4 { _ = try await answer(port, post("X-Forwarded-For: 198.51.100.1\r\n")) }
            return (
                try await answer(port, post("X-Forwarded-For: 203.0.113.9, 198.51.100.1\r\n")),
                try await answer(port, post("X-Forwarded-For: 203.0.113.9\r\n"))
            )
        }
        #expect(spent.hasPrefix("HTTP/1.1 429"))
        #expect(other.hasPrefix("HTTP/1.1 400"))
        #expect(fixture.refusals.all.contains { $0.trace.remoteAddress == "203.0.113.9" })
    }

    @Test func `an address of version 6 shares its budget with its network`() throws {
        let admission = Admission(Self.slow, instant: { [clock] in clock.now })
        for host in 1...3 { admission.draw(on: PeerAddress(parsing: "2001:db8:0:1::\(host)")) }
        #expect(admission.look(at: PeerAddress(parsing: "2001:db8:0:1::ffff")) != .within)
        #expect(admission.look(at: PeerAddress(parsing: "2001:db8:0:2::1")) == .within)
    }

    @Test func `a second earns what it should, and no more`() async throws {
        let fixture = fixture(Self.slow, Refusal.formMalformed)
        let answers = try await serving(fixture) { port in
            for _ in 0..<4 { _ = try await answer(port) }
            clock.advance(by: .seconds(1))
            return [try await answer(port), try await answer(port)]
        }
        #expect(answers[0].hasPrefix("HTTP/1.1 400"))
        #expect(answers[1].hasPrefix("HTTP/1.1 429"))
    }
}

@Suite("Admission: work in progress, and bodies that are half there")
struct WorkInProgressTests {
    @Test func `what exceeds the bound is answered 503 at once, and room is there again afterwards`() async throws {
        let admission = Admission(AdmissionLimits(maximumRequests: 1))
        let (gate, open) = AsyncStream<Void>.makeStream()
        var fixture = Fixture(admission: admission)
        fixture.tokens = ScriptedIssuer { _, _ in
            for await _ in gate { break }
            throw RefusedRequest(.replayed, isAuthenticated: true)
        }
        let served = fixture
        async let first = served.post(Fixture.form)
        while admission.requestsInWork == 0 { try await Task.sleep(for: .milliseconds(2)) }
        let second = try await served.post(Fixture.form)
        #expect(second.status == .serviceUnavailable)
        #expect(second.headers[.retryAfter] == "1")
        #expect(try second.object()["reason"]?.string == "queue_full")
        open.finish()
        #expect(try await first.status == .badRequest)
        #expect(admission.requestsInWork == 0)
        #expect(try await served.post(Fixture.form).status == .badRequest)
    }

    @Test func `bodies that are half there may take so much memory and no more`() {
        var limits = AdmissionLimits()
        limits.maximumPendingBodies = 100
        let admission = Admission(limits)
        #expect(admission.hold(60, of: nil))
        #expect(!admission.hold(41, of: nil))
        #expect(admission.hold(40, of: nil))
        admission.release(100, of: nil)
        #expect(admission.heldBytes == 0)
    }

    @Test func `of half bodies one address has a share, and what it lacks is there for others`() throws {
        var limits = AdmissionLimits()
        limits.maximumPendingBodies = 100
        limits.maximumPendingBodiesOfAddress = 40
        let admission = Admission(limits)
        let greedy = try #require(PeerAddress(parsing: "2001:db8::1"))
        let neighbour = try #require(PeerAddress(parsing: "2001:db8::2"))
        let other = try #require(PeerAddress(parsing: "192.0.2.1"))
        #expect(admission.hold(40, of: greedy))
        #expect(!admission.hold(1, of: greedy))
        // One network of 64 bits is one address.
        #expect(!admission.hold(1, of: neighbour))
        #expect(admission.hold(40, of: other))
        admission.release(30, of: greedy)
        #expect(admission.hold(30, of: neighbour))
        admission.release(40, of: greedy)
        admission.release(40, of: other)
        #expect(admission.heldBytes == 0)
    }

    @Test func `a body in parts holds its bytes until it is whole, one at once never does`() async throws {
        var limits = AdmissionLimits()
        limits.maximumPendingBodies = 8
        let admission = Admission(limits)
        func collect(_ parts: [String], length: Int?) async throws -> String {
            let body = RequestBody(
                asyncSequence: AsyncStream<ByteBuffer> { stream in
                    for part in parts { stream.yield(ByteBuffer(string: part)) }
                    stream.finish()
                }
            )
            var head = HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/token")
            head.headerFields[.contentLength] = length.map(String.init)
            let request = Request(head: head, body: body)
            let bytes = try await RequestBodyReading.collect(
                request,
                from: RequestTrace(traceID: TraceID(high: 0, low: 1), remoteAddress: "192.0.2.1"),
                upTo: 64,
                admission: admission
            )
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try await collect(["0123456789"], length: 10) == "0123456789")
        #expect(try await collect(["01234567", "89"], length: 10) == "0123456789")
        await #expect(throws: Unavailable.queueFull) { try await collect(["012345678", "9"], length: 10) }
        await #expect(throws: Unavailable.queueFull) { try await collect(["012345678"], length: nil) }
        await #expect(throws: Refusal.bodyTooLarge(limit: 64)) {
            try await collect([String(repeating: "a", count: 65)], length: nil)
        }
        #expect(admission.heldBytes == 0)
    }
}
