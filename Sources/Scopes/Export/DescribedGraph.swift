internal import JOSE

/// A small RDF graph: things with an address, and what is said of them; written as Turtle or as JSON-LD.
struct DescribedGraph: Sendable {
    /// What is said of a thing.
    enum Object: Sendable {
        /// Another thing, by its address.
        case thing(String)
        /// A text, in a language or in none.
        case text(String, language: String?)
        /// A thing without an address.
        case nameless(type: String, [Statement])
    }

    /// One statement: a property, by its short name, and its values.
    struct Statement: Sendable {
        let property: String
        let objects: [Object]

        init(_ property: String, _ objects: [Object]) {
            self.property = property
            self.objects = objects
        }
    }

    /// A thing with an address.
    struct Thing: Sendable {
        let address: String
        let type: String
        let statements: [Statement]
    }

    /// The short names of vocabularies.
    static let vocabularies = [
        ("dcat", "http://www.w3.org/ns/dcat#"), ("dct", "http://purl.org/dc/terms/"),
        ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ]

    var things: [Thing] = []

    // MARK: Turtle (RDF 1.1 Turtle)

    /// The graph as Turtle.
    var turtle: String {
        var text = Self.vocabularies.map { "@prefix \($0.0): <\($0.1)> .\n" }.joined()
        for thing in things {
            let parts = ["a \(thing.type)"] + thing.statements.map { Self.turtle($0, indent: "    ") }
            text += "\n<\(thing.address)>\n    " + parts.joined(separator: " ;\n    ") + " .\n"
        }
        return text
    }

    private static func turtle(_ statement: Statement, indent: String) -> String {
        let objects = statement.objects.map { turtle($0, indent: indent) }
        return "\(statement.property) " + objects.joined(separator: ",\n\(indent)    ")
    }

    private static func turtle(_ object: Object, indent: String) -> String {
        switch object {
        case .thing(let address): "<\(address)>"
        case .text(let text, let language): quoted(text) + (language.map { "@\($0)" } ?? "")
        case .nameless(let type, let statements):
            "[ " + (["a \(type)"] + statements.map { turtle($0, indent: indent) }).joined(separator: " ; ") + " ]"
        }
    }

    /// A literal with the escapes of the grammar's ECHAR and UCHAR.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    // MARK: JSON-LD 1.1

    /// The graph as JSON-LD, whose context is in the document: nobody has to fetch one.
    var jsonLD: JSONObject {
        var context: JSONObject = [:]
        for (name, address) in Self.vocabularies { context[name] = .string(address) }
        let graph = things.map { thing -> JSONValue in
            var object: JSONObject = ["@id": .string(thing.address), "@type": .string(thing.type)]
            for statement in thing.statements { object[statement.property] = Self.json(statement.objects) }
            return .object(object)
        }
        return ["@context": .object(context), "@graph": .array(graph)]
    }

    private static func json(_ objects: [Object]) -> JSONValue {
        .array(
            objects.map { object in
                switch object {
                case .thing(let address): return ["@id": .string(address)]
                case .text(let text, let language?): return ["@value": .string(text), "@language": .string(language)]
                case .text(let text, nil): return ["@value": .string(text)]
                case .nameless(let type, let statements):
                    var nameless: JSONObject = ["@type": .string(type)]
                    for statement in statements { nameless[statement.property] = json(statement.objects) }
                    return .object(nameless)
                }
            }
        )
    }
}
