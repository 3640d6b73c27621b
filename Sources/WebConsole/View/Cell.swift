import Vocabulary

/// What stands in one cell of a table or beside one name of a list of facts: pieces one after the other.
struct Cell: Sendable {
    /// How a word is toned; each tone has its own sign too.
    enum Tone: String, Sendable {
        case good, warning, bad, quiet
    }

    /// A piece.
    enum Piece: Sendable {
        /// Plain words.
        case plain(String)
        /// A name or number that people copy.
        case code(String)
        /// Words that lead to another page.
        case link(String, to: String)
        /// A code that leads to another page.
        case codeLink(String, to: String)
        /// A point in time, told from the present.
        case time(Timestamp)
        /// A state.
        case mark(String, Tone)
        /// Words of less weight.
        case faint(String)
    }

    /// The pieces; none: an empty cell.
    var pieces: [Piece]
    /// Whether it is a number, set flush right.
    var isNumber = false

    /// A cell of these pieces.
    init(_ pieces: Piece..., isNumber: Bool = false) {
        self.pieces = pieces
        self.isNumber = isNumber
    }

    /// A cell of these pieces.
    init(pieces: [Piece]) { self.pieces = pieces }

    /// A number.
    static func number(_ value: Int64) -> Cell { Cell(.plain(value.grouped), isNumber: true) }

    /// What the templates show.
    func fields(_ scene: Scene) -> [String: Any] {
        let shown = pieces.enumerated().map { index, piece in
            // Words that go on with a comma stand close to what is before them.
            let isFollowed = index + 1 < pieces.count && pieces[index + 1].continues
            return piece.fields(scene).merging(["hasGap": !isFollowed]) { $1 }
        }
        return ["pieces": shown, "isNumber": isNumber, "isEmptyCell": pieces.isEmpty]
    }
}

extension Cell.Piece {
    /// Whether it goes on with what stands before it, without a gap.
    fileprivate var continues: Bool { if case .plain(let words) = self { words.hasPrefix(",") } else { false } }

    fileprivate func fields(_ scene: Scene) -> [String: Any] {
        switch self {
        case .plain(let words): ["plain": words]
        case .code(let words): ["hasCode": true, "code": Self.segments(of: words)]
        case .link(let words, let address): ["link": ["to": address, "words": words]]
        case .codeLink(let words, let address): ["codeLink": ["to": address, "segments": Self.segments(of: words)]]
        case .time(let time):
            [
                "time": [
                    "iso": time.description, "exact": time.exact,
                    "words": time.relative(to: scene.now, in: scene.language),
                ]
            ]
        case .mark(let words, let tone): ["mark": ["tone": tone.rawValue, "words": words]]
        case .faint(let words): ["hasFaint": true, "faint": Self.segments(of: words)]
        }
    }

    /// A name in parts between which a line may end: behind signs, and in the middle of what has none.
    private static func segments(of words: String) -> [String] {
        // Short ones, as codes of errors, stay on one line.
        guard words.count > 12 else { return [words] }
        var segments: [String] = []
        var segment = ""
        for character in words {
            segment.append(character)
            guard ":/.-_@".contains(character) || segment.count == 24 else { continue }
            segments.append(segment)
            segment = ""
        }
        return segment.isEmpty ? segments : segments + [segment]
    }
}

/// What every part of a page is drawn for: a language and a moment.
struct Scene: Sendable {
    /// The language.
    let language: Language
    /// The present time.
    let now: Timestamp

    /// A text in the page's language.
    func text(_ phrase: Phrase) -> String { phrase.text(in: language) }

    /// A text in the page's language.
    func text(_ english: String, _ norwegian: String) -> String { language == .english ? english : norwegian }
}
