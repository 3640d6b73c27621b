import LibCrypto
import Yams

/// What is wrong with a file of the trust folder; an operator mends it.
public struct TrustFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, by its name in the folder.
    public let file: String
    /// The line in it, from 1; nil when the fault has no line.
    public let line: Int?
    /// What is wrong.
    public let message: String

    /// A fault.
    public init(file: String, line: Int? = nil, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// `profile.yaml:7: …`.
    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(message)" }
}

/// All that is wrong with a trust folder, found in one go.
public struct TrustFaults: Error, Equatable, Sendable, CustomStringConvertible {
    /// The faults; never empty.
    public let faults: [TrustFault]

    /// One fault a line.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

extension CertificateProfile {
    /// Reads a profile file.
    ///
    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - file: its name, for the faults.
    /// - Throws: all faults together; unknown keys are faults.
    public init(yaml: String, file: String = "profile.yaml") throws(TrustFaults) {
        var reader = ProfileReader(file: file)
        let profile = reader.read(yaml)
        guard let profile, reader.faults.isEmpty else { throw TrustFaults(faults: reader.faults) }
        self = profile
    }
}

/// Reads a profile file key by key and gathers what is wrong.
private struct ProfileReader {
    let file: String
    var faults: [TrustFault] = []

    private enum Key: String, CaseIterable {
        case name, policies
        case seidVersion1Policies = "seid_v1_policies"
        case keyUsage = "key_usage"
        case alternativeKeyUsage = "alternative_key_usage"
        case extendedKeyUsage = "extended_key_usage"
        case criticalExtensions = "critical_extensions"
        case minimumRSABits = "minimum_rsa_bits"
        case maximumRSABits = "maximum_rsa_bits"
        case curves
        case maximumIntermediates = "maximum_intermediates"
    }

    init(file: String) { self.file = file }

    mutating func read(_ yaml: String) -> CertificateProfile? {
        guard let entries = entries(of: yaml) else { return nil }
        for key in Key.allCases where entries[key] == nil && key != .alternativeKeyUsage {
            fault(nil, "`\(key.rawValue)` is missing")
        }
        let curves = words(entries[.curves]).compactMap { node in
            element(node, "a curve such as `P-256`") { text in
                EllipticCurve.allCases.first { KeyKind.ec($0).description == text }
            }
        }
        let profile = CertificateProfile(
            name: entries[.name].flatMap { element($0, "a name") { $0.isEmpty ? nil : $0 } } ?? "",
            policies: patterns(entries[.policies]),
            seidVersion1Policies: patterns(entries[.seidVersion1Policies]),
            keyUsage: keyUsage(entries[.keyUsage]),
            alternativeKeyUsage: keyUsage(entries[.alternativeKeyUsage]),
            extendedKeyUsage: identifiers(entries[.extendedKeyUsage]),
            criticalExtensions: Set(identifiers(entries[.criticalExtensions])),
            minimumRSABits: number(entries[.minimumRSABits], in: 2048...16_384),
            maximumRSABits: number(entries[.maximumRSABits], in: 2048...16_384),
            curves: Set(curves),
            maximumIntermediates: number(entries[.maximumIntermediates], in: 0...10)
        )
        if entries[.policies] != nil, faults.isEmpty, profile.policies.isEmpty {
            fault(entries[.policies], "`policies` is empty: no certificate could be accepted")
        }
        if entries[.keyUsage] != nil, faults.isEmpty, !profile.keyUsage.contains(.digitalSignature) {
            fault(entries[.keyUsage], "`key_usage` must have `digitalSignature`: others do not authenticate")
        }
        return profile
    }

    private mutating func entries(of yaml: String) -> [Key: Node]? {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            faults.append(Self.fault(file, for: error))
            return nil
        } catch {
            fault(nil, "the file is no YAML")
            return nil
        }
        guard let mapping = root?.mapping else {
            fault(root, "a mapping of keys is expected")
            return nil
        }
        var entries: [Key: Node] = [:]
        for (name, value) in mapping {
            guard let text = name.scalar?.string, let key = Key(rawValue: text) else {
                let known = Key.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                fault(name, "unknown key `\(name.scalar?.string ?? "?")`; known are \(known)")
                continue
            }
            entries[key] = value
        }
        return entries
    }

    private static func fault(_ file: String, for error: YamlError) -> TrustFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            TrustFault(file: file, line: mark.line, message: "the file is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            TrustFault(
                file: file,
                line: context.mark.line,
                message: "keys given twice: " + duplicates.map { "`\($0)`" }.joined(separator: ", ")
            )
        default: TrustFault(file: file, message: "the file is no YAML")
        }
    }

    private mutating func words(_ node: Node?) -> [Node] {
        guard let node else { return [] }
        guard let sequence = node.sequence else {
            fault(node, "a list is expected")
            return []
        }
        return Array(sequence)
    }

    private mutating func element<Value>(_ node: Node, _ expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = node.scalar?.string, let value = parse(text) else {
            fault(node, "`\(node.scalar?.string ?? "?")` is not \(expected)")
            return nil
        }
        return value
    }

    private mutating func patterns(_ node: Node?) -> [PolicyPattern] {
        var patterns: [PolicyPattern] = []
        for word in words(node) {
            let expected = "an object identifier, which may end in `.*`"
            if let pattern = element(word, expected, PolicyPattern.init(parsing:)) { patterns.append(pattern) }
        }
        return patterns
    }

    private mutating func identifiers(_ node: Node?) -> [OID] {
        var identifiers: [OID] = []
        for word in words(node) {
            if let oid = element(word, "an object identifier", { OID(parsing: $0) }) { identifiers.append(oid) }
        }
        return identifiers
    }

    private mutating func keyUsage(_ node: Node?) -> Certificate.KeyUsage {
        let all: [Certificate.KeyUsage] = [
            .digitalSignature, .nonRepudiation, .keyEncipherment, .dataEncipherment, .keyAgreement,
        ]
        var usage: Certificate.KeyUsage = []
        for word in words(node) {
            if let bit = element(
                word,
                "a key usage such as `digitalSignature`",
                { text in
                    all.first { $0.names == [text] }
                }
            ) {
                usage.insert(bit)
            }
        }
        return usage
    }

    private mutating func number(_ node: Node?, in range: ClosedRange<Int>) -> Int {
        guard let node else { return range.lowerBound }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return element(node, expected) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
            ?? range.lowerBound
    }

    private mutating func fault(_ node: Node?, _ message: String) {
        faults.append(TrustFault(file: file, line: node?.mark?.line, message: message))
    }
}
