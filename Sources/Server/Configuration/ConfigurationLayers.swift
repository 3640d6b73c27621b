import Configuration
import FoundationEssentials
import Yams

/// Where values come from, the first that has one wins: flags, environment, file, defaults.
struct ConfigurationLayers {
    /// A value and where it stood.
    struct Found {
        let text: String
        let origin: String?
    }

    private let flags: InMemoryProvider
    private let environment: EnvironmentVariablesProvider
    private let file: ConfigurationFile

    init(_ inputs: ConfigurationInputs, file: ConfigurationFile) {
        flags = InMemoryProvider(
            name: "flags",
            values: Dictionary(
                uniqueKeysWithValues: inputs.flags.map { key, text in
                    (AbsoluteConfigKey([key.rawValue]), ConfigValue(.string(text), isSecret: key.isSecret))
                }
            )
        )
        environment = EnvironmentVariablesProvider(
            environmentVariables: inputs.environment,
            secretsSpecifier: .dynamic { name, _ in
                ConfigurationKey.allCases.contains { $0.isSecret && $0.environmentVariable == name }
            }
        )
        self.file = file
    }

    /// The value of a key, defaults included.
    func value(_ key: ConfigurationKey) -> Found? {
        if let text = text(of: [key.rawValue], in: flags) { return Found(text: text, origin: key.flag ?? "a flag") }
        if let text = text(of: ["portvakt", key.rawValue], in: environment) {
            return Found(text: text, origin: key.environmentVariable)
        }
        if let entry = file.entries[key] { return Found(text: entry.text, origin: entry.origin) }
        return key.defaultText.map { Found(text: $0, origin: nil) }
    }

    private func text(of components: [String], in provider: some ConfigProvider) -> String? {
        // Text never fails to convert, so that a look-up that throws has found nothing.
        guard let value = try? provider.value(forKey: AbsoluteConfigKey(components), type: .string).value,
            case .string(let text) = value.content
        else { return nil }
        return text
    }
}

/// The YAML file: flat, no key twice, none that is unknown.
struct ConfigurationFile {
    struct Entry {
        let text: String
        let origin: String
    }

    private(set) var entries: [ConfigurationKey: Entry] = [:]
    private(set) var faults: [ConfigurationFault] = []

    /// No file.
    init() {}

    /// Reads a file.
    init(reading path: String) {
        let data = FileManager.default.contents(atPath: path)
        guard let text = data.map({ String(validating: $0, as: UTF8.self) }) else {
            self.init(fault: "the file cannot be read", in: path)
            return
        }
        guard let text else {
            self.init(fault: "the file is no UTF-8 text", in: path)
            return
        }
        self.init(parsing: text, from: path)
    }

    private init(fault problem: String, in path: String) {
        faults = [ConfigurationFault(key: nil, origin: path, problem: problem)]
    }

    /// Parses the text of a file.
    init(parsing text: String, from path: String) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            let problem = "the file is no YAML: \(error)".split(separator: "\n").joined(separator: " ")
            faults.append(ConfigurationFault(key: nil, origin: path, problem: problem))
            return
        }
        // A file of comments alone has no root.
        guard let root else { return }
        guard let mapping = root.mapping else {
            faults.append(ConfigurationFault(key: nil, origin: path, problem: "the file must hold `key: value` lines"))
            return
        }
        for (nameNode, value) in mapping { read(nameNode, value, path) }
    }

    private mutating func read(_ nameNode: Node, _ value: Node, _ path: String) {
        let origin = nameNode.mark.map { "\(path) line \($0.line)" } ?? path
        guard let name = nameNode.scalar?.string else {
            faults.append(ConfigurationFault(key: nil, origin: origin, problem: "a key must be a word"))
            return
        }
        guard let key = ConfigurationKey(rawValue: name) else {
            let guess = ConfigurationKey.nearest(to: name).map { "; did you mean `\($0.rawValue)`?" } ?? ""
            faults.append(ConfigurationFault(key: name, origin: origin, problem: "there is no such key\(guess)"))
            return
        }
        guard !key.isSecret else {
            let problem = "a secret stands in no file that others may copy: use `\(key.rawValue)_file`"
            faults.append(ConfigurationFault(key: name, origin: origin, problem: problem))
            return
        }
        if key.isList, let items = value.sequence {
            let texts = items.map(\.scalar?.string)
            guard !texts.contains(nil) else {
                faults.append(
                    ConfigurationFault(key: name, origin: origin, problem: "each value of the list must be one word")
                )
                return
            }
            entries[key] = Entry(text: texts.compactMap { $0 }.joined(separator: ", "), origin: origin)
            return
        }
        guard let scalar = value.scalar else {
            faults.append(
                ConfigurationFault(key: name, origin: origin, problem: "the value must be one word or number")
            )
            return
        }
        entries[key] = Entry(text: scalar.string, origin: origin)
    }
}

extension ConfigurationKey {
    /// The key that was most likely meant.
    static func nearest(to name: String) -> ConfigurationKey? {
        let candidates = allCases.map { ($0, distance(name, $0.rawValue)) }
        guard let best = candidates.min(by: { $0.1 < $1.1 }), best.1 <= max(2, name.count / 3) else { return nil }
        return best.0
    }

    /// Levenshtein's distance.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for j in right.indices {
                let current = row[j + 1]
                row[j + 1] = min(current + 1, row[j] + 1, previous + (character == right[j] ? 0 : 1))
                previous = current
            }
        }
        return row[right.count]
    }
}
