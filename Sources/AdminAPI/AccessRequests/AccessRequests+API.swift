import Administration
import AuditLedger
import HTTPServer
import HTTPTypes
import JOSE
import Scopes
import Vocabulary

// Consumers ask for access and accept terms (DESIGN §7); the paths are ours, beside those of spec §6.4.
extension AdminAPI {
    static var accessRequests: [Operation<Store>] {
        let read = AccessDemand.anyOf(.clientsRead, .clientsModify, .clientsWrite)
        let write = AccessDemand.anyOf(.clientsWrite)
        let path = "/api/v1/scopes/access/request"
        return [
            Operation(.get, path, .accessRequests, read, AccessRequestForms.ownList, ownRequests),
            Operation(.put, path, .accessRequests, write, AccessRequestForms.ask, ask),
            Operation(.delete, path, .accessRequests, write, AccessRequestForms.withdraw) { call in
                let name = try call.query.requiredScope("scope")
                let consumer = call.token.consumer
                let withdrawn = try await call.act { try $0.withdrawRequest(for: name, of: consumer).value }
                guard let withdrawn else { throw Problem.unknown("request of yours for `\(name)`") }
                return .json(.object(try await call.read { try $0.object(of: withdrawn) }))
            },
            Operation(.put, "/api/v1/scopes/access/terms", .accessRequests, write, AccessRequestForms.terms) { call in
                let name = try call.query.requiredScope("scope")
                guard let version = try call.json().text("version") else {
                    throw try call.json().member("version").fault("is empty")
                }
                let consumer = call.token.consumer
                let access = try await call.act { administration in
                    try administration.transaction.requireKnown(name, to: consumer)
                    return try administration.acceptTerms(of: name, version: version, for: consumer).value
                }
                return .json(.object(try await call.read { try $0.object(of: access) }))
            },
        ]
    }

    private static func ownRequests(_ call: Call<Store>) async throws -> APIAnswer {
        var query = AccessRequestQuery()
        query.consumer = call.token.consumer
        query.scope = try call.query.scope("scope")
        query.state = try call.query.requestState("state")
        return try await list(query, call)
    }

    private static func list(_ query: AccessRequestQuery, _ call: Call<Store>) async throws -> APIAnswer {
        let window = try ListWindow(call.query)
        let (items, total) = try await call.read { try $0.objects(of: query, in: window) }
        return window.answer(items, of: total, in: call)
    }

    private static func ask(_ call: Call<Store>) async throws -> APIAnswer {
        let name = try call.query.requiredScope("scope")
        let body = try call.json()
        let fields = try body.accessFields()
        let terms = try body.text("accepted_terms_version")
        let consumer = call.token.consumer
        let request = try await call.act { administration in
            try administration.transaction.requireKnown(name, to: consumer, isAsking: true)
            return try administration.requestAccess(to: name, for: consumer, fields, accepting: terms).value
        }
        return .json(.object(try await call.read { try $0.object(of: request) })).of(request.version)
    }
}

// Owners of scopes answer (DESIGN §7).
extension AdminAPI {
    static var accessAnswers: [Operation<Store>] {
        let demand = AccessDemand.anyOf(.scopesWrite)
        let path = "/api/v1/scopes/access/requests"
        return [
            Operation(.get, path, .accessRequests, demand, AccessRequestForms.receivedList) { call in
                var query = AccessRequestQuery()
                query.owner = call.token.consumer
                query.scope = try call.query.scope("scope")
                query.state = try call.query.requestState("state")
                return try await list(query, call)
            },
            Operation(.get, path + "/{consumer_orgno}", .accessRequests, demand, AccessRequestForms.received) { call in
                let (name, owner) = (try call.query.requiredScope("scope"), call.token.consumer)
                let consumer = try call.path.plainOrganisation("consumer_orgno")
                let (request, object) = try await call.read { reader in
                    let request = try reader.request(for: name, of: consumer, to: owner)
                    return (request, try reader.object(of: request))
                }
                return .json(.object(object)).of(request.version)
            },
            Operation(
                .put,
                path + "/{consumer_orgno}/approval",
                .accessRequests,
                demand,
                AccessRequestForms.approve,
                approve
            ),
            Operation(.put, path + "/{consumer_orgno}/denial", .accessRequests, demand, AccessRequestForms.deny, deny),
        ]
    }

    private static func approve(_ call: Call<Store>) async throws -> APIAnswer {
        let (name, owner) = (try call.query.requiredScope("scope"), call.token.consumer)
        let consumer = try call.path.plainOrganisation("consumer_orgno")
        let precondition = try call.precondition
        let body = call.body.isEmpty ? nil : try call.json()
        var fields = try body?.accessFields() ?? [:]
        // What the consumer says of itself is the consumer's.
        fields[.legalBasis] = nil
        fields[.purpose] = nil
        let access = try await call.act { [fields] administration in
            try administration.transaction.requireOwner(owner, of: name)
            try precondition.check(try administration.transaction.accessRequest(to: name, of: consumer)?.version)
            return try administration.approveRequest(for: name, of: consumer, fields, origin: "api").value
        }
        return .json(.object(try await call.read { try $0.object(of: access) }))
    }

    private static func deny(_ call: Call<Store>) async throws -> APIAnswer {
        let (name, owner) = (try call.query.requiredScope("scope"), call.token.consumer)
        let consumer = try call.path.plainOrganisation("consumer_orgno")
        let precondition = try call.precondition
        let reason = try call.json().text("reason")
        if let reason, !AccessFault.isReason(reason) {
            throw try call.json().member("reason").fault("is no text of one line and at most 1023 characters")
        }
        let request = try await call.store.write { [actor = call.actor, now = call.now] transaction in
            try transaction.requireOwner(owner, of: name)
            try precondition.check(try transaction.accessRequest(to: name, of: consumer)?.version)
            return try Administration(in: transaction, by: actor, at: now, reason: reason)
                .denyRequest(for: name, of: consumer).value
        }
        return .json(.object(try await call.read { try $0.object(of: request) }))
    }
}

extension AccessFault {
    /// Whether a text may be the reason of an act.
    fileprivate static func isReason(_ text: String) -> Bool {
        text.unicodeScalars.count <= ScopeRules.maximumLongText && PlainText.firstMisplaced(in: text) == nil
    }
}

extension EndpointName {
    static let accessRequests = EndpointName("access_requests")
}
