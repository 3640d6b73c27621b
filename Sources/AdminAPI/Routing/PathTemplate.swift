/// A path with parameters, `/resourceregistry/api/v1/resource/{id}/policy`; a final slash of a request does not matter.
struct PathTemplate: Sendable, Hashable {
    private enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    /// As written, without a final slash.
    let text: String
    private let segments: [Segment]

    init(_ text: String) {
        self.text = text
        segments = Self.split(text).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The segments of a path.
    static func split(_ path: String) -> [Substring] {
        let path = path.hasSuffix("/") ? path.dropLast() : path[...]
        return path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    /// Of two templates that match one path the one with more literals goes before.
    var rank: Int {
        segments.count { segment in
            if case .literal = segment { true } else { false }
        }
    }

    /// How many segments it has; a path of another number does not match.
    var count: Int { segments.count }

    /// The values of the parameters, still percent-encoded; nil when the path is another one.
    func match(_ path: [Substring]) -> [String: Substring]? {
        guard path.count == segments.count else { return nil }
        var values: [String: Substring] = [:]
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .literal(let literal): guard part == literal else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                values[name] = part
            }
        }
        return values
    }
}
