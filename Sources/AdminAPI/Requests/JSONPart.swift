import Delegations
import FoundationEssentials
import HTTPServer
import TokenIssuance
import JOSE
import Vocabulary

/// A value of a JSON body and where it stands, so that a fault can say which member is meant.
///
/// Members are found without case where no member has the very name, as Altinn's own readers do; unknown members are left
/// alone.
struct JSONPart: Sendable {
    let value: JSONValue
    /// `consentRights[0].resource`; empty for the whole.
    let path: String

    private init(_ value: JSONValue, path: String) {
        self.value = value
        self.path = path
    }

    /// Parses a whole body of at most so many bytes: strict JSON, no member twice.
    init(parsing bytes: [UInt8], upTo limit: Int = JSONLimits.default.maximumBytes) throws(Problem) {
        do throws(JSONError) {
            self.init(try JSONValue(parsing: bytes, limits: JSONLimits(maximumBytes: limit)), path: "")
        } catch {
            throw Problem(.malformedRequest, reason: "body_malformed", "the body is no strict JSON: \(error)")
        }
    }

    /// A fault of this value.
    func fault(_ what: String) -> Problem {
        Problem(
            .malformedRequest,
            reason: "body_member",
            path.isEmpty ? "the body \(what)" : "`\(path)` in the body \(what)",
            details: path.isEmpty ? [:] : ["member": .string(path)]
        )
    }

    // MARK: Into it

    /// A member; nil when it is absent or null.
    func optional(_ name: String) throws(Problem) -> JSONPart? {
        guard let object = value.object else { throw fault("is no object") }
        let value =
            object[name]
            ?? object.members.first { $0.name.lowercased() == name.lowercased() }?.value
        guard let value, value != .null else { return nil }
        return JSONPart(value, path: path.isEmpty ? name : "\(path).\(name)")
    }

    /// A member that must be there.
    func member(_ name: String) throws(Problem) -> JSONPart {
        guard let part = try optional(name) else {
            throw JSONPart(.null, path: path.isEmpty ? name : "\(path).\(name)").fault("is missing")
        }
        return part
    }

    /// The elements of an array.
    func elements() throws(Problem) -> [JSONPart] {
        guard let array = value.array else { throw fault("is no array") }
        return array.enumerated().map { JSONPart($0.element, path: "\(path)[\($0.offset)]") }
    }

    /// The elements of a member that is an array; none when it is absent.
    func elements(_ name: String) throws(Problem) -> [JSONPart] { try optional(name)?.elements() ?? [] }

    /// The members of an object in order.
    func members() throws(Problem) -> [(name: String, part: JSONPart)] {
        guard let object = value.object else { throw fault("is no object") }
        return object.members.map { ($0.name, JSONPart($0.value, path: "\(path).\($0.name)")) }
    }

    // MARK: Values

    func text() throws(Problem) -> String {
        guard let text = value.string else { throw fault("is no text") }
        return text
    }

    func text(_ name: String) throws(Problem) -> String? {
        guard let text = try optional(name)?.text(), !text.isEmpty else { return nil }
        return text
    }

    func flag(_ name: String) throws(Problem) -> Bool? {
        guard let part = try optional(name) else { return nil }
        guard let flag = part.value.bool else { throw part.fault("is neither true nor false") }
        return flag
    }

    func uuid() throws(Problem) -> UUID {
        guard let uuid = UUID(uuidString: try text()) else { throw fault("is no UUID") }
        return uuid
    }

    func organisation() throws(Problem) -> OrganisationNumber {
        guard let number = OrganisationText.parse(try text()) else {
            throw fault("is no organisation number with a right check digit")
        }
        return number
    }

    func resource() throws(Problem) -> ResourceID {
        guard let id = try? ResourceID(parsing: try text()) else { throw fault("is no resource identifier") }
        return id
    }

    /// Texts by language, `{"nb": …, "nn": …, "en": …}`.
    func localisedText() throws(Problem) -> LocalisedText {
        var texts: [String: String] = [:]
        for (name, part) in try members() where part.value != .null { texts[name] = try part.text() }
        return LocalisedText(texts)
    }
}
