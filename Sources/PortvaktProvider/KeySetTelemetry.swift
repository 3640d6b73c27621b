import CoreMetrics
import Tracing

/// Metrics and spans of a remote key set; labels come from closed sets.
struct KeySetTelemetry: Sendable {
    private let read: Counter
    private let failed: Counter
    private let duration: Timer
    private let keys: Gauge
    private let stale: Gauge
    private let tracer: (any Tracer)?

    init(metrics: (any MetricsFactory)?, tracer: (any Tracer)?) {
        let factory = metrics ?? MetricsSystem.factory
        let readings = "portvakt_provider_key_readings_total"
        read = Counter(label: readings, dimensions: [("outcome", "read")], factory: factory)
        failed = Counter(label: readings, dimensions: [("outcome", "failed")], factory: factory)
        duration = Timer(label: "portvakt_provider_key_reading_duration", factory: factory)
        keys = Gauge(label: "portvakt_provider_keys", factory: factory)
        stale = Gauge(label: "portvakt_provider_keys_stale", factory: factory)
        self.tracer = tracer
    }

    /// Measures one reading.
    func reading<Success, Fault: Error>(
        _ work: @Sendable () async -> Result<Success, Fault>
    ) async -> Result<Success, Fault> {
        // A reading is done for all who wait: it has no parent.
        let span = (tracer ?? InstrumentationSystem.tracer)
            .startSpan("portvakt.provider.read_keys", context: .topLevel, ofKind: .client)
        let start = ContinuousClock.now
        let outcome = await ServiceContext.withValue(span.context) { await work() }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        switch outcome {
        case .success: read.increment()
        case .failure(let fault):
            failed.increment()
            span.recordError(fault)
            span.setStatus(SpanStatus(code: .error))
        }
        span.end()
        return outcome
    }

    /// Shows what is known after a reading.
    func show(_ snapshot: KeySetSnapshot) {
        keys.record(snapshot.keyIDs.count)
        stale.record(snapshot.health == .ready ? 0 : 1)
    }
}
