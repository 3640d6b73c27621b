import CoreMetrics
import InMemoryTracing
import JOSE
import Logging
import MetricsTestKit
import ServiceLifecycle
import Testing
import Tracing
import Vocabulary

@testable import PortvaktProvider

@Suite("Remote key set as a service: renewal without requests, start, what it reports")
struct KeySetServiceTests {
    let clock = FakeClock()

    private func keySet(
        _ transport: ScriptedTransport,
        metrics: (any MetricsFactory)? = nil,
        tracer: (any Tracer)? = nil,
        _ change: (inout KeySetOptions) -> Void = { _ in }
    ) -> RemoteKeySet {
        var options = KeySetOptions()
        change(&options)
        return RemoteKeySet(
            .keys(url: Sample.keysURL),
            transport: transport,
            options: options,
            clock: clock,
            metrics: metrics,
            tracer: tracer
        )
    }

    @Test func `keys are renewed although nobody asks, and a withdrawn one is gone`() async throws {
        let transport = ScriptedTransport { _, number in Sample.document(number < 3 ? "k1" : "k2") }
        let keys = keySet(transport)
        let run = Task { try await keys.run() }
        for reading in 1...3 {
            try await eventually { transport.requests.count == reading && clock.sleeperCount == 1 }
            // Four fifths of ten minutes, and the tenth of that by which they vary.
            clock.advance(by: .seconds(530))
        }
        #expect(keys.snapshot().keyIDs == ["k2"])
        run.cancel()
        try await run.value
    }

    @Test func `rule 8: failFast fails the start when the keys cannot be had`() async throws {
        let keys = keySet(ScriptedTransport { _, _ throws(KeyTransportError) in throw .network("down") })
        await #expect(throws: KeySourceError.unavailable("down")) { try await keys.run() }
    }

    @Test func `rule 8: a lazy start lives without keys, and asks every thirty seconds`() async throws {
        let transport = ScriptedTransport { _, _ throws(KeyTransportError) in throw .network("down") }
        let keys = keySet(transport) { $0.start = .lazy }
        let run = Task { try await keys.run() }
        for attempt in 1...4 {
            try await eventually { transport.requests.count == attempt && clock.sleeperCount == 1 }
            #expect(keys.snapshot().health == .unavailable)
            if attempt == 4 { transport.play { _, _ in Sample.document("k1") } }
            clock.advance(by: .seconds(30))
        }
        try await eventually { keys.snapshot().health == .ready }
        run.cancel()
        try await run.value
    }

    @Test func `it ends when its group shuts down`() async throws {
        let keys = keySet(ScriptedTransport { _, _ in Sample.document("k1") })
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: keys)], logger: .init(label: "test"))
        )
        let run = Task { try await group.run() }
        try await eventually { clock.sleeperCount == 1 }
        await group.triggerGracefulShutdown()
        try await run.value
    }

    @Test func `health tells ready, degraded and unavailable, and all of it as JSON`() async throws {
        let transport = ScriptedTransport { _, number throws(KeyTransportError) in
            guard number == 1 else { throw .timedOut }
            return Sample.document("k1")
        }
        let keys = keySet(transport)
        #expect(keys.snapshot().health == .unavailable)
        try await keys.load()
        #expect(keys.snapshot().health == .ready)
        clock.advance(by: .seconds(601))
        _ = try await keys.key(for: Sample.header("k1"))
        #expect(keys.snapshot().health == .degraded)
        #expect(
            keys.snapshot().json == [
                "status": "degraded", "keys": ["k1"], "age_seconds": 601, "fresh": false, "cooling_down": true,
                "last_error": .string("\(KeyTransportError.timedOut)"),
            ]
        )
        clock.advance(by: .seconds(3600))
        #expect(keys.snapshot().health == .unavailable)
        #expect(keys.snapshot().keyIDs.isEmpty)
    }

    @Test func `readings are counted and traced, good ones and bad ones`() async throws {
        let metrics = TestMetrics()
        let tracer = InMemoryTracer()
        let transport = ScriptedTransport { _, number throws(KeyTransportError) in
            guard number == 1 else { throw .network("down") }
            return Sample.document("k1", "k2")
        }
        let keys = keySet(transport, metrics: metrics, tracer: tracer)
        try await keys.load()
        #expect(try metrics.expectGauge("portvakt_provider_keys").lastValue == 2)
        #expect(try metrics.expectGauge("portvakt_provider_keys_stale").lastValue == 0)
        clock.advance(by: .seconds(601))
        await #expect(throws: KeySourceError.self) { try await keys.load() }
        let readings = "portvakt_provider_key_readings_total"
        #expect(try metrics.expectCounter(readings, [("outcome", "read")]).totalValue == 1)
        #expect(try metrics.expectCounter(readings, [("outcome", "failed")]).totalValue == 1)
        #expect(try metrics.expectTimer("portvakt_provider_key_reading_duration").values.count == 2)
        #expect(try metrics.expectGauge("portvakt_provider_keys_stale").lastValue == 1)
        #expect(tracer.finishedSpans.map(\.operationName) == Array(repeating: "portvakt.provider.read_keys", count: 2))
        #expect(tracer.finishedSpans.map(\.errors.count) == [0, 1])
    }

    @Test func `verifications are counted by outcome`() async throws {
        let metrics = TestMetrics()
        let keys = LocalKeySet(try JWKSet([Sample.jwk("k1", Sample.rsa)]))
        let policy = VerificationPolicy(issuer: Sample.issuer)
        let verifier = TokenVerifier(policy: policy, keys: keys, clock: clock, metrics: metrics)
        let text = try Sample.token()
        for _ in 0..<3 { _ = try await verifier.verifyBearer(text) }
        clock.advance(by: .seconds(120))
        _ = try? await verifier.verifyBearer(text)
        _ = try? await verifier.verifyBearer("x")
        let name = "portvakt_provider_verifications_total"
        #expect(try metrics.expectCounter(name, [("outcome", "accepted")]).totalValue == 3)
        #expect(try metrics.expectCounter(name, [("outcome", "token_expired")]).totalValue == 1)
        #expect(try metrics.expectCounter(name, [("outcome", "token_malformed")]).totalValue == 1)
    }
}
