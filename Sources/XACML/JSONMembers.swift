import JOSE

/// The members of a JSON object, found whatever the case of their names: senders of this profile differ in it.
struct JSONMembers {
    private var values: [String: JSONValue] = [:]
    let path: String

    /// The members of a value that must be an object.
    ///
    /// - Throws: `XACMLStatus`, a syntax error, for anything else, and for two names that differ in case only.
    init(_ value: JSONValue?, _ path: String) throws(XACMLStatus) {
        self.path = path
        guard let object = value?.object else { throw XACMLStatus(.syntaxError, "`\(path)` must be an object") }
        for member in object.members {
            guard values.updateValue(member.value, forKey: member.name.lowercased()) == nil else {
                throw XACMLStatus(.syntaxError, "a member of `\(path)` stands twice")
            }
        }
    }

    /// The member of that name; nil when it is absent or `null`.
    subscript(name: String) -> JSONValue? {
        guard let value = values[name.lowercased()] else { return Optional<JSONValue>.none }
        if case .null = value { return Optional<JSONValue>.none }
        return value
    }

    /// The text of that name; nil when it is absent or `null`.
    func text(_ name: String) throws(XACMLStatus) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else { throw fault(name, "a text") }
        return text
    }

    /// The text of that name, which must be there.
    func requiredText(_ name: String) throws(XACMLStatus) -> String {
        guard let text = try text(name) else { throw fault(name, "given") }
        return text
    }

    /// The truth value of that name; false when it is absent or `null`.
    func flag(_ name: String) throws(XACMLStatus) -> Bool {
        guard let value = self[name] else { return false }
        guard let flag = value.bool else { throw fault(name, "`true` or `false`") }
        return flag
    }

    /// The elements of that name; a lone object counts as a list of one, as version 1.0 of the profile writes it.
    func list(_ name: String) throws(XACMLStatus) -> [JSONValue] {
        switch self[name] {
        case .none: return []
        case .some(.array(let elements)): return elements
        case .some(let value):
            guard value.object != nil else { throw fault(name, "a list") }
            return [value]
        }
    }

    /// A syntax error about that member.
    func fault(_ name: String, _ demand: String) -> XACMLStatus {
        XACMLStatus(.syntaxError, "`\(path).\(name)` must be \(demand)")
    }
}
