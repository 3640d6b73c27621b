import JOSE

/// A JSON Schema (draft 2020-12), as the OpenAPI document states the form of a value.
struct Schema: Sendable, Hashable {
    /// The schema's own members.
    var object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// Anything.
    static let anything = Schema([:])
    /// An object of any members.
    static let anyObject = Schema(["type": "object"])
    /// True or false.
    static let flag = Schema(["type": "boolean"])
    /// A point in time (RFC 3339).
    static let time = Schema(["type": "string", "format": "date-time"])
    /// A UUID.
    static let uuid = Schema(["type": "string", "format": "uuid"])
    /// An organisation number; `format` says that the last digit is a check digit, which no pattern can.
    static let organisation = Schema([
        "type": "string", "format": "organisation-number", "pattern": "^[0-9]{9}$", "examples": ["310000128"],
    ])
    /// The name of a scope.
    static let scopeName = Schema([
        "type": "string", "format": "scope-name",
        "pattern": "^[a-z0-9][a-z0-9._-]{0,63}:[!#-\\[\\]-~]{1,190}$", "examples": ["exampledir:income.read"],
    ])
    /// The identifier of a client.
    static let clientIdentifier = Schema(["type": "string", "format": "client-id", "pattern": "^[!-~]{1,255}$"])
    /// `*`, or entity tags (RFC 9110 §13.1.1).
    static let entityTags = Schema([
        "type": "string", "format": "entity-tags",
        "pattern": "^(\\*|(W/)?\"[A-Za-z0-9_-]*\"(, ?(W/)?\"[A-Za-z0-9_-]*\")*)$",
        "examples": ["*"],
    ])

    /// A text within bounds, in Unicode scalars, of a form (`uri`), a pattern (ECMA-262), or one of a few words.
    static func text(
        least: Int? = nil,
        most: Int? = nil,
        format: String? = nil,
        pattern: String? = nil,
        words: [String]? = nil
    ) -> Schema {
        var object: JSONObject = ["type": "string"]
        object["minLength"] = least.map { .integer(Int64($0)) }
        object["maxLength"] = most.map { .integer(Int64($0)) }
        object["format"] = format.map { .string($0) }
        object["pattern"] = pattern.map { .string($0) }
        object["enum"] = words.map { .strings($0) }
        return Schema(object)
    }

    /// A whole number within bounds.
    static func number(_ least: Int64, to most: Int64? = nil) -> Schema {
        var object: JSONObject = ["type": "integer", "minimum": .integer(least)]
        object["maximum"] = most.map { .integer($0) }
        return Schema(object)
    }

    /// A list.
    static func list(_ items: Schema, most: Int? = nil, unique: Bool = false) -> Schema {
        var object: JSONObject = ["type": "array", "items": .object(items.object)]
        object["maxItems"] = most.map { .integer(Int64($0)) }
        if unique { object["uniqueItems"] = true }
        return Schema(object)
    }

    /// An object with these members, and perhaps others.
    static func members(_ members: [(name: String, schema: Schema)], required: [String] = []) -> Schema {
        var properties = JSONObject()
        for member in members { properties[member.name] = .object(member.schema.object) }
        var object: JSONObject = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { object["required"] = .strings(required) }
        return Schema(object)
    }

    /// A component of the document, by name.
    static func component(_ name: String) -> Schema { Schema(["$ref": .string("#/components/schemas/\(name)")]) }

    /// One of several.
    static func anyOf(_ schemas: Schema...) -> Schema { Schema(["anyOf": .array(schemas.map { .object($0.object) })]) }

    /// The same, or null.
    var orNull: Schema {
        guard case .string(let type)? = object["type"] else { return .anyOf(self, Schema(["type": "null"])) }
        var object = object
        object["type"] = [.string(type), "null"]
        // Words bind null too.
        if let words = object["enum"]?.array { object["enum"] = .array(words + [.null]) }
        return Schema(object)
    }

    /// The same, with what it means.
    func meaning(_ text: String) -> Schema {
        var schema = self
        schema.object["description"] = .string(text)
        return schema
    }
}
