/// Who shares with whom: whose data an organisation may read on one side, who may read its data on the other, and the
/// suppliers that act for it below.
///
/// Drawn twice, for wide and for narrow windows; the style sheet shows one of them.
struct DiagramView: Sendable {
    /// An organisation.
    struct Party: Sendable {
        var name: String
        var number: String
        /// How many scopes, or other things, it is about.
        var words: String
        var address: String
    }

    /// The heading.
    var title: String
    /// The organisation in the middle.
    var centre: Party
    /// Whose data it may read.
    var providers: [Party]
    /// Who may read its data.
    var consumers: [Party]
    /// Who acts for it.
    var suppliers: [Party]
    /// How many of each are not drawn.
    var left: (providers: Int, consumers: Int, suppliers: Int) = (0, 0, 0)

    /// The most parties drawn of each kind.
    static let most = 8

    private static let boxHeight = 44
    private static let gap = 12

    /// What the templates show.
    func fields(_ scene: Scene) -> [String: Any] {
        [
            "diagramTitle": title,
            "variants": [variant(wide(scene), "wide", scene), variant(narrow(scene), "narrow", scene)],
            "isAlone": providers.isEmpty && consumers.isEmpty && suppliers.isEmpty
                ? [["alone": scene.text("It shares with nobody.", "Den deler ikke med noen.")]] : [],
        ]
    }

    private struct Box {
        var x: Int, y: Int, width: Int
        var party: Party
        var kind: String
    }

    private struct Drawing {
        var width: Int, height: Int
        var boxes: [Box] = []
        var labels: [(x: Int, y: Int, words: String)] = []
        var lines: [String] = []
    }

    private func heading(_ words: String, _ left: Int) -> String { left > 0 ? "\(words) (+\(left))" : words }

    private func headings(_ scene: Scene) -> (providers: String, consumers: String, suppliers: String) {
        (
            heading(scene.text("It may read from", "Kan lese fra"), left.providers),
            heading(scene.text("May read from it", "Kan lese fra den"), left.consumers),
            heading(scene.text("Acts for it", "Handler for den"), left.suppliers)
        )
    }

    /// Three columns: data flow from left to right.
    private func wide(_ scene: Scene) -> Drawing {
        let (box, step, top) = (220, Self.boxHeight + Self.gap, 28)
        let rows = max(providers.count, consumers.count, 1)
        let middle = top + (rows * step - Self.gap) / 2 - Self.boxHeight / 2
        let supplierTop = max(top + rows * step, middle + Self.boxHeight) + 34
        var drawing = Drawing(
            width: 800,
            height: suppliers.isEmpty
                ? top + rows * step : supplierTop + (suppliers.count + 2) / 3 * step
        )
        let titles = headings(scene)
        drawing.boxes.append(Box(x: 290, y: middle, width: box, party: centre, kind: "centre"))
        func offset(_ count: Int) -> Int { top + (rows - count) * step / 2 }
        for (index, party) in providers.enumerated() {
            let y = offset(providers.count) + index * step
            drawing.boxes.append(Box(x: 0, y: y, width: box, party: party, kind: "provider"))
            drawing.lines.append(curve(from: (box, y + Self.boxHeight / 2), to: (284, middle + Self.boxHeight / 2)))
        }
        for (index, party) in consumers.enumerated() {
            let y = offset(consumers.count) + index * step
            drawing.boxes.append(Box(x: 580, y: y, width: box, party: party, kind: "consumer"))
            drawing.lines.append(curve(from: (510, middle + Self.boxHeight / 2), to: (574, y + Self.boxHeight / 2)))
        }
        if !providers.isEmpty { drawing.labels.append((0, 14, titles.providers)) }
        if !consumers.isEmpty { drawing.labels.append((580, 14, titles.consumers)) }
        if !suppliers.isEmpty { drawing.labels.append((0, supplierTop - 14, titles.suppliers)) }
        for (index, party) in suppliers.enumerated() {
            let (x, y) = (index % 3 * 290, supplierTop + index / 3 * step)
            drawing.boxes.append(Box(x: x, y: y, width: box, party: party, kind: "supplier"))
            drawing.lines.append("M400 \(middle + Self.boxHeight) L400 \(supplierTop - 24) L\(x + box / 2) \(y - 2)")
        }
        return drawing
    }

    /// One column: data flow from above downwards.
    private func narrow(_ scene: Scene) -> Drawing {
        let (box, step) = (256, Self.boxHeight + Self.gap)
        var drawing = Drawing(width: 280, height: 0)
        let titles = headings(scene)
        var y = 0
        func group(_ parties: [Party], _ title: String, _ kind: String) {
            guard !parties.isEmpty else { return }
            drawing.labels.append((24, y + 14, title))
            y += 24
            for party in parties {
                drawing.boxes.append(Box(x: 24, y: y, width: box, party: party, kind: kind))
                drawing.lines.append("M24 \(y + Self.boxHeight / 2) L8 \(y + Self.boxHeight / 2)")
                y += step
            }
        }
        group(providers, titles.providers, "provider")
        let above = drawing.boxes.first.map { $0.y + Self.boxHeight / 2 }
        let middle = y
        drawing.boxes.append(Box(x: 24, y: y, width: box, party: centre, kind: "centre"))
        drawing.lines.append("M8 \(y + Self.boxHeight / 2) L20 \(y + Self.boxHeight / 2)")
        y += step
        group(consumers, titles.consumers, "consumer")
        group(suppliers, titles.suppliers, "supplier")
        let below = (drawing.boxes.last?.y ?? middle) + Self.boxHeight / 2
        drawing.lines.append("M8 \(above ?? middle + Self.boxHeight / 2) L8 \(below)")
        drawing.height = y
        return drawing
    }

    private func curve(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) -> String {
        let half = (start.x + end.x) / 2
        return "M\(start.x) \(start.y) C\(half) \(start.y) \(half) \(end.y) \(end.x) \(end.y)"
    }

    private func variant(_ drawing: Drawing, _ name: String, _ scene: Scene) -> [String: Any] {
        [
            "variant": name, "drawingWidth": drawing.width + 6,
            "drawingHeight": max(drawing.height, Self.boxHeight) + 6,
            "drawingLabel": title,
            "lines": drawing.lines.map { ["path": $0, "isPointed": $0.contains("C")] as [String: Any] },
            "labels": drawing.labels.map { ["labelX": $0.x, "labelY": $0.y, "labelWords": $0.words] as [String: Any] },
            "boxes": drawing.boxes.map { box in
                [
                    "x": box.x, "y": box.y, "boxWidth": box.width, "boxHeight": Self.boxHeight, "boxKind": box.kind,
                    "textX": box.x + 10, "nameY": box.y + 19, "wordsY": box.y + 36,
                    "partyName": Self.fitting(box.party.name, box.width), "wholeName": box.party.name,
                    "partyWords": box.party.words.isEmpty
                        ? box.party.number : "\(box.party.number) · \(box.party.words)",
                    "partyAddress": box.party.address,
                ] as [String: Any]
            },
        ]
    }

    /// What of a name fits into a box; the whole of it is the box's title.
    private static func fitting(_ name: String, _ width: Int) -> String {
        let most = width / 8
        return name.count <= most ? name : name.prefix(most - 1) + "…"
    }
}
