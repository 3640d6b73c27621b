import JOSE
import Scopes

/// The forms of scopes, made of the one table of their fields.
enum ScopeSchemas {
    /// What `POST /scopes` takes.
    static var creation: Schema {
        .members(
            [
                ("prefix", .text(pattern: "^[a-z0-9][a-z0-9._-]{0,63}$")),
                ("subscope", .text(pattern: "^[!#-\\[\\]-~]{1,190}$")),
            ] + fields(\.asSent),
            required: ["prefix", "subscope", "description"]
        )
    }

    /// What `PUT /scopes` takes: the fields that are to change.
    static var change: Schema { .members(fields(\.asSent)) }

    /// What a scope is answered as.
    static var answer: Schema {
        .members(
            [("name", .scopeName), ("prefix", .text()), ("subscope", .text()), ("owner_orgno", .organisation)]
                + fields(\.asShown) + [("created", .time), ("last_updated", .time)],
            required: [
                "name", "prefix", "subscope", "owner_orgno", "description", "active", "visibility", "created",
                "last_updated",
            ]
        )
    }

    private static func fields(_ form: KeyPath<ScopeField, Schema>) -> [(name: String, schema: Schema)] {
        ScopeField.allCases.map { ($0.rawValue, $0[keyPath: form]) }
    }
}

extension ScopeField {
    /// The form in which it is shown.
    var asShown: Schema {
        switch form {
        case .text, .optionalText: .text()
        case .choice: .text(words: words)
        case .number: .number(0)
        case .flag: .flag
        case .list: .list(.text(words: words))
        case .texts: Schema(["type": "object", "additionalProperties": ["type": "string"]])
        }
    }

    /// The form in which it is sent.
    var asSent: Schema {
        switch form {
        case .text: .text(least: 1, most: longest)
        case .optionalText:
            words.map { Schema.text(words: $0 + [""]).orNull } ?? Schema.text(most: longest).orNull
        case .choice: .text(words: words)
        case .number: .number(0, to: ScopeRules.maximumNumber)
        case .flag: .flag
        case .list: .list(.text(words: words), most: ScopeRules.maximumItems, unique: true)
        case .texts:
            .members(ScopeRules.languages.map { ($0, .text(most: longest)) })
                .closed
        }
    }

    /// The most characters; nil where another rule decides.
    private var longest: Int? {
        switch self {
        case .description, .descriptions, .requiredTermsVersion: ScopeRules.maximumShortText
        case .longDescription, .longDescriptions, .legalBasis, .purpose: ScopeRules.maximumLongText
        default: nil
        }
    }
}

extension Schema {
    /// The same, of an object without other members.
    var closed: Schema {
        var schema = self
        schema.object["additionalProperties"] = false
        return schema
    }
}
