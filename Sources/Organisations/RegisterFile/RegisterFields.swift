import JOSE
import Vocabulary

/// The members of one register object, read with the register's habits in mind.
///
/// The register leaves out what it does not know; older answers show null or an empty text instead. All three read alike.
struct RegisterFields {
    let object: JSONObject

    func text(_ name: String) throws(MalformedUnit.Reason) -> String? {
        switch object[name] {
        case nil, .null: nil
        // A NUL ends a text for much of what keeps or shows it: no name holds one.
        case .string(let text) where !text.utf8.contains(0): text.isEmpty ? nil : text
        default: throw .wrongType(name, expected: "text")
        }
    }

    func flag(_ name: String) throws(MalformedUnit.Reason) -> Bool? {
        switch object[name] {
        case nil, .null: nil
        case .bool(let value): value
        case .string(let text) where text.isEmpty: nil
        default: throw .wrongType(name, expected: "true or false")
        }
    }

    func date(_ name: String) throws(MalformedUnit.Reason) -> CalendarDate? {
        guard let text = try text(name) else { return nil }
        guard let date = CalendarDate(parsing: text) else { throw .date(name) }
        return date
    }

    func number(_ name: String) throws(MalformedUnit.Reason) -> OrganisationNumber? {
        guard let text = try text(name) else { return nil }
        do {
            return try OrganisationNumber(parsing: text)
        } catch {
            throw .number(name, error)
        }
    }

    func fields(_ name: String) throws(MalformedUnit.Reason) -> RegisterFields? {
        switch object[name] {
        case nil, .null: nil
        case .object(let object): RegisterFields(object: object)
        case .string(let text) where text.isEmpty: nil
        default: throw .wrongType(name, expected: "an object")
        }
    }

    /// Lines of text; null and empty lines are left out.
    func lines(_ name: String) throws(MalformedUnit.Reason) -> [String] {
        var lines: [String] = []
        for element in try elements(name) {
            switch element {
            case .string(let line) where line.isEmpty: continue
            case .null: continue
            case .string(let line) where !line.utf8.contains(0): lines.append(line)
            default: throw .wrongType(name, expected: "a list of texts")
            }
        }
        return lines
    }

    func elements(_ name: String) throws(MalformedUnit.Reason) -> [JSONValue] {
        switch object[name] {
        case nil, .null: []
        case .array(let elements): elements
        case .string(let text) where text.isEmpty: []
        default: throw .wrongType(name, expected: "a list")
        }
    }

    func has(_ name: String) -> Bool { object[name] != nil }
}
