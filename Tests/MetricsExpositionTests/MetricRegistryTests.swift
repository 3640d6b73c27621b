import CoreMetrics
import Testing

@testable import MetricsExposition

@Suite("Metrics in Prometheus' text format 0.0.4")
struct MetricRegistryTests {
    private let registry = MetricRegistry([
        MetricDescription("requests_total", .counter, labels: ["status", "endpoint"], "Requests."),
        MetricDescription("depth", .gauge, "Depth of \\ and\na line."),
        MetricDescription("duration_seconds", .histogram, labels: ["endpoint"], "Durations."),
        MetricDescription("end_timestamp_seconds", .gauge, labels: ["name"], "An end."),
        MetricDescription("silent_total", .counter, "Never counted."),
    ])

    private func lines(of name: String) -> [String] {
        registry.text().split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && $0.hasPrefix(name) }
    }

    @Test func `a counter grows, and the same labels in another order are the same series`() {
        Counter(label: "requests_total", dimensions: [("status", "2xx"), ("endpoint", "token")], factory: registry)
            .increment(by: 2)
        Counter(label: "requests_total", dimensions: [("endpoint", "token"), ("status", "2xx")], factory: registry)
            .increment()
        Counter(label: "requests_total", dimensions: [("endpoint", "jwk"), ("status", "2xx")], factory: registry)
            .increment()
        #expect(
            lines(of: "requests_total") == [
                #"requests_total{endpoint="jwk",status="2xx"} 1"#, #"requests_total{endpoint="token",status="2xx"} 3"#,
            ]
        )
    }

    @Test func `a counter never falls`() {
        let counter = Counter(
            label: "requests_total",
            dimensions: [("endpoint", "jwk"), ("status", "2xx")],
            factory: registry
        )
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(lines(of: "requests_total") == [#"requests_total{endpoint="jwk",status="2xx"} 5"#])
    }

    @Test func `a gauge is what was set last`() {
        let meter = Meter(label: "depth", dimensions: [], factory: registry)
        meter.set(7)
        meter.increment(by: 0.5)
        #expect(lines(of: "depth") == ["depth 7.5"])
        meter.decrement(by: 8.5)
        #expect(lines(of: "depth") == ["depth -1"])
        meter.set(Double.infinity)
        #expect(lines(of: "depth") == ["depth +Inf"])
    }

    @Test func `a duration falls into the first bucket that holds it and all behind it`() {
        let timer = CoreMetrics.Timer(label: "duration_seconds", dimensions: [("endpoint", "token")], factory: registry)
        timer.recordNanoseconds(500_000)
        timer.recordNanoseconds(500_001)
        timer.recordNanoseconds(11_000_000_000)
        let found = lines(of: "duration_seconds")
        #expect(found.count == 17)
        #expect(found[0] == #"duration_seconds_bucket{endpoint="token",le="0.0005"} 1"#)
        #expect(found[1] == #"duration_seconds_bucket{endpoint="token",le="0.001"} 2"#)
        #expect(found[13] == #"duration_seconds_bucket{endpoint="token",le="10"} 2"#)
        #expect(found[14] == #"duration_seconds_bucket{endpoint="token",le="+Inf"} 3"#)
        #expect(found[15] == #"duration_seconds_sum{endpoint="token"} 11.001000001"#)
        #expect(found[16] == #"duration_seconds_count{endpoint="token"} 3"#)
    }

    @Test func `bounds and their texts agree`() {
        #expect(DurationCell.bounds.count == DurationCell.boundTexts.count)
        for (bound, text) in zip(DurationCell.bounds, DurationCell.boundTexts) {
            #expect(Double(text) == Double(bound) / 1_000_000_000)
        }
    }

    @Test func `sources are asked each time, and their labels escaped`() {
        registry.addSource { [MetricSample("end_timestamp_seconds", ["name": "a\"b\\c\nd"], 1_795_000_000)] }
        #expect(
            lines(of: "end_timestamp_seconds")
                == [#"end_timestamp_seconds{name="a\"b\\c\nd"} 1795000000"#]
        )
    }

    @Test func `each metric has its help and kind, whether it has series or not`() {
        let text = registry.text()
        #expect(text.contains("# HELP silent_total Never counted.\n# TYPE silent_total counter\n"))
        #expect(text.contains("# HELP depth Depth of \\\\ and\\na line.\n# TYPE depth gauge\n"))
        #expect(text.hasSuffix("\n"))
    }

    @Test func `what is not described, of another kind or with other labels is kept nowhere`() {
        let before = registry.text()
        Counter(label: "unknown_total", dimensions: [], factory: registry).increment()
        Counter(label: "depth", dimensions: [], factory: registry).increment()
        Counter(label: "requests_total", dimensions: [("status", "2xx")], factory: registry).increment()
        Recorder(label: "depth", dimensions: [], aggregate: true, factory: registry).record(3)
        #expect(registry.text() == before)
    }

    @Test func `series end at their limit`() {
        for number in 0..<MetricRegistry.maximumSeries + 10 {
            Counter(
                label: "requests_total",
                dimensions: [("status", "2xx"), ("endpoint", "\(number)")],
                factory: registry
            ).increment()
        }
        #expect(lines(of: "requests_total").count == MetricRegistry.maximumSeries)
    }
}
