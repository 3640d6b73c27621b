import Dispatch
import Synchronization
import Vocabulary

extension ScopeFile {
    /// The largest scope file, in bytes.
    public static let maximumSize = 16 * 1_024 * 1_024

    /// Reads a set of scope files, in the order given.
    ///
    /// - Throws: all that is wrong in all of them: not YAML, unknown and duplicate keys, wrong types, broken rules of
    ///   registration, duplicate scopes and consumers, one prefix under two owners.
    public static func read(
        _ sources: [(name: String, text: String)]
    ) throws(ScopeFileProblems) -> [ScopeFile] {
        var files: [ScopeFile] = []
        var problems: [ScopeFileProblem] = []
        for reading in readEach(sources) {
            if let file = reading.file { files.append(file) }
            problems += reading.problems
        }
        problems += conflicts(between: files)
        // Faults of the same line keep the order in which they were met.
        let order = Dictionary(sources.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
        let sorted = problems.enumerated().sorted { left, right in
            (order[left.element.line.file] ?? 0, left.element.line.line, left.offset)
                < (order[right.element.line.file] ?? 0, right.element.line.line, right.offset)
        }
        guard sorted.isEmpty else { throw ScopeFileProblems(problems: sorted.map(\.element)) }
        return files
    }

    /// What became of one file.
    private struct Reading: Sendable {
        let file: ScopeFile?
        let problems: [ScopeFileProblem]
    }

    /// Reads each by itself, on as many threads as there are processors: most of the time goes into YAML.
    private static func readEach(_ sources: [(name: String, text: String)]) -> [Reading] {
        let readings = Mutex([Reading?](repeating: nil, count: sources.count))
        DispatchQueue.concurrentPerform(iterations: sources.count) { index in
            var reader = ScopeFileReader(file: sources[index].name)
            let file = reader.read(sources[index].text)
            let reading = Reading(file: file, problems: reader.problems)
            readings.withLock { $0[index] = reading }
        }
        return readings.withLock { $0.compactMap(\.self) }
    }

    private static func conflicts(between files: [ScopeFile]) -> [ScopeFileProblem] {
        var problems: [ScopeFileProblem] = []
        var owners: [ScopePrefix: Declared<OrganisationNumber>] = [:]
        var scopes: [ScopeName: SourceLine] = [:]
        for file in files {
            if let first = owners[file.prefix.value] {
                if first.value != file.owner.value {
                    let fault = ScopeFileFault.anotherOwner(file.prefix.value, first.value, first: first.line)
                    problems.append(ScopeFileProblem(fault, at: file.owner.line))
                }
            } else {
                owners[file.prefix.value] = file.owner
            }
            for scope in file.scopes {
                if let first = scopes[scope.name] {
                    problems.append(ScopeFileProblem(.duplicateScope(scope.name, first: first), at: scope.line))
                } else {
                    scopes[scope.name] = scope.line
                }
            }
        }
        return problems
    }
}

/// Reads one scope file and gathers what is wrong in it.
struct ScopeFileReader {
    private var nodes: NodeReader

    init(file: String) { nodes = NodeReader(file: file) }

    var problems: [ScopeFileProblem] { nodes.problems }

    mutating func read(_ text: String) -> ScopeFile? {
        guard let root = nodes.root(of: text, expecting: "a mapping with `prefix`, `owner_orgno` and `scopes`"),
            let entries = nodes.entries(of: root, keys: ["prefix", "owner_orgno", "scopes"])
        else { return nil }
        let prefix = nodes.required("prefix", in: entries, of: root).flatMap { nodes.prefix($0) }
        let owner = nodes.required("owner_orgno", in: entries, of: root).flatMap { nodes.organisation($0) }
        guard let list = nodes.required("scopes", in: entries, of: root), let items = nodes.items(of: list) else {
            return nil
        }
        // Read also when prefix or owner is wrong, so that the faults of the scopes show at once.
        let declarations = items.compactMap { scope($0, prefix: prefix?.value, owner: owner?.value) }
        if nodes.isExhausted {
            nodes.forgetAllBut(.expansion)
            return nil
        }
        guard let prefix, let owner else { return nil }
        return ScopeFile(name: nodes.file, prefix: prefix, owner: owner, scopes: declarations)
    }

    // MARK: Scopes

    private static let scopeKeys =
        ["subscope", "access"] + ScopeField.allCases.flatMap { [$0.rawValue, $0.otherSpelling].compactMap(\.self) }

