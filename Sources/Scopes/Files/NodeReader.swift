import Vocabulary
import Yams

/// Reads nodes of one YAML file as the forms that scope files are made of, and gathers what is wrong with them.
struct NodeReader {
    /// The most values that are read; a file without aliases has fewer.
    static let maximumNodes = 1_000_000

    /// A value with the name of its key (or list) and the line where it is declared.
    struct Entry {
        let key: String
        let node: Node
        let line: Int

        /// An unquoted scalar.
        private var plain: String? {
            guard case .scalar(let scalar) = node, scalar.style == .plain else { return nil }
            return scalar.string
        }

        /// Whether it says nothing: `null`, `~` or an empty place.
        var isNull: Bool {
            switch plain {
            case "", "~", "null", "Null", "NULL": true
            default: false
            }
        }

        /// Whether it is true or false, spelt as YAML 1.2 does: `no` is a country.
        var flag: Bool? {
            switch plain {
            case "true": true
            case "false": false
            default: nil
            }
        }

        /// An unquoted whole number.
        var decimal: String? {
            guard let plain else { return nil }
            let digits = plain.hasPrefix("-") ? plain.dropFirst() : plain[...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
                return nil
            }
            // `0120` would be octal to an older reader.
            return digits.hasPrefix("0") && digits.count > 1 ? nil : plain
        }

        /// Its text; an unquoted number is one as well, so that nobody loses a zero.
        var text: String? {
            guard case .scalar(let scalar) = node, !isNull, flag == nil else { return nil }
            return scalar.string
        }
    }

    let file: String
    private(set) var problems: [ScopeFileProblem] = []
    private var duplicates: [String: GuardedYAML.DuplicateKey] = [:]
    private var nodesLeft = Self.maximumNodes

    init(file: String) { self.file = file }

    /// Whether aliases stood for more than is read.
    var isExhausted: Bool { nodesLeft < 0 }

    func place(_ line: Int) -> SourceLine { SourceLine(file: file, line: line) }

    mutating func report(_ fault: ScopeFileFault, at line: SourceLine) {
        problems.append(ScopeFileProblem(fault, at: line))
    }

    /// Leaves this one fault, of the whole file.
    mutating func forgetAllBut(_ fault: ScopeFileFault) { problems = [ScopeFileProblem(fault, at: place(1))] }

    // MARK: Structure

    /// The document, after the guards of ``GuardedYAML``.
    mutating func root(of text: String, expecting form: String) -> Entry? {
        let yaml = GuardedYAML(text, limit: ScopeFile.maximumSize)
        duplicates = yaml.duplicates
        if let failure = yaml.failure {
            // Without a composed document it is not known on which line a duplicate comes again.
            for duplicate in yaml.duplicates.values {
                report(.duplicateKey(duplicate.key, firstLine: nil), at: place(duplicate.firstLine))
            }
            report(failure.fault, at: place(failure.line))
            return nil
        }
        guard let root = yaml.root, case .mapping = root else {
            report(.form("the file", expected: form), at: place(1))
            return nil
        }
        return Entry(key: "the file", node: root, line: root.mark?.line ?? 1)
    }

    /// The entries of a mapping, without unknown and duplicate keys, which are reported; nil when it is no mapping.
    ///
    /// With `keys` nil any key will do.
    mutating func entries(of entry: Entry, keys: [String]?) -> [Entry]? {
        guard case .mapping(let mapping) = entry.node else {
            report(
                .form(entry.key, expected: keys.map { "a mapping with `\($0[0])`" } ?? "a mapping"),
                at: place(entry.line)
            )
            return nil
        }
        var entries: [Entry] = []
        var firstLines: [String: Int] = [:]
        for (keyNode, value) in mapping {
            nodesLeft -= 2
            guard !isExhausted else { return entries }
            let line = keyNode.mark?.line ?? entry.line
            guard case .scalar(let key) = keyNode else {
                report(.form("a key", expected: "text"), at: place(line))
                continue
            }
            if !duplicates.isEmpty, let duplicate = duplicates[key.string] {
                firstLines[duplicate.key] = min(line, firstLines[duplicate.key] ?? line)
                continue
            }
            if let keys, !keys.contains(key.string) {
                let suggestion = Spelling.nearest(to: key.string, among: keys)
                report(.unknownKey(key.string, suggestion: suggestion), at: place(line))
                continue
            }
            entries.append(Entry(key: key.string, node: value, line: line))
        }
        reportDuplicates(firstLines, in: mapping)
        return entries
    }

