public import Vocabulary

/// Writes what a store holds under one prefix as the scope file that says the same.
///
/// Only what differs from the defaults is written, and always the description and the list of access: a comparison of the
/// file with the store it came from finds nothing to do.
public struct ScopeFileText: Sendable {
    private var lines: [String]

    /// The text of the file.
    public var text: String { lines.map { $0 + "\n" }.joined() }

    /// The file of a prefix.
    ///
    /// - Parameters:
    ///   - assignment: the prefix and its owner.
    ///   - scopes: the scopes under it, inactive ones too, in the order written.
    ///   - accesses: their grants; only those in force (`APPROVED`) are written.
    public init(
        _ assignment: ScopePrefixAssignment,
        scopes: [Scope],
        accesses: [ScopeName: [ScopeAccess]]
    ) {
        lines = ["prefix: \(Self.quoted(assignment.prefix.rawValue))", "owner_orgno: \"\(assignment.owner)\""]
        guard !scopes.isEmpty else {
            lines.append("scopes: []")
            return
        }
        lines.append("scopes:")
        for scope in scopes {
            write(scope)
            write((accesses[scope.name] ?? []).filter { $0.state == .approved })
        }
    }

    private mutating func write(_ scope: Scope) {
        let blank = Scope(name: scope.name, owner: scope.owner, description: "", created: scope.created, origin: "")
        lines.append("  - subscope: \(Self.quoted(scope.name.subscope))")
        for field in ScopeField.allCases where field == .description || scope[field] != blank[field] {
            switch scope[field] {
            case .absent: lines.append("    \(field.rawValue): null")
            case .text(let text): lines.append("    \(field.rawValue): \(Self.quoted(text))")
            case .number(let number): lines.append("    \(field.rawValue): \(number)")
            case .flag(let flag): lines.append("    \(field.rawValue): \(flag)")
            case .list(let items): write(items, under: field)
            case .texts(let texts):
                lines.append("    \(field.rawValue):")
                for language in texts.keys.sorted() {
                    lines.append("      \(Self.quoted(language)): \(Self.quoted(texts[language] ?? ""))")
                }
            }
        }
    }

    private mutating func write(_ items: [String], under field: ScopeField) {
        lines.append("    \(field.rawValue):")
        for item in items { lines.append("      - \(Self.quoted(item))") }
    }

    private mutating func write(_ accesses: [ScopeAccess]) {
        guard !accesses.isEmpty else {
            lines.append("    access: []")
            return
        }
        lines.append("    access:")
        for access in accesses {
            lines.append("      - orgno: \"\(access.consumer)\"")
            for field in AccessField.allCases {
                switch access[field] {
                case .absent: break
                case .text(let text): lines.append("        \(field.rawValue): \(Self.quoted(text))")
                case .time(let time): lines.append("        \(field.rawValue): \"\(time)\"")
                }
            }
        }
    }

    /// A double-quoted scalar (YAML 1.2 §7.3.1), which nothing in it can end or change.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            // What YAML does not print, and what older readers take for the end of a line.
            case "\u{0}"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
