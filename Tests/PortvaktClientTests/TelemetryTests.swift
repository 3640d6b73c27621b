import CoreMetrics
import InMemoryTracing
import JOSE
import MetricsTestKit
import Testing
import Tracing

@testable import PortvaktClient

@Suite("Metrics and spans: what happened, and nothing of a token")
struct TelemetryTests {
    private let clock = FakeClock()
    private let metrics = TestMetrics()
    private let tracer = InMemoryTracer()

    private func client(_ transport: ScriptedTransport) -> TokenClient {
        Sample.client(Sample.configuration(), transport, clock, metrics: metrics, tracer: tracer)
    }

    private func total(_ name: String, _ label: String? = nil, _ value: String = "") -> Int64 {
        metrics.counterTotal(
            label: "portvakt_client_\(name)_total",
            dimensions: label.map { [($0, value)] } ?? []
        )
    }

    @Test func `hits, misses, renewals and fetches are counted`() async throws {
        let client = client(ScriptedTransport { _, number in Sample.token("secret-\(number)") })
        _ = try await client.token(for: Sample.request)
        _ = try await client.token(for: Sample.request)
        clock.advance(by: .seconds(95))
        _ = try await client.token(for: Sample.request)
        try await eventually { try await client.token(for: Sample.request).value == "secret-2" }
        #expect(total("lookups", "result", "miss") == 1)
        #expect(total("lookups", "result", "hit") >= 2)
        #expect(total("lookups", "result", "hit_renewing") == 1)
        #expect(total("renewals") == 1)
        #expect(total("fetches", "outcome", "token") == 2)
        #expect(total("attempts") == 2)
        #expect(try metrics.expectTimer("portvakt_client_fetch_duration").values.count == 2)
    }

    @Test func `callers who join another's request are told from those who begin one`() async throws {
        let gate = Gate()
        let client = client(
            ScriptedTransport { _, _ in
                await gate.pass()
                return Sample.token("t")
            }
        )
        async let first = client.token(for: Sample.request)
        try await eventually { total("lookups", "result", "miss") == 1 }
        async let second = client.token(for: Sample.request)
        try await eventually { total("lookups", "result", "joined") == 1 }
        gate.open()
        _ = try await (first, second)
        #expect(total("fetches", "outcome", "token") == 1)
    }

    private static let failures: [(TransportResponse?, String)] = [
        (Sample.refusal("no", code: "MP-250"), "refused"),
        (TransportResponse(status: 429, body: []), "rate_limited"),
        (TransportResponse(status: 503, body: []), "server_unavailable"),
        (TransportResponse(status: 200, body: []), "invalid_response"), (nil, "network"),
    ]

    @Test(arguments: failures.indices) func `a failure is counted by its kind, and marks its span`(
        index: Int
    ) async throws {
        let (answer, kind) = Self.failures[index]
        let client = client(
            ScriptedTransport { (_, _) async throws(TransportError) in
                guard let answer else { throw .network("connection refused") }
                return answer
            }
        )
        await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(total("fetches", "outcome", kind) == 1)
        let span = try #require(tracer.finishedSpans.first { $0.operationName == "portvakt.client.fetch_token" })
        #expect(span.status?.code == .error)
        #expect(span.attributes["error.type"]?.toSpanAttribute() == .string(kind))
    }

    @Test func `labels have no value that is not known beforehand`() async throws {
        let client = client(ScriptedTransport { _, _ in Sample.refusal("no", code: "MP-250") })
        await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        for counter in metrics.counters {
            for (name, value) in counter.dimensions {
                switch name {
                case "result": #expect(["hit", "hit_renewing", "joined", "miss"].contains(value))
                case "outcome": #expect((TokenError.Kind.labels + ["token"]).contains(value))
                default: Issue.record("the label \(name)")
                }
            }
        }
        #expect(metrics.counters.count == 18)
    }

    @Test func `a fetch is a trace of its own, linked to the caller who began it and who waits`() async throws {
        let client = client(ScriptedTransport { _, _ in Sample.token("secret-token") })
        let caller = tracer.startSpan("caller")
        _ = try await ServiceContext.withValue(caller.context) { try await client.token(for: Sample.request) }
        caller.end()
        let spans = tracer.finishedSpans
        let fetch = try #require(spans.first { $0.operationName == "portvakt.client.fetch_token" })
        #expect(fetch.kind == .client)
        #expect(fetch.parentSpanID == nil)
        #expect(fetch.links.count == 1)
        let wait = try #require(spans.first { $0.operationName == "portvakt.client.wait_for_token" })
        #expect(wait.parentSpanID == caller.spanID)
        #expect(!"\(spans)".contains("secret-token"))
    }

    @Test func `a token in the cache makes no span`() async throws {
        let client = client(ScriptedTransport { _, _ in Sample.token("t") })
        _ = try await client.token(for: Sample.request)
        let count = tracer.finishedSpans.count
        _ = try await client.token(for: Sample.request)
        #expect(tracer.finishedSpans.count == count)
    }
}
