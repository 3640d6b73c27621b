import AsyncHTTPClient
import FoundationEssentials
import JOSE
import NIOCore
import NIOHTTP1
import PortvaktClient
import Vocabulary

/// The demo portal's calls of the admin listener, each in the name of one person.
struct DemoPortalAPI: Sendable {
    /// What the server answered otherwise than with success.
    struct Unsuccessful: Error {
        let status: Int
        let detail: String
    }

    let tokens: TokenClient
    let adminURL: String

    private static let base = "accessmanagement/api/v1"

    /// The names of the organisations that the person may act for, by number.
    func parties(of person: DemoPerson) async throws -> [(number: String, name: String)] {
        let list = try await call(.GET, "\(Self.base)/enduser/authorizedparties", as: person)
        return (list.array ?? []).flatMap { party in [party] + (party["subunits"]?.array ?? []) }.compactMap { party in
            party["organizationNumber"]?.string.map { ($0, party["name"]?.string ?? $0) }
        }
    }

    /// What the subject's path names, and for which organisation; nil when the person may not see it.
    func find(_ subject: DemoPortalSubject, as person: DemoPerson) async throws -> (party: String, object: JSONValue)? {
        guard subject.isAddressedToParty else {
            return (party: "", try await call(.GET, subject.path(of: ""), as: person))
        }
        var last: Unsuccessful?
        for party in try await parties(of: person) {
            do {
                return (party.number, try await call(.GET, subject.path(of: party.number), as: person))
            } catch let refusal as Unsuccessful {
                last = refusal
            }
        }
        if let last, last.status != 404, last.status != 403 { throw last }
        return nil
    }

    /// Answers a request.
    func answer(_ act: String, _ subject: DemoPortalSubject, of party: String, as person: DemoPerson) async throws {
        _ = try await call(.POST, subject.path(of: party) + "/\(act)", as: person)
    }

    /// Ends a system user that was approved before.
    func end(_ subject: DemoPortalSubject, of party: String, as person: DemoPerson) async throws {
        _ = try await call(.DELETE, "authentication/api/v1/systemuser/\(party)/\(subject.id)", as: person)
    }

    /// What a resource is called in a language.
    func title(of resource: String, in language: String, as person: DemoPerson) async -> String {
        let record = try? await call(.GET, "resourceregistry/api/v1/resource/\(resource)", as: person)
        return record?["title"]?[language]?.string ?? resource
    }

    private func call(_ method: HTTPMethod, _ path: String, as person: DemoPerson) async throws -> JSONValue {
        var scopes = [try ScopeName(parsing: "altinn:portal/enduser")]
        if path.hasSuffix("authorizedparties") {
            scopes.append(try ScopeName(parsing: "altinn:accessmanagement/authorizedparties"))
        }
        let api = AuthorizedHTTPClient(
            .shared,
            tokens: tokens,
            request: TokenRequest(scopes) { $0.person = person.number },
            // The admin listener of the same machine, or of the one that `admin_url` names.
            allowsPlainHTTP: true
        )
        var request = HTTPClientRequest(url: adminURL + path)
        request.method = method
        // Nobody logs in at the demo: what ID-porten calls substantial is claimed, as a portal must demand at least.
        request.headers.add(name: "Portvakt-Authentication-Level", value: "3")
        let response = try await api.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 1_048_576)
        let value = (try? JSONValue(parsing: Array(buffer: body))) ?? .null
        guard (200..<300).contains(response.status.code) else {
            throw Unsuccessful(
                status: Int(response.status.code),
                detail: value["detail"]?.string ?? "\(response.status.code)"
            )
        }
        return value
    }
}

/// What a page of the portal is about.
enum DemoPortalSubject: Sendable, Hashable {
    /// A request for a system user, perhaps an agent.
    case systemUser(UUID, isAgent: Bool)
    /// A request that a system user be changed.
    case change(UUID)
    /// A request for consent.
    case consent(UUID)

    /// The subject of a page's address.
    init?(page: String, id: String?) {
        guard let id = id.flatMap({ UUID(uuidString: $0) }) else { return nil }
        switch page {
        case "systemuser/request": self = .systemUser(id, isAgent: false)
        case "systemuser/agentrequest": self = .systemUser(id, isAgent: true)
        case "systemuser/changerequest": self = .change(id)
        case "consent/request": self = .consent(id)
        default: return nil
        }
    }

    var id: String {
        switch self {
        case .systemUser(let id, _), .change(let id), .consent(let id): id.uuidString.lowercased()
        }
    }

    /// Whether the server's path names the organisation that answers.
    var isAddressedToParty: Bool {
        if case .consent = self { false } else { true }
    }

    /// Where the server has it.
    func path(of party: String) -> String {
        switch self {
        case .systemUser(_, let isAgent):
            "authentication/api/v1/systemuser/request/\(isAgent ? "agent/" : "")\(party)/\(id)"
        case .change: "authentication/api/v1/systemuser/changerequest/\(party)/\(id)"
        case .consent: "accessmanagement/api/v1/bff/consentrequests/\(id)"
        }
    }
}
