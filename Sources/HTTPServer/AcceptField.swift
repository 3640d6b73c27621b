/// What a request's `Accept` says (RFC 9110 §12.5.1).
struct AcceptField: Sendable {
    private let ranges: [(type: Substring, subtype: Substring, quality: Int)]

    /// Reads the field's value; what is malformed in it is passed over, nil takes everything.
    init(_ text: String?) {
        ranges = (text ?? "*/*").split(separator: ",").compactMap { element in
            let parts = element.split(separator: ";").map { $0.trimmed }
            guard let names = parts.first?.split(separator: "/", omittingEmptySubsequences: false), names.count == 2
            else {
                return nil
            }
            let quality =
                parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
                .flatMap { Double($0.dropFirst(2)) } ?? 1
            return (names[0], names[1], Int(max(0, min(quality, 1)) * 1_000))
        }
    }

    /// How much that media type is wanted, in thousandths; 0 when it is not taken.
    ///
    /// - Parameters:
    ///   - mediaType: The type, in lower case.
    ///   - byName: Whether only a range that names it counts.
    /// - Returns: the quality of the range that fits best.
    func quality(of mediaType: String, byName: Bool = false) -> Int {
        let names = mediaType.split(separator: "/")
        var best = (rank: 0, quality: 0)
        for range in ranges {
            let rank =
                switch (range.type.lowercased() == names[0], range.subtype.lowercased() == names[1]) {
                case (true, true): 3
                case (true, false) where range.subtype == "*": 2
                case (false, _) where range.type == "*" && range.subtype == "*": 1
                default: 0
                }
            if rank > best.rank, !byName || rank == 3 { best = (rank, range.quality) }
        }
        return best.quality
    }
}

extension Substring {
    /// Without spaces and tabs around it.
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