    private mutating func scope(
        _ item: NodeReader.Entry,
        prefix: ScopePrefix?,
        owner: OrganisationNumber?
    ) -> ScopeDeclaration? {
        guard let entries = nodes.entries(of: item, keys: Self.scopeKeys) else { return nil }
        let fields = fields(in: entries)
        let access = entries.first { $0.key == "access" }.flatMap { accesses($0) }
        let name = nodes.required("subscope", in: entries, of: item).flatMap { nodes.scopeName($0, under: prefix) }
        guard let name, let owner else { return nil }
        let line = nodes.place(item.line)
        // A field whose value could not be read was reported already.
        let unread = Set(entries.compactMap { ScopeField(named: $0.key) }.filter { fields[$0] == nil })
        for fault in Self.faults(of: fields, name: name, owner: owner) where !unread.contains(fault.field) {
            nodes.report(.scope(fault), at: fields[fault.field]?.line ?? line)
        }
        return ScopeDeclaration(name: name, line: line, fields: fields, access: access)
    }

    private mutating func fields(in entries: [NodeReader.Entry]) -> [ScopeField: Declared<ScopeFieldValue>] {
        var fields: [ScopeField: Declared<ScopeFieldValue>] = [:]
        var spellings: [ScopeField: String] = [:]
        for entry in entries {
            guard let field = ScopeField(named: entry.key) else { continue }
            if let other = spellings.updateValue(entry.key, forKey: field) {
                nodes.report(.bothSpellings(other, entry.key), at: nodes.place(entry.line))
            } else if let value = value(of: entry, for: field) {
                fields[field] = Declared(value, at: nodes.place(entry.line))
            }
        }
        return fields
    }

    private static func faults(
        of fields: [ScopeField: Declared<ScopeFieldValue>],
        name: ScopeName,
        owner: OrganisationNumber
    ) -> [ScopeFault] {
        let epoch = Timestamp(seconds: 0)
        var scope = Scope(name: name, owner: owner, description: "", created: epoch, origin: "")
        var faults: [ScopeFault] = []
        for field in ScopeField.allCases {
            guard let declared = fields[field] else { continue }
            do { try scope.set(field, to: declared.value) } catch { faults.append(error) }
        }
        let wrong = Set(faults.map(\.field))
        return faults + ScopeRules.faults(in: scope).filter { !wrong.contains($0.field) }
    }

    private mutating func value(of entry: NodeReader.Entry, for field: ScopeField) -> ScopeFieldValue? {
        if entry.isNull { return .absent }
        switch field.form {
        case .text, .optionalText, .choice: return nodes.text(entry).map { .text($0) }
        case .number:
            // A number too large for the machine is out of range all the same.
            if let digits = entry.decimal { return .number(Int64(digits) ?? .max) }
        case .flag:
            if let flag = entry.flag { return .flag(flag) }
        case .list: return nodes.texts(entry).map { .list($0) }
        case .texts: return nodes.textsByKey(entry).map { .texts($0) }
        }
        nodes.report(.scope(.form(field)), at: nodes.place(entry.line))
        return nil
    }

    // MARK: Access

    private static let accessKeys = ["orgno"] + AccessField.allCases.map(\.rawValue)

    private mutating func accesses(_ entry: NodeReader.Entry) -> [AccessDeclaration]? {
        guard let items = nodes.items(of: entry) else { return nil }
        var seen: [OrganisationNumber: SourceLine] = [:]
        var declarations: [AccessDeclaration] = []
        seen.reserveCapacity(items.count)
        declarations.reserveCapacity(items.count)
        for item in items {
            guard let declaration = access(item) else { continue }
            if let first = seen[declaration.consumer] {
                nodes.report(.duplicateConsumer(declaration.consumer, first: first), at: declaration.line)
            } else {
                seen[declaration.consumer] = declaration.line
                declarations.append(declaration)
            }
        }
        return declarations
    }

    private mutating func access(_ item: NodeReader.Entry) -> AccessDeclaration? {
        if let consumer = nodes.onlyEntry(of: item, key: "orgno") {
            return nodes.organisation(consumer).map {
                AccessDeclaration(consumer: $0.value, line: nodes.place(item.line), fields: [:])
            }
        }
        guard let entries = nodes.entries(of: item, keys: Self.accessKeys) else { return nil }
        var fields: [AccessField: Declared<AccessFieldValue>] = [:]
        for entry in entries {
            guard let field = AccessField(rawValue: entry.key), let value = value(of: entry, for: field) else {
                continue
            }
            fields[field] = Declared(value, at: nodes.place(entry.line))
        }
        guard let consumer = nodes.required("orgno", in: entries, of: item).flatMap({ nodes.organisation($0) }) else {
            return nil
        }
        for fault in fields.isEmpty ? [] : AccessFault.all(in: fields.mapValues(\.value)) {
            nodes.report(.access(fault), at: fields[fault.field]?.line ?? consumer.line)
        }
        return AccessDeclaration(consumer: consumer.value, line: nodes.place(item.line), fields: fields)
    }

    private mutating func value(of entry: NodeReader.Entry, for field: AccessField) -> AccessFieldValue? {
        if entry.isNull { return .absent }
        guard let text = nodes.text(entry) else { return nil }
        do { return try field.value(parsing: text) } catch {
            nodes.report(.access(error), at: nodes.place(entry.line))
            return nil
        }
    }
}
