import Yams

/// YAML composed under guard: duplicate keys are all found, and aliases cannot make the composer itself run away.
///
/// Yams compares the keys of each mapping by hashing them whole. An alias used as a key is hashed as all that it stands
/// for, which nested aliases make exponential (a "billion laughs"); as a value it costs nothing until it is walked.
struct GuardedYAML {
    /// A key that stands twice in one mapping.
    struct DuplicateKey: Hashable {
        let key: String
        let firstLine: Int
    }

    /// The document; nil for an empty one or when nothing more could be read.
    private(set) var root: Node?
    /// Where keys were found that come again later in their mapping, by the name that they now have in ``root``.
    private(set) var duplicates: [String: DuplicateKey] = [:]
    /// What stopped the reading, and its line.
    private(set) var failure: (fault: ScopeFileFault, line: Int)?

    /// The most duplicate keys that are looked for in one file.
    static let maximumDuplicates = 20

    init(_ text: String, limit: Int) {
        if text.utf8.count > limit {
            failure = (.tooLarge(limit: limit), 1)
        } else if let line = Self.lineOfMisplacedAlias(in: text) {
            failure = (.aliasPlace, line)
        } else {
            compose(text)
        }
    }

    // Yams stops at the first mapping with a duplicate key. To report all faults at once, the first occurrence gets
    // another first letter, from the private use area, and the whole is composed again.
    private mutating func compose(_ original: String) {
        var text = original
        while true {
            do {
                root = try Yams.compose(yaml: text, .basic)
                return
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard let key = names.first, duplicates.count < Self.maximumDuplicates,
                    let renamed = Self.renaming(key, at: context.mark, in: text, number: duplicates.count)
                else {
                    failure = (.duplicateKey(names.first ?? "", firstLine: nil), context.mark.line)
                    return
                }
                duplicates[renamed.key] = DuplicateKey(key: key, firstLine: context.mark.line)
                text = renamed.text
            } catch {
                failure = Self.failure(of: error)
                return
            }
        }
    }

    private static func renaming(
        _ key: String,
        at mark: Mark,
        in text: String,
        number: Int
    ) -> (text: String, key: String)? {
        guard let first = key.unicodeScalars.first, let placeholder = Unicode.Scalar(UInt32(0xE000 + number)) else {
            return nil
        }
        var scalars = Array(text.unicodeScalars)
        guard var index = offset(of: mark, in: scalars) else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index < scalars.count, scalars[index] == first else { return nil }
        scalars[index] = placeholder
        var renamed = key.unicodeScalars
        renamed.removeFirst()
        renamed.insert(placeholder, at: renamed.startIndex)
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return (String(view), String(renamed))
    }

    private static func offset(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var index = scalars.first == "\u{FEFF}" ? 1 : 0
        while line < mark.line, index < scalars.count {
            switch scalars[index] {
            case "\r":
                line += 1
                if index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": line += 1
            default: break
            }
            index += 1
        }
        let offset = index + mark.column - 1
        return offset < scalars.count ? offset : nil
    }

    private static func failure(of error: any Error) -> (fault: ScopeFileFault, line: Int) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            // libyaml's own words tell whoever links it what to call.
            if problem.contains("nesting level") { return (.malformed("it is nested too deep"), mark.line) }
            let words = context.map { "\($0.text.trimmed), \(problem)" } ?? problem
            return (.malformed(words), mark.line)
        case YamlError.reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            return (.malformed(problem), before.count { $0.isNewline } + 1)
        default: return (.malformed("cannot be read"), 1)
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

// MARK: Aliases

extension GuardedYAML {
    /// The line of an alias that is a key or could be part of one; nil when there is none.
    ///
    /// Looks at bytes and takes rather too many for aliases than too few (in texts and comments too), but only in files
    /// that have both `&name` and `*name`. All keys that are no plain texts need `?`, `]:`, `*name:` or `{`.
    static func lineOfMisplacedAlias(in text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "*")), bytes.contains(UInt8(ascii: "&")) else { return nil }
        let anchors = Set(names(after: UInt8(ascii: "&"), in: bytes).map(\.name))
        let aliases = names(after: UInt8(ascii: "*"), in: bytes).filter { anchors.contains($0.name) }
        guard !aliases.isEmpty else { return nil }
        if let brace = bytes.firstIndex(of: UInt8(ascii: "{")) { return line(of: brace, in: bytes) }
        if let alias = aliases.first(where: { isKey(endingAt: $0.end, in: bytes) }) {
            return line(of: alias.end, in: bytes)
        }
        for (index, byte) in bytes.enumerated() {
            let isSuspect =
                byte == UInt8(ascii: "]") && isKey(endingAt: index + 1, in: bytes)
                || byte == UInt8(ascii: "?") && beginsNode(at: index, in: bytes)
            if isSuspect { return line(of: index, in: bytes) }
        }
        return nil
    }

    private static func names(after sign: UInt8, in bytes: [UInt8]) -> [(name: ArraySlice<UInt8>, end: Int)] {
        var names: [(name: ArraySlice<UInt8>, end: Int)] = []
        var index = 0
        while let found = bytes[index...].firstIndex(of: sign) {
            // The alphabet of anchors in libyaml.
            let name = bytes[(found + 1)...].prefix { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            if !name.isEmpty { names.append((name, name.endIndex)) }
            index = found + 1
        }
        return names
    }

    private static func isKey(endingAt end: Int, in bytes: [UInt8]) -> Bool {
        bytes[end...].first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } == UInt8(ascii: ":")
    }

    // Whether nothing stands before it on its line, or only marks after which a new node begins.
    private static func beginsNode(at index: Int, in bytes: [UInt8]) -> Bool {
        for byte in bytes[..<index].reversed() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "["), UInt8(ascii: ","): return true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: ":"): continue
            // Also for another question mark, which was looked at before and found not to begin a node.
            default: return false
            }
        }
        return true
    }

    private static func line(of index: Int, in bytes: [UInt8]) -> Int {
        bytes[..<index].count { $0 == UInt8(ascii: "\n") } + 1
    }
}