    /// The only entry of a mapping, when it has that key; nil for everything else, which ``entries(of:keys:)`` is for.
    ///
    /// A scope file may name a million consumers so: no list of entries is made.
    mutating func onlyEntry(of entry: Entry, key: String) -> Entry? {
        guard duplicates.isEmpty, case .mapping(let mapping) = entry.node, mapping.count == 1,
            let (keyNode, value) = mapping.first, case .scalar(let name) = keyNode, name.string == key
        else { return nil }
        nodesLeft -= 2
        return isExhausted ? nil : Entry(key: key, node: value, line: keyNode.mark?.line ?? entry.line)
    }

    private mutating func reportDuplicates(_ firstLines: [String: Int], in mapping: Node.Mapping) {
        guard !firstLines.isEmpty else { return }
        for (keyNode, _) in mapping {
            guard case .scalar(let key) = keyNode, let line = keyNode.mark?.line else { continue }
            let name = duplicates[key.string]?.key ?? key.string
            if let first = firstLines[name], line > first {
                report(.duplicateKey(name, firstLine: first), at: place(line))
            }
        }
    }

    /// The entry of that key; a missing one is reported.
    mutating func required(_ key: String, in entries: [Entry], of parent: Entry) -> Entry? {
        if let entry = entries.first(where: { $0.key == key }) { return entry }
        report(.missingKey(key), at: place(parent.line))
        return nil
    }

    /// The items of a list; nil when it is none.
    mutating func items(of entry: Entry) -> [Entry]? {
        guard case .sequence(let sequence) = entry.node else {
            report(.form(entry.key, expected: "a list"), at: place(entry.line))
            return nil
        }
        nodesLeft -= sequence.count
        guard !isExhausted else { return [] }
        return sequence.map { Entry(key: entry.key, node: $0, line: $0.mark?.line ?? entry.line) }
    }

    // MARK: Values

    mutating func text(_ entry: Entry) -> String? {
        if let text = entry.text { return text }
        report(.form(entry.key, expected: "text"), at: place(entry.line))
        return nil
    }

    mutating func texts(_ entry: Entry) -> [String]? {
        items(of: entry).map { items in items.compactMap { text($0) } }
    }

    mutating func textsByKey(_ entry: Entry) -> [String: String]? {
        guard let entries = entries(of: entry, keys: nil) else { return nil }
        let pairs = entries.compactMap { pair in text(pair).map { (pair.key, $0) } }
        return Dictionary(pairs) { first, _ in first }
    }

    mutating func prefix(_ entry: Entry) -> Declared<ScopePrefix>? {
        guard let text = text(entry) else { return nil }
        do { return Declared(try ScopePrefix(parsing: text), at: place(entry.line)) } catch {
            report(.prefix(text), at: place(entry.line))
            return nil
        }
    }

    mutating func organisation(_ entry: Entry) -> Declared<OrganisationNumber>? {
        guard let text = text(entry) else { return nil }
        do { return Declared(try OrganisationNumber(parsing: text), at: place(entry.line)) } catch {
            report(.organisation(text, error), at: place(entry.line))
            return nil
        }
    }

    /// The name under that prefix; nil, and nothing reported, when the prefix itself was wrong.
    mutating func scopeName(_ entry: Entry, under prefix: ScopePrefix?) -> ScopeName? {
        guard let subscope = text(entry), let prefix else { return nil }
        do { return try ScopeName(prefix: prefix, subscope: subscope) } catch {
            report(.scopeName("\(prefix):\(subscope)", error), at: place(entry.line))
            return nil
        }
    }
}
