public import JOSE
public import Vocabulary

// The JSON objects of the self-service API (spec §6.2, §6.3 and §6.5), both directions.

extension Scope {
    /// The object that the API answers with; members that have no value are left out.
    ///
    /// Texts by language stand in the map and under their older names (`description#nn`).
    public var jsonObject: JSONObject {
        var object: JSONObject = [
            "name": .string(name.rawValue),
            "prefix": .string(name.prefix.rawValue),
            "subscope": .string(name.subscope),
            "owner_orgno": .string("\(owner)"),
        ]
        for field in ScopeField.allCases {
            if let value = self[field].json { object[field.rawValue] = value }
        }
        for (field, texts) in [(ScopeField.description, descriptions), (.longDescription, longDescriptions)] {
            for language in texts.keys.sorted() {
                object["\(field.rawValue)#\(language)"] = texts[language].map(JSONValue.string)
            }
        }
        object["created"] = .string("\(created)")
        object["last_updated"] = .string("\(lastUpdated)")
        return object
    }
}

/// What a request of the self-service API says of a scope: its name, if given, and the fields that are present.
public struct ScopeRequest: Sendable, Hashable {
    /// One thing wrong in a request.
    public enum Fault: Error, Equatable, Hashable, Sendable {
        /// A rule of registration, or a value of another type.
        case scope(ScopeFault)
        /// A member of the name that is no text.
        case text(String)
        /// Two members that are one field, with different values.
        case contradiction(String, String)
        /// A part of the name that must be given.
        case required(String)
        /// Parts that make no name of a scope.
        case name(String)
        /// A part of the name, which cannot be changed.
        case immutable(String)

        /// The name of the member at fault.
        public var field: String? {
            switch self {
            case .scope(let fault): fault.field.rawValue
            case .text(let name), .contradiction(let name, _), .required(let name), .immutable(let name): name
            case .name: "subscope"
            }
        }
    }

    /// `prefix`.
    public let prefix: String?
    /// `subscope`.
    public let subscope: String?
    /// The fields that are present; `null` is ``ScopeFieldValue/absent``.
    public let fields: [ScopeField: ScopeFieldValue]

    /// Reads an object; members that it does not know, and those that only the server sets, are ignored.
    ///
    /// - Parameters:
    ///   - object: The object.
    ///   - check: Finds what else is wrong with the name.
    /// - Throws: every fault in the object, in the order of the fields; where there are some, also what the rules say of the
    ///   fields that could be read, so that all of it is mended at once.
    public init(
        parsing object: JSONObject,
        checking check: (_ prefix: String?, _ subscope: String?) -> [Fault] = { _, _ in [] }
    ) throws(Faults) {
        var faults: [Fault] = []
        prefix = Self.text("prefix", in: object, &faults)
        subscope = Self.text("subscope", in: object, &faults)
        var fields: [ScopeField: ScopeFieldValue] = [:]
        for field in ScopeField.allCases {
            do throws(Fault) {
                fields[field] = try Self.value(of: field, in: object)
            } catch {
                faults.append(error)
            }
        }
        faults += check(prefix, subscope)
        guard faults.isEmpty else { throw Faults(faults: faults + Self.brokenRules(by: fields, beside: faults)) }
        self.fields = fields
    }

    private static func brokenRules(by fields: [ScopeField: ScopeFieldValue], beside known: [Fault]) -> [Fault] {
        guard let name = try? ScopeName(parsing: "a:a"), let owner = OrganisationNumber(stem: 31_000_001) else {
            return []
        }
        // Neither name nor owner has a part in these rules; rules on reserved names wait for the act.
        var scope = Scope(name: name, owner: owner, description: "-", created: Timestamp(seconds: 0), origin: "")
        var faults: [ScopeFault] = []
        for field in ScopeField.allCases {
            guard let value = fields[field] else { continue }
            do { try scope.set(field, to: value) } catch { faults.append(error) }
        }
        let told = Set(known.compactMap(\.field) + faults.map(\.field.rawValue))
        return (faults + ScopeRules.faults(in: scope).filter { !told.contains($0.field.rawValue) }).map(Fault.scope)
    }

    /// All that is wrong in a request.
    public struct Faults: Error, Equatable, Sendable {
        /// The faults.
        public let faults: [Fault]

        /// Some faults.
        public init(faults: [Fault]) { self.faults = faults }
    }

    private static func text(_ name: String, in object: JSONObject, _ faults: inout [Fault]) -> String? {
        switch object[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default:
            faults.append(.text(name))
            return nil
        }
    }

    private static func value(of field: ScopeField, in object: JSONObject) throws(Fault) -> ScopeFieldValue? {
        var value = try member(field.rawValue, of: field, in: object)
        if let name = field.otherSpelling, let other = try member(name, of: field, in: object) {
            if let value, value != other { throw .contradiction(field.rawValue, name) }
            value = other
        }
        switch field {
        case .descriptions: return try merging(value, with: .description, in: object)
        case .longDescriptions: return try merging(value, with: .longDescription, in: object)
        default: return value
        }
    }

