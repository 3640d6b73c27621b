import Administration
import Clients
import HTTPServer
import HTTPTypes
import JOSE
import Scopes
import TokenIssuance
import Vocabulary

// What the operations of the self-service API have in common.
extension Call {
    /// For whom clients are registered or looked at: its own organisation with one of those scopes, customers as their supplier.
    func registrant(owningWith scopes: [AdministrativeScope]) -> Registrant {
        Registrant(
            organisation: token.consumer,
            ownsClients: token.holds(anyOf: scopes),
            suppliesClients: token.holds(.clientsSupplier)
        )
    }

    /// Who may look at clients.
    var reader: Registrant { registrant(owningWith: [.clientsRead, .clientsModify, .clientsWrite]) }

    /// Who may change clients.
    var modifier: Registrant { registrant(owningWith: [.clientsModify, .clientsWrite]) }

    /// What `If-Match` demands.
    var precondition: Precondition { get throws(Problem) { try Precondition(headers) } }

    /// The client that the path names.
    ///
    /// - Throws: a ``Problem`` of 404: what cannot be an identifier names no client.
    var clientInPath: ClientID {
        get throws(Problem) {
            guard let id = try? ClientID(parsing: path["client_id"]) else {
                throw .unknown("client of that identifier")
            }
            return id
        }
    }

    /// The scope that the query names, which must be there.
    var scopeInQuery: ScopeName {
        get throws(Problem) {
            _ = try query.required("scope")
            guard let scope = try query.scope("scope") else { throw Query.fault("scope", "is missing") }
            return scope
        }
    }

    /// The body as a JSON object.
    var object: JSONObject {
        get throws(Problem) {
            guard let object = try json().value.object else {
                throw Problem(.malformedRequest, reason: "body_member", "the body is no JSON object")
            }
            return object
        }
    }
}

/// What is wrong with a body, all of it at once, in both forms: one text, and a list by member (spec §4.4).
struct BodyFaults: Error, Sendable {
    /// One fault: what to mend, and the member that is meant.
    struct Fault: Sendable {
        let text: String
        let field: String?
    }

    /// What the body is called in the list, `addClientRequest`.
    let object: String
    let faults: [Fault]
    /// Whether its form is wrong, so that it could never be taken.
    let isOfForm: Bool

    /// As the caller is told it.
    var problem: Problem {
        Problem(
            isOfForm ? .malformedRequest : .actRefused,
            reason: isOfForm ? "body_member" : "act_refused",
            faults.map(\.text).joined(separator: "; "),
            details: ["members": .strings(faults.compactMap(\.field))],
            members: [
                "errors": .array(
                    faults.map { fault in
                        [
                            "errorMessage": .string(fault.text), "isFieldError": .bool(fault.field != nil),
                            "objectName": .string(object), "fieldIdentifier": fault.field.map { .string($0) } ?? .null,
                        ]
                    }
                )
            ]
        )
    }

    /// Performs what reads or keeps such a body, and tells its faults by member.
    static func telling<Value>(
        as object: String,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do { return try await body() } catch {
            guard let faults = BodyFaults(error, in: object) else { throw error }
            throw faults.problem
        }
    }

    /// Nil for an error that is about something else.
    private init?(_ error: any Error, in object: String) {
        self.object = object
        switch error {
        case let error as ClientFaults:
            faults = error.faults.map { Fault(text: "\($0)", field: $0.field) }
            isOfForm = error.faults.contains(where: \.isOfForm)
        case AdministrationRefusal.client(let rules):
            faults = rules.map { Fault(text: "\($0)", field: $0.field) }
            isOfForm = false
        case let error as ScopeRequest.Faults:
            faults = error.faults.map { Fault(text: "\($0)", field: $0.field) }
            isOfForm = true
        case AdministrationRefusal.scope(let rules):
            faults = rules.map { Fault(text: "\($0)", field: $0.field.rawValue) }
            isOfForm = false
        case AdministrationRefusal.access(let rules):
            faults = rules.map { Fault(text: "\($0)", field: $0.field.rawValue) }
            isOfForm = false
        case AdministrationRefusal.accessEndsInThePast:
            faults = [Fault(text: "\(error)", field: AccessField.validUntil.rawValue)]
            isOfForm = false
        case let error as AccessRequestFaults:
            faults = error.faults.map { Fault(text: "\($0)", field: $0.field.rawValue) }
            isOfForm = true
        case AdministrationRefusal.key(let rule):
            // Of a key that the path names it is said elsewhere.
            if case .unknown = rule { return nil }
            faults = [Fault(text: "\(rule)", field: "keys")]
            isOfForm = false
        case let error as KeyBodyFaults:
            faults = error.texts.map { Fault(text: $0, field: "keys") }
            isOfForm = error.isOfForm
        case let error as EntryFaults:
            faults = error.faults
            isOfForm = error.isOfForm
        case AdministrationRefusal.onBehalfOf(let rule):
            faults = [Fault(text: "\(rule)", field: nil)]
            isOfForm = false
        default: return nil
        }
    }
}

/// What is wrong with the members of an access that a request sets.
struct AccessRequestFaults: Error, Sendable {
    let faults: [AccessFault]
}
