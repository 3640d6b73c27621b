import CoreMetrics
import HTTPTypes
import Metrics
import TokenIssuance

/// What a listener counts: labels are endpoints, classes of status and error codes, never anything a caller sent.
struct ListenerMetrics: Sendable {
    private struct PerEndpoint: Sendable {
        /// Answers by the first digit of their status, from 1xx to 5xx.
        let answers: [Counter]
        let duration: Timer
    }

    private let endpoints: [EndpointName: PerEndpoint]
    private let refusals: [ErrorCode: Counter]

    /// The counters of a listener whose endpoints have these names.
    init(listener: String, endpoints names: Set<EndpointName>) {
        endpoints = Dictionary(
            uniqueKeysWithValues: names.union([.other]).map { name in
                let labels = [("listener", listener), ("endpoint", name.rawValue)]
                return (
                    name,
                    PerEndpoint(
                        answers: (1...5).map {
                            Counter(label: "portvakt_http_requests_total", dimensions: labels + [("status", "\($0)xx")])
                        },
                        duration: Timer(label: "portvakt_http_request_duration_seconds", dimensions: labels)
                    )
                )
            }
        )
        refusals = Dictionary(
            uniqueKeysWithValues: ErrorCode.allCases.map { code in
                let labels = [("listener", listener), ("code", code.rawValue)]
                return (code, Counter(label: "portvakt_http_refusals_total", dimensions: labels))
            }
        )
    }

    func record(_ endpoint: EndpointName, status: HTTPResponse.Status, duration: Duration) {
        guard let counters = endpoints[endpoint] else { return }
        let index = status.code / 100 - 1
        if counters.answers.indices.contains(index) { counters.answers[index].increment() }
        counters.duration.recordNanoseconds(duration.nanoseconds)
    }

    func record(_ code: ErrorCode) { refusals[code]?.increment() }
}

/// What a listener counts of connections that never became a request: such peers are closed and told nothing (DESIGN §3).
struct ConnectionMetrics: Sendable {
    /// What came was no HTTP, or exceeded the limits on its head.
    let unparsable = Counter(label: "portvakt_http_unparsable_total")
    /// A handshake or a request took too long to arrive, or an answer to be read.
    let timedOut = Counter(label: "portvakt_http_timed_out_total")
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
