public import CoreMetrics
import Synchronization

/// A number that is looked up when somebody asks for it, with the values of its labels.
public struct MetricSample: Sendable, Hashable {
    /// The metric's name.
    public let name: String
    /// Names and values of its labels.
    public let labels: [String: String]
    /// The number.
    public let value: Double

    /// A sample.
    public init(_ name: String, _ labels: [String: String] = [:], _ value: Double) {
        self.name = name
        self.labels = labels
        self.value = value
    }
}

/// Holds the metrics of a server and tells them as Prometheus reads them.
///
/// Only what is described is kept: whatever else a library counts goes nowhere, and so does a series beyond the limit, as
/// labels made of what strangers send would make without end.
public final class MetricRegistry: MetricsFactory {
    /// The most series of all metrics together.
    public static let maximumSeries = 4_096

    enum Cell: Sendable {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case duration(DurationCell)
    }

    struct Series: Hashable {
        let name: String
        let labels: [Label]
    }

    struct Label: Hashable, Comparable {
        let name: String
        let value: String

        static func < (left: Label, right: Label) -> Bool { (left.name, left.value) < (right.name, right.value) }
    }

    private struct State {
        var cells: [Series: Cell] = [:]
        var sources: [@Sendable () -> [MetricSample]] = []
    }

    /// What it knows, in the order told.
    public let metrics: [MetricDescription]

    private let known: [String: MetricDescription]
    private let state = Mutex(State())

    /// A registry of these metrics.
    public init(_ metrics: [MetricDescription]) {
        self.metrics = metrics
        known = Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0) })
    }

    /// Asks `source` for numbers whenever somebody asks for the metrics; it must not wait.
    public func addSource(_ source: @escaping @Sendable () -> [MetricSample]) {
        state.withLock { $0.sources.append(source) }
    }

    /// All that is known at this moment.
    func contents() -> (cells: [Series: Cell], samples: [MetricSample]) {
        let (cells, sources) = state.withLock { ($0.cells, $0.sources) }
        return (cells, sources.flatMap { $0() })
    }

    // MARK: MetricsFactory

    /// A counter; one that is described nowhere counts for nobody.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let cell = cell(label, dimensions, .counter) { .counter(CounterCell()) }
        if case .counter(let counter) = cell { return counter }
        return NOOPMetricsHandler.instance
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let cell = cell(label, dimensions, .gauge) { .gauge(GaugeCell()) }
        if case .gauge(let gauge) = cell { return gauge }
        return NOOPMetricsHandler.instance
    }

    /// A gauge; recorders that aggregate are not kept.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard !aggregate else { return NOOPMetricsHandler.instance }
        let cell = cell(label, dimensions, .gauge) { .gauge(GaugeCell()) }
        if case .gauge(let gauge) = cell { return gauge }
        return NOOPMetricsHandler.instance
    }

    /// A histogram of durations.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let cell = cell(label, dimensions, .histogram) { .duration(DurationCell()) }
        if case .duration(let duration) = cell { return duration }
        return NOOPMetricsHandler.instance
    }

    // Counters of a server live as long as it: whoever lets his handler go gets the same one again.

    /// Keeps it.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Keeps it.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Keeps it.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Keeps it.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func cell(
        _ name: String,
        _ dimensions: [(String, String)],
        _ kind: MetricDescription.Kind,
        make: () -> Cell
    ) -> Cell? {
        guard let metric = known[name], metric.kind == kind else { return nil }
        let labels = dimensions.map { Label(name: $0.0, value: $0.1) }.sorted()
        guard labels.map(\.name) == metric.labels.sorted() else { return nil }
        let series = Series(name: name, labels: labels)
        return state.withLock { state in
            if let cell = state.cells[series] { return cell }
            guard state.cells.count < Self.maximumSeries else { return nil }
            let cell = make()
            state.cells[series] = cell
            return cell
        }
    }
}
