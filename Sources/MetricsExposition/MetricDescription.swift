/// What a metric is: the line of documentation that stands in the code, in `# HELP` and in `docs/metrics.md`.
public struct MetricDescription: Sendable, Hashable {
    /// How a metric behaves.
    public enum Kind: String, Sendable, Hashable {
        /// It only grows.
        case counter
        /// It goes up and down.
        case gauge
        /// Observations in buckets.
        case histogram
    }

    /// The name, with the unit at its end; counters end in `_total`.
    public let name: String
    /// How it behaves.
    public let kind: Kind
    /// The names of its labels.
    public let labels: [String]
    /// What it tells, in one sentence.
    public let help: String

    /// A description.
    public init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }

    /// The table of `docs/metrics.md`.
    public static func markdown(_ metrics: [MetricDescription]) -> String {
        let rows = metrics.map { metric in
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |\n"
        }
        return "| Metric | Kind | Labels | Meaning |\n|---|---|---|---|\n" + rows.joined()
    }
}
