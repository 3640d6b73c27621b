import Vocabulary

/// The signing keys in time: a thin line while a key is only published, a full one while it signs, a hollow one until it goes.
struct TimelineView: Sendable {
    /// One key.
    struct Key: Sendable {
        var id: String
        var algorithm: String
        var state: Cell
        var published: Timestamp
        var activates: Timestamp
        var retires: Timestamp?
        var removed: Timestamp?
    }

    /// The heading.
    var title: String
    /// The keys, in the order shown.
    var keys: [Key]

    /// The picture's width in its own units.
    private static let width: Int64 = 1_000

    /// What the templates show.
    func fields(_ scene: Scene) -> [String: Any] {
        let (first, last) = range(at: scene.now)
        let span = max(1, (last - first).count)
        func place(_ time: Timestamp) -> Int64 {
            max(0, min(Self.width, (time - first).count * Self.width / span))
        }
        return [
            "timelineTitle": title,
            "legendNext": scene.text("published, does not sign yet", "publisert, signerer ikke ennå"),
            "legendActive": scene.text("signs", "signerer"),
            "legendRetiring": scene.text("signs no more, still published", "signerer ikke lenger, fortsatt publisert"),
            "legendNow": scene.text("now", "nå"),
            "from": CalendarDate(of: first).description, "until": CalendarDate(of: last).description,
            "now": place(scene.now), "pictureWidth": Self.width,
            "keys": keys.map { key -> [String: Any] in
                let signsUntil = key.retires ?? key.removed ?? last
                let publishedUntil = key.removed ?? (key.retires == nil ? last : key.retires ?? last)
                var parts: [[String: Any]] = []
                func add(_ kind: String, _ start: Timestamp, _ end: Timestamp, _ words: String) {
                    guard end > start, place(end) > place(start) else { return }
                    parts.append([
                        "partKind": kind, "x": place(start), "partWidth": max(3, place(end) - place(start)),
                        "y": kind == "active" ? 2 : (kind == "next" ? 9 : 5),
                        "partHeight": kind == "active" ? 20 : (kind == "next" ? 6 : 14),
                        "partTitle": "\(words): \(start.exact) – \(end == last ? "…" : end.exact)",
                    ])
                }
                add("next", key.published, key.activates, scene.text("published", "publisert"))
                add("active", key.activates, signsUntil, scene.text("signs", "signerer"))
                add("retiring", signsUntil, publishedUntil, scene.text("still published", "fortsatt publisert"))
                return key.state.fields(scene).merging([
                    "kid": key.id, "algorithm": key.algorithm, "parts": parts, "nowPlace": place(scene.now),
                    "timelineWidth": Self.width,
                    "label": "\(key.id): "
                        + parts.compactMap { $0["partTitle"] as? String }.joined(separator: "; "),
                ]) { $1 }
            },
        ]
    }

    /// From the first key that is still there to a month after what is known, and at least a week on both sides.
    private func range(at now: Timestamp) -> (Timestamp, Timestamp) {
        let starts = keys.map(\.published) + [now - .days(7)]
        let ends = keys.flatMap { [$0.activates, $0.retires, $0.removed].compactMap(\.self) } + [now + .days(7)]
        let first = max(starts.min() ?? now, now - .days(400))
        let last = min(ends.max() ?? now, now + .days(400))
        let margin = Seconds(max(86_400, (last - first).count / 20))
        return (first - margin, last + margin)
    }
}
