/// The likeliest intended word for a misspelt one, for error messages.
public enum Spelling {
    /// The word of `candidates` nearest to `word`, when it is near enough to be meant; the first of equals.
    ///
    /// Near enough is a third of the longer word, and at most three changes (Levenshtein). Words of more than 64 bytes
    /// have no likeness, so that a stranger's text costs nothing.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let lower = Array(word.lowercased().utf8)
        var best: (word: String, distance: Int)?
        for candidate in candidates where candidate != word {
            let other = Array(candidate.lowercased().utf8)
            let limit = min(3, max(lower.count, other.count) / 3)
            let distance = distance(lower, other)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                let replaced = previous[column] + (byte == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
