extension MetricRegistry {
    /// The media type of ``text()``.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// All metrics in Prometheus' text format 0.0.4: each with its help and kind, then its series in a fixed order.
    public func text() -> String {
        let (cells, samples) = contents()
        var lines: [String: [(labels: [Label], lines: [String])]] = [:]
        for (series, cell) in cells {
            lines[series.name, default: []].append((series.labels, Self.lines(series, cell)))
        }
        for sample in samples {
            let labels = sample.labels.map { Label(name: $0.key, value: $0.value) }.sorted()
            let line = "\(sample.name)\(Self.text(labels)) \(Self.text(sample.value))"
            lines[sample.name, default: []].append((labels, [line]))
        }
        var text = ""
        for metric in metrics {
            text += "# HELP \(metric.name) \(Self.escaped(metric.help, quotes: false))\n"
            text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            let series = (lines[metric.name] ?? []).sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
            for line in series.flatMap(\.lines) { text += line + "\n" }
        }
        return text
    }

    private static func lines(_ series: Series, _ cell: Cell) -> [String] {
        switch cell {
        case .counter(let counter): return ["\(series.name)\(text(series.labels)) \(counter.value)"]
        case .gauge(let gauge): return ["\(series.name)\(text(series.labels)) \(text(gauge.value))"]
        case .duration(let duration):
            let cumulated = duration.cumulated
            let ends = DurationCell.boundTexts + ["+Inf"]
            return zip(ends, cumulated).map { end, count in
                "\(series.name)_bucket\(text(series.labels + [Label(name: "le", value: end)])) \(count)"
            } + [
                "\(series.name)_sum\(text(series.labels)) \(text(duration.seconds))",
                "\(series.name)_count\(text(series.labels)) \(cumulated.last ?? 0)",
            ]
        }
    }

    private static func text(_ labels: [Label]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    /// Whole numbers without a fraction; the others as Swift writes them, which Prometheus reads.
    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// A backslash, an end of line and in labels a quote would end the line or the value.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
