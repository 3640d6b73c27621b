import Delegations
import FoundationEssentials
import HTTPServer
import TokenIssuance
import JOSE
import Vocabulary

/// The values of a path's parameters.
struct PathValues: Sendable {
    private let values: [String: String]

    init(_ template: PathTemplate, _ path: String) throws(Problem) {
        var values: [String: String] = [:]
        for (name, encoded) in template.match(PathTemplate.split(path)) ?? [:] {
            guard let value = PercentEncoding.decode(encoded) else {
                throw Self.fault(name, "is not percent-encoded UTF-8")
            }
            values[name] = value
        }
        self.values = values
    }

    /// The text of a parameter; empty for one that the template does not have.
    subscript(name: String) -> String { values[name] ?? "" }

    /// A UUID.
    func uuid(_ name: String) throws(Problem) -> UUID {
        guard let uuid = UUID(uuidString: self[name]) else { throw Self.fault(name, "is no UUID") }
        return uuid
    }

    /// A resource's identifier.
    func resource(_ name: String) throws(Problem) -> ResourceID {
        guard let id = try? ResourceID(parsing: self[name]) else { throw Self.fault(name, "is no resource identifier") }
        return id
    }

    /// A system's identifier.
    func system(_ name: String) throws(Problem) -> SystemID {
        guard let id = try? SystemID(parsing: self[name]) else {
            throw Self.fault(name, "is no system identifier, `<organisation number>_<name>`")
        }
        return id
    }

    /// An organisation number.
    func organisation(_ name: String) throws(Problem) -> OrganisationNumber {
        guard let number = OrganisationText.parse(self[name]) else {
            throw Self.fault(name, "is no organisation number with a right check digit")
        }
        return number
    }

    /// A part that is not as it should be.
    static func fault(_ name: String, _ what: String) -> Problem {
        Problem(
            .malformedRequest,
            reason: "path_parameter",
            "`{\(name)}` in the path \(what)",
            details: ["parameter": .string(name)]
        )
    }
}
