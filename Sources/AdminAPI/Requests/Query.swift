import Delegations
import FoundationEssentials
import HTTPServer
import TokenIssuance
import JOSE
import Vocabulary

/// The parameters of a query, each once, none unknown: a misspelt filter must not widen an answer.
struct Query: Sendable {
    private let values: [String: String]

    /// Parses a query; names are compared without case, as Altinn's own APIs do.
    init(parsing text: String, allowing names: [String]) throws(Problem) {
        var values: [String: String] = [:]
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(pair[0], plusIsSpace: true),
                let value = PercentEncoding.decode(pair.count > 1 ? pair[1] : "", plusIsSpace: true)
            else { throw Self.malformed("the query is not well-formed: check percent-encoding and UTF-8") }
            guard let known = names.first(where: { $0.lowercased() == name.lowercased() }) else {
                throw Self.fault(String(name.prefix(100)), "is none of this endpoint's")
            }
            guard values.updateValue(value, forKey: known) == nil else { throw Self.fault(known, "came twice") }
        }
        self.values = values
    }

    /// The query again, with some parameters set to other values.
    func text(setting others: [(name: String, value: String)]) -> String {
        let kept = values.filter { value in !others.contains { $0.name == value.key } }.sorted { $0.key < $1.key }
        return (kept.map { ($0.key, $0.value) } + others)
            .map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }

    /// The text of a parameter; nil when it is absent or empty.
    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// The text of a parameter that is not empty when it is there: an empty filter must not widen an answer.
    func filled(_ name: String) throws(Problem) -> String? {
        guard values[name] != "" else { throw Self.fault(name, "is empty") }
        return values[name]
    }

    /// A parameter that must be there.
    func required(_ name: String) throws(Problem) -> String {
        guard let value = self[name] else { throw Self.fault(name, "is missing") }
        return value
    }

    /// An organisation number; also as a URN or in the ISO 6523 form.
    func organisation(_ name: String) throws(Problem) -> OrganisationNumber? {
        guard let text = self[name] else { return nil }
        guard let number = OrganisationText.parse(text) else {
            throw Self.fault(name, "is no organisation number with a right check digit")
        }
        return number
    }

    /// An organisation that must be there.
    func requiredOrganisation(_ name: String) throws(Problem) -> OrganisationNumber {
        _ = try required(name)
        guard let number = try organisation(name) else { throw Self.fault(name, "is missing") }
        return number
    }

    /// An organisation by its party UUID or its number, which must be there.
    func requiredParty(_ name: String) throws(Problem) -> OrganisationNumber {
        let text = try required(name)
        if let number = PartyUUID(parsing: text)?.organisation ?? OrganisationText.parse(text) { return number }
        throw Self.fault(name, "is no party UUID of an organisation and no organisation number")
    }

    /// As ``requiredParty(_:)``, nil when it is absent.
    func party(_ name: String) throws(Problem) -> OrganisationNumber? {
        self[name] == nil ? nil : try requiredParty(name)
    }

    /// A UUID.
    func uuid(_ name: String) throws(Problem) -> UUID? {
        guard let text = self[name] else { return nil }
        guard let uuid = UUID(uuidString: text) else { throw Self.fault(name, "is no UUID") }
        return uuid
    }

    /// A resource's identifier.
    func resource(_ name: String) throws(Problem) -> ResourceID? {
        guard let text = self[name] else { return nil }
        guard let id = try? ResourceID(parsing: text) else { throw Self.fault(name, "is no resource identifier") }
        return id
    }

    /// A scope's name.
    func scope(_ name: String) throws(Problem) -> ScopeName? {
        guard let text = try filled(name) else { return nil }
        guard let scope = try? ScopeName(parsing: text) else {
            throw Self.fault(name, "is no scope, `prefix:subscope`")
        }
        return scope
    }

    /// `true` or `false`; false when it is absent.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch try filled(name)?.lowercased() {
        case nil, "false": return false
        case "true": return true
        default: throw Self.fault(name, "is neither `true` nor `false`")
        }
    }

    /// A whole number within limits.
    func number(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let text = try filled(name) else { return nil }
        // No sign but that of a negative number: `+5` would be a second spelling.
        guard !text.hasPrefix("+"), let number = Int64(text), range.contains(number) else {
            throw Self.fault(name, "is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A parameter that is not as it should be.
    static func fault(_ name: String, _ what: String) -> Problem {
        Problem(
            .malformedRequest,
            reason: "query_parameter",
            "the parameter `\(name)` \(what)",
            details: ["parameter": .string(name)]
        )
    }

    private static func malformed(_ detail: String) -> Problem {
        Problem(.malformedRequest, reason: "query_malformed", detail)
    }
}

/// The forms in which callers write an organisation.
enum OrganisationText {
    private static let prefixes = [
        "urn:altinn:organization:identifier-no:", "urn:altinn:organizationnumber:", "0192:",
    ]

    /// The number; nil when the text is none, or its check digit is wrong.
    static func parse(_ text: String) -> OrganisationNumber? {
        let prefix = prefixes.first { text.hasPrefix($0) } ?? ""
        return try? OrganisationNumber(parsing: text.dropFirst(prefix.count))
    }
}
