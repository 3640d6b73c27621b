import Vocabulary

extension ScopePlan {
    /// The plan as `diff` and `apply` print it, a line for each change and each field, and the sum at the end.
    public var lines: [String] {
        changes.flatMap(\.lines) + kept.map(\.description) + [summary]
    }

    /// `3 to add, 1 to change, 0 to remove`.
    public var summary: String { "\(additions) to add, \(alterations) to change, \(removals) to remove" }
}

extension ScopePlan.Change {
    /// One line for the change, and one for each of its fields.
    public var lines: [String] {
        switch self {
        case .assignPrefix(let prefix, let owner, let line):
            ["\(sign.rawValue) prefix \(prefix) for \(owner)  (\(line))"]
        case .createScope(let name, let fields, let line):
            ["\(sign.rawValue) scope \(name)  (\(line))"] + fields.map { "    + \($0.newText)" }
        case .changeScope(let name, let fields, _):
            ["\(sign.rawValue) scope \(name)"] + fields.map { "    \($0.text)" }
        case .grantAccess(let name, let consumer, let fields, let again, let line):
            ["\(sign.rawValue) access \(name) \(consumer)\(again ? " again" : "")  (\(line))"]
                + fields.map { "    + \($0.newText)" }
        case .changeAccess(let name, let consumer, let fields, _):
            ["\(sign.rawValue) access \(name) \(consumer)"] + fields.map { "    \($0.text)" }
        case .revokeAccess(let name, let consumer, let origin):
            ["\(sign.rawValue) access \(name) \(consumer)  (was \(origin))"]
        case .deactivateScope(let name, let origin):
            ["\(sign.rawValue) scope \(name) is deactivated  (was \(origin))"]
        }
    }
}

extension ScopePlan.FieldChange where Field: RawRepresentable<String>, Value: CustomStringConvertible {
    fileprivate var newText: String { "\(field.rawValue) \(new)" }

    fileprivate var text: String { "~ \(field.rawValue) \(old) → \(new)  (\(line))" }
}

extension ScopePlan.Kept: CustomStringConvertible {
    /// What stays, and why.
    public var description: String {
        let thing = consumer.map { "access \(scope) \($0)" } ?? "scope \(scope)"
        return switch reason {
        case .notPruned: "  \(thing) stays: not in the files, and `--prune` was not given  (was \(origin))"
        case .notFromFile: "  \(thing) stays: not in the files, and not made by one (\(origin))"
        }
    }
}