    private static func member(
        _ name: String,
        of field: ScopeField,
        in object: JSONObject
    ) throws(Fault) -> ScopeFieldValue? {
        guard let json = object[name] else { return nil }
        guard let value = ScopeFieldValue(json, as: field.form) else { throw .scope(.form(field)) }
        return value
    }

    // `descriptions` and `description#nn` are one thing in two spellings.
    private static func merging(
        _ map: ScopeFieldValue?,
        with field: ScopeField,
        in object: JSONObject
    ) throws(Fault) -> ScopeFieldValue? {
        var texts: [String: String]?
        if case .texts(let given)? = map { texts = given }
        let mapField: ScopeField = field == .description ? .descriptions : .longDescriptions
        for member in object.members where member.name.hasPrefix("\(field.rawValue)#") {
            let language = String(member.name.dropFirst(field.rawValue.count + 1))
            if member.value == .null { continue }
            guard let text = member.value.string else { throw .scope(.form(mapField)) }
            if let other = texts?[language], other != text { throw .contradiction(mapField.rawValue, member.name) }
            texts = (texts ?? [:]).merging([language: text]) { _, new in new }
        }
        return texts.map(ScopeFieldValue.texts) ?? map
    }
}

extension ScopeRequest.Fault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .scope(let fault): "\(fault)"
        case .text(let name): "`\(name)` must be text"
        case .required(let name): "`\(name)` must be given"
        case .name(let text): "`\(text.prefix(64))` is no name of a scope"
        case .immutable(let name): "`\(name)` cannot be changed"
        case .contradiction(let one, let other): "`\(one)` and `\(other)` are the same field and differ"
        }
    }
}

extension ScopeFieldValue {
    /// The value in JSON; nil for nothing.
    public var json: JSONValue? {
        switch self {
        case .absent: nil
        case .text(let text): .string(text)
        case .number(let number): .integer(number)
        case .flag(let flag): .bool(flag)
        case .list(let items): .strings(items)
        case .texts(let texts):
            .object(texts.keys.sorted().reduce(into: JSONObject()) { $0[$1] = texts[$1].map(JSONValue.string) })
        }
    }

    /// The value of a form from JSON; nil when the JSON is of another form.
    public init?(_ json: JSONValue, as form: ScopeField.Form) {
        if json == .null {
            self = .absent
            return
        }
        switch form {
        case .text, .optionalText, .choice:
            guard let text = json.string else { return nil }
            self = .text(text)
        case .number:
            guard let number = json.integer else { return nil }
            self = .number(number)
        case .flag:
            guard let flag = json.bool else { return nil }
            self = .flag(flag)
        case .list:
            guard let items = json.strings else { return nil }
            self = .list(items)
        case .texts:
            guard let members = json.object?.members else { return nil }
            var texts: [String: String] = [:]
            for member in members {
                guard let text = member.value.string else { return nil }
                texts[member.name] = text
            }
            self = .texts(texts)
        }
    }
}

extension ScopeAccess {
    /// The object of the API (spec §6.5), with the names of the two organisations where they are known.
    public func jsonObject(owner: OrganisationNumber, ownerName: String?, consumerName: String?) -> JSONObject {
        var object: JSONObject = [
            "scope": .string(scope.rawValue),
            "state": .string(state.rawValue),
            "prefix": .string(scope.prefix.rawValue),
            "consumer_orgno": .string("\(consumer)"),
            "owner_orgno": .string("\(owner)"),
        ]
        object["consumer_organization_name"] = consumerName.map(JSONValue.string)
        object["owner_organization_name"] = ownerName.map(JSONValue.string)
        for field in AccessField.allCases {
            if let value = self[field].json { object[field.rawValue] = value }
        }
        object["accepted_terms_version"] = acceptedTermsVersion.map(JSONValue.string)
        object["created"] = .string("\(created)")
        object["last_updated"] = .string("\(lastUpdated)")
        return object
    }
}

extension AccessFieldValue {
    /// The value in JSON; nil for nothing.
    public var json: JSONValue? {
        switch self {
        case .absent: nil
        case .text(let text): .string(text)
        case .time(let time): .string("\(time)")
        }
    }
}

extension ScopePrefixAssignment {
    /// The object of the API (spec §6.2), with the name of the owner where it is known.
    public func jsonObject(ownerName: String?) -> JSONObject {
        var object: JSONObject = ["prefix": .string(prefix.rawValue), "owner_orgno": .string("\(owner)")]
        object["organization_name"] = ownerName.map(JSONValue.string)
        object["active"] = true
        object["created"] = .string("\(created)")
        object["last_updated"] = .string("\(lastUpdated)")
        return object
    }
}
