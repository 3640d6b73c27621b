import CoreMetrics
import Tracing

/// Metrics and spans of a token client; labels come from closed sets, and nothing of a token is in them.
struct ClientTelemetry: Sendable {
    /// A token was in the cache, and good.
    let hits: Counter
    /// It was good, and is renewed behind its caller.
    let hitsRenewing: Counter
    /// There was none, and another caller's request is waited for.
    let joined: Counter
    /// There was none, and a request was begun.
    let misses: Counter
    /// Tokens renewed before their end, by a caller's look or by the service.
    let renewals: Counter
    /// The clock was corrected.
    let clockCorrections: Counter
    /// Requests to the token endpoint, of which a fetch may need several.
    let attempts: Counter

    private let fetched: Counter
    private let failures: [String: Counter]
    private let duration: Timer
    private let tracer: (any Tracer)?

    init(metrics: (any MetricsFactory)?, tracer: (any Tracer)?) {
        let factory = metrics ?? MetricsSystem.factory
        func counter(_ name: String, _ label: String? = nil, _ value: String = "") -> Counter {
            Counter(
                label: "portvakt_client_\(name)_total",
                dimensions: label.map { [($0, value)] } ?? [],
                factory: factory
            )
        }
        hits = counter("lookups", "result", "hit")
        hitsRenewing = counter("lookups", "result", "hit_renewing")
        joined = counter("lookups", "result", "joined")
        misses = counter("lookups", "result", "miss")
        renewals = counter("renewals")
        clockCorrections = counter("clock_corrections")
        attempts = counter("attempts")
        fetched = counter("fetches", "outcome", "token")
        failures = Dictionary(
            uniqueKeysWithValues: TokenError.Kind.labels.map { ($0, counter("fetches", "outcome", $0)) }
        )
        duration = Timer(label: "portvakt_client_fetch_duration", factory: factory)
        self.tracer = tracer
    }

    /// Measures one fetch with all its attempts.
    ///
    /// It is done for all who wait, so it has no parent; a link leads to the caller who began it.
    func fetch(
        begunIn context: ServiceContext?,
        _ work: @Sendable () async -> Result<FetchedToken, TokenError>
    ) async -> Result<FetchedToken, TokenError> {
        let span = (tracer ?? InstrumentationSystem.tracer)
            .startSpan("portvakt.client.fetch_token", context: .topLevel, ofKind: .client)
        if let context { span.addLink(SpanLink(context: context, attributes: [:])) }
        let start = ContinuousClock.now
        let outcome = await ServiceContext.withValue(span.context) { await work() }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        switch outcome {
        case .success(let token):
            fetched.increment()
            if let traceID = token.token.traceID { span.attributes["portvakt.trace_id"] = traceID }
        case .failure(let error):
            failures[error.kind.label]?.increment()
            span.attributes["error.type"] = error.kind.label
            span.attributes["portvakt.attempts"] = error.attempts
            if let code = error.code { span.attributes["portvakt.code"] = code }
            if let traceID = error.traceID { span.attributes["portvakt.trace_id"] = traceID }
            span.setStatus(SpanStatus(code: .error, message: error.kind.label))
        }
        span.end()
        return outcome
    }

    /// Shows in a caller's trace that it waited for the server.
    func waiting<Value: Sendable>(_ work: @Sendable () async -> Value) async -> Value {
        let span = (tracer ?? InstrumentationSystem.tracer)
            .startSpan(
                "portvakt.client.wait_for_token",
                context: ServiceContext.current ?? .topLevel,
                ofKind: .internal
            )
        defer { span.end() }
        return await work()
    }
}

/// How often a key was taken from changed files, or not.
struct KeyReloadMetrics: Sendable {
    let taken: Counter
    let refused: Counter

    init(_ metrics: (any MetricsFactory)?) {
        let factory = metrics ?? MetricsSystem.factory
        let name = "portvakt_client_key_reloads_total"
        taken = Counter(label: name, dimensions: [("outcome", "taken")], factory: factory)
        refused = Counter(label: name, dimensions: [("outcome", "refused")], factory: factory)
    }
}

extension TokenError.Kind {
    /// The value of a label.
    var label: String {
        switch self {
        case .refused: "refused"
        case .rateLimited: "rate_limited"
        case .serverUnavailable: "server_unavailable"
        case .network: "network"
        case .timedOut: "timed_out"
        case .invalidResponse: "invalid_response"
        case .clockSkew: "clock_skew"
        case .configuration: "configuration"
        case .signing: "signing"
        case .cancelled: "cancelled"
        }
    }

    /// All values that `label` can have.
    static let labels = [
        "refused", "rate_limited", "server_unavailable", "network", "timed_out", "invalid_response", "clock_skew",
        "configuration", "signing", "cancelled",
    ]
}
