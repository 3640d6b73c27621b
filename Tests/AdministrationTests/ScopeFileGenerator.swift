import Scopes
import Vocabulary

/// Makes scope files that are never the same twice and always valid: every field, lists of access, changes from one to the
/// next; the same in each run.
struct ScopeFileGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether something of a probability of one in `count` happens.
    mutating func happens(onceIn count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    /// Files of some of the prefixes, each with some scopes; now and then one is missing, or has another name.
    mutating func files(
        prefixes: [String],
        owner: OrganisationNumber,
        consumers: [OrganisationNumber]
    ) -> [(
        name: String, text: String
    )] {
        var files: [(name: String, text: String)] = []
        for prefix in prefixes where !happens(onceIn: 5) {
            let name = happens(onceIn: 6) ? "other-\(prefix).yml" : "\(prefix).yaml"
            files.append((name, text(prefix: prefix, owner: owner, consumers: consumers)))
        }
        guard files.isEmpty else { return files }
        return [("only.yaml", text(prefix: prefixes[0], owner: owner, consumers: consumers))]
    }

    private mutating func text(
        prefix: String,
        owner: OrganisationNumber,
        consumers: [OrganisationNumber]
    ) -> String {
        var scopes = ""
        for index in 0..<5 where !happens(onceIn: 3) {
            if happens(onceIn: 3) { scopes += "  # a comment moves what follows\n" }
            scopes += "  - subscope: \(happens(onceIn: 2) ? "s\(index)" : "\"s\(index)\"")\n"
            scopes += "    description: \(text(of: "D"))\n"
            for field in ScopeField.allCases where field != .description && happens(onceIn: 4) {
                scopes += "    \(field.rawValue): \(value(of: field))\n"
            }
            if !happens(onceIn: 4) { scopes += access(consumers) }
        }
        let head = "prefix: \(prefix)\nowner_orgno: \"\(owner)\"\n"
        return scopes.isEmpty ? head + "scopes: []\n" : head + "scopes:\n" + scopes
    }

    private mutating func access(_ consumers: [OrganisationNumber]) -> String {
        var text = ""
        for consumer in consumers where happens(onceIn: 3) {
            text += "      - orgno: \"\(consumer)\"\n"
            for field in AccessField.allCases where happens(onceIn: 3) {
                switch field {
                case .validFrom: text += "        valid_from: 2026-0\(Int.random(in: 1...9, using: &self))-01\n"
                case .validUntil: text += "        until: 20\(Int.random(in: 27...40, using: &self))-06-30\n"
                case .reason, .legalBasis, .purpose:
                    text += "        \(field.rawValue): \(happens(onceIn: 4) ? "null" : self.text(of: "R"))\n"
                }
            }
        }
        return text.isEmpty ? "    access: []\n" : "    access:\n" + text
    }

    /// A value that the rules allow, or `null` where a field has a default.
    private mutating func value(of field: ScopeField) -> String {
        if happens(onceIn: 6) { return "null" }
        switch field {
        // Together they could contradict each other; each by itself is always allowed.
        case .allowedResources: return "[]"
        case .activeUntil:
            let time = Timestamp(seconds: .random(in: 1_700_000_000...1_900_000_000, using: &self))
            return "\"\(time)\""
        case .enforcedAudience, .enforcedIntrospectionAudience, .delegationSource:
            return "https://api.example.no/\(Int.random(in: 0..<4, using: &self))"
        default: break
        }
        if let words = field.words, field.form != .list { return words.randomElement(using: &self) ?? "null" }
        switch field.form {
        case .text, .optionalText, .choice: return text(of: "T")
        case .number: return "\(Int.random(in: 0..<4_000, using: &self))"
        case .flag: return "\(Bool.random(using: &self))"
        case .list:
            let items = field.words ?? ["catch", "vessel", "\"øl: 1\""]
            return "[" + items.filter { _ in happens(onceIn: 2) }.joined(separator: ", ") + "]"
        case .texts: return "{en: \(text(of: "E")), nn: \(text(of: "N"))}"
        }
    }

    /// Texts in each of YAML's styles, with what its readers stumble over.
    private mutating func text(of letter: String) -> String {
        let number = Int.random(in: 0..<5, using: &self)
        switch Int.random(in: 0..<5, using: &self) {
        case 0: return "\(letter)\(number)"
        case 1: return "\"\(letter): \(number) # \\\"æ\\\" \\\\\""
        case 2: return "'it''s \(letter)\(number)'"
        case 3: return "\"0\(number)\""
        default: return "\"no\""
        }
    }
}
