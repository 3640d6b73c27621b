public import JOSE

/// Reads members of the bodies of this slice, gathering faults instead of stopping at the first.
struct SystemBody {
    /// What resources are named by.
    static let resourceAttribute = "urn:altinn:resource"

    let object: JSONObject
    private(set) var faults: [SystemFault] = []

    init(_ object: JSONObject) { self.object = object }

    mutating func add(_ fault: SystemFault) { faults.append(fault) }

    /// A text; nil when it is absent or `null`.
    mutating func text(_ name: String, required: Bool = false) -> String? {
        switch object[name] {
        case .string(let text): return text
        case nil where !required, .null where !required: return nil
        default:
            faults.append(.form(path: "/\(name)", expected: "a text"))
            return nil
        }
    }

    /// A truth value; false when it is absent.
    mutating func flag(_ name: String) -> Bool {
        switch object[name] {
        case .bool(let value): return value
        case nil, .null: return false
        default:
            faults.append(.form(path: "/\(name)", expected: "`true` or `false`"))
            return false
        }
    }

    /// Texts by language; empty when they are absent.
    mutating func localised(_ name: String) -> LocalisedText {
        guard let member = object[name], member != .null else { return LocalisedText() }
        var texts: [String: String] = [:]
        for item in member.object?.members ?? [] { texts[item.name] = item.value.string }
        if member.object == nil || texts.count != member.object?.count {
            faults.append(.form(path: "/\(name)", expected: "an object of texts by language"))
        }
        return LocalisedText(texts)
    }

    /// An array of texts; empty when it is absent.
    mutating func texts(_ name: String) -> [String] {
        switch object[name] {
        case nil, .null: return []
        case .some(let value):
            if let texts = value.strings { return texts }
            faults.append(.form(path: "/\(name)", expected: "an array of texts"))
            return []
        }
    }

    /// Rights, as `[{"action": …, "resource": [{"id": "urn:altinn:resource", "value": …}]}]`; empty when they are absent.
    mutating func rights(_ name: String) -> [SystemRight] { rights(in: object[name], at: "/\(name)") }

    /// Rights out of a value.
    mutating func rights(in value: JSONValue?, at path: String) -> [SystemRight] {
        elements(value, at: path).compactMap { item in
            guard let right = item.value.object else {
                faults.append(.form(path: item.path, expected: "an object"))
                return nil
            }
            var action: String?
            switch right["action"] {
            case .string(let text) where !text.isEmpty: action = text
            case nil, .null: action = nil
            default: faults.append(.form(path: "\(item.path)/action", expected: "a text"))
            }
            guard let resource = resource(right["resource"], at: "\(item.path)/resource") else { return nil }
            return SystemRight(resource: resource, action: action)
        }
    }

    /// The slugs of packages, as `[{"urn": "urn:altinn:accesspackage:<slug>"}]`; empty when they are absent.
    mutating func packages(_ name: String) -> [String] { packages(in: object[name], at: "/\(name)") }

    /// The slugs of packages out of a value.
    mutating func packages(in value: JSONValue?, at path: String) -> [String] {
        elements(value, at: path).compactMap { item in
            guard let urn = item.value["urn"]?.string else {
                faults.append(.form(path: item.path, expected: "an object with a text `urn`"))
                return nil
            }
            guard urn.hasPrefix(AccessPackage.urnPrefix) else {
                faults.append(.rule(.packageUnknown, path: "\(item.path)/urn", value: urn))
                return nil
            }
            return String(urn.dropFirst(AccessPackage.urnPrefix.count))
        }
    }

    private mutating func elements(_ value: JSONValue?, at path: String) -> [(value: JSONValue, path: String)] {
        switch value {
        case nil, .null: return []
        case .array(let elements): return elements.enumerated().map { ($0.element, "\(path)/\($0.offset)") }
        default:
            faults.append(.form(path: path, expected: "an array"))
            return []
        }
    }

    private mutating func resource(_ value: JSONValue?, at path: String) -> ResourceID? {
        guard let attributes = value?.array, attributes.count == 1,
            attributes[0]["id"]?.string == Self.resourceAttribute, let text = attributes[0]["value"]?.string,
            let resource = try? ResourceID(parsing: text)
        else {
            faults.append(.rule(.resourceForm, path: path, value: value.map { $0.text() } ?? "nothing"))
            return nil
        }
        return resource
    }
}

extension SystemRight {
    /// The right as it stands in bodies.
    public var jsonObject: JSONObject {
        var object = JSONObject()
        if let action { object["action"] = .string(action) }
        object["resource"] = [["id": .string(SystemBody.resourceAttribute), "value": .string(resource.rawValue)]]
        return object
    }
}

extension JSONValue {
    /// Rights as they stand in bodies.
    static func rights(_ rights: [SystemRight]) -> JSONValue { .array(rights.map { .object($0.jsonObject) }) }

    /// Packages as they stand in bodies.
    static func packages(_ slugs: [String]) -> JSONValue {
        .array(slugs.map { ["urn": .string(AccessPackage.urnPrefix + $0)] })
    }

    /// A text, or nothing.
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension LocalisedText {
    /// The texts, Norwegian before English before all others.
    var members: JSONObject {
        var object = JSONObject()
        for language in Self.languages { object[language] = texts[language].map { .string($0) } }
        for language in texts.keys.sorted() { object[language] = texts[language].map { .string($0) } }
        return object
    }
}
