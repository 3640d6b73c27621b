import Administration
import Vocabulary

/// Tokens and refusals by the hour, as bars: tokens stand on one line, refusals in a panel of their own, each with its scale.
struct ChartView: Sendable {
    /// One panel of bars.
    struct Panel: Sendable {
        /// What is counted.
        var title: String
        /// A word for the style sheet.
        var kind: String
        /// Bars, the oldest first.
        var counts: [Int64]
    }

    /// The heading.
    var title: String
    /// What the picture says, in words.
    var summary: String
    /// The first second of each bar's hour.
    var hours: [Timestamp]
    /// The panels, from above.
    var panels: [Panel]

    /// A picture's height in its own units; it is stretched to the width of the page, so that no text stands in it.
    private static let height: Int64 = 100
    /// A bar's width with the gap after it.
    private static let step: Int64 = 10

    /// What the templates show.
    func fields(_ scene: Scene) -> [String: Any] {
        [
            "chartTitle": title, "chartSummary": summary,
            "panels": panels.map { fields(of: $0, scene) },
            "ticks": hours.enumerated().filter { $0.offset % 6 == 0 }.map {
                ["tick": $0.offset == 0 ? $0.element.clockText + " UTC" : $0.element.clockText]
            },
            "figuresTitle": scene.text("The figures", "Tallene"),
            "hourTitle": scene.text("Hour (UTC)", "Time (UTC)"),
            "panelTitles": panels.map { ["panelTitle": $0.title] },
            "figures": hours.indices.reversed().map { index in
                [
                    "hour": hours[index].clockText, "hourISO": hours[index].description,
                    "figureCounts": panels.map { ["figure": $0.counts[index].grouped, "of": $0.title] },
                ] as [String: Any]
            },
        ]
    }

    private func fields(of panel: Panel, _ scene: Scene) -> [String: Any] {
        let highest = max(panel.counts.max() ?? 0, 1)
        return [
            "panelTitle": panel.title, "kind": panel.kind,
            "total": panel.counts.reduce(0, +).grouped,
            "highest": scene.text(
                "highest hour: \((panel.counts.max() ?? 0).grouped)",
                "høyeste time: \((panel.counts.max() ?? 0).grouped)"
            ),
            "width": Int64(panel.counts.count) * Self.step, "height": Self.height,
            "bars": panel.counts.enumerated().filter { $0.element > 0 }.map { index, count in
                // What is there at all is seen: two units at least.
                let size = max(2, count * Self.height / highest)
                return [
                    "x": Int64(index) * Self.step + 1, "y": Self.height - size, "barWidth": Self.step - 2,
                    "barHeight": size,
                    "barTitle": "\(hours[index].clockText) UTC: \(count.grouped)",
                ] as [String: Any]
            },
        ]
    }
}
