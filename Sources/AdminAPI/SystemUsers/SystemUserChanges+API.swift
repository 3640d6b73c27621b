import HTTPTypes
import Administration
import Delegations
import FoundationEssentials
import HTTPServer
import JOSE
import Vocabulary

// A vendor's requests that a system user be changed (altinn.md §6.3).
extension AdminAPI {
    static var systemUserChanges: [Operation<Store>] {
        let base = "/authentication/api/v1/systemuser/changerequest/vendor"
        let read = AccessDemand.anyOf(.requestsRead, .requestsWrite)
        return [
            Operation(
                .post,
                base,
                .systemUsers,
                .anyOf(.requestsWrite),
                query: ["systemUserId"],
                body: Operation<Store>.jsonLimit,
                answers: [201]
            ) { call in
                let body = try object(of: call)
                let draft = try SystemUserChangeDraft(reading: body)
                let user = try await changedUser(call, JSONPart(parsing: call.body))
                let vendor = call.token.consumer
                let request = try await call.act {
                    try $0.requestSystemUserChange(draft, of: user.id, by: vendor).value
                }
                return .created(answer(request, of: user, call))
            },
            Operation(.get, base + "/{requestId}", .systemUsers, read) { call in
                let (request, user) = try await ownChange(call)
                return .json(answer(request, of: user, call))
            },
            Operation(.delete, base + "/{requestId}", .systemUsers, .anyOf(.requestsWrite), answers: [204]) { call in
                let (request, _) = try await ownChange(call)
                let vendor = call.token.consumer
                _ = try await call.act { try $0.deleteChangeRequest(request.id, by: vendor).value }
                return .noContent
            },
            Operation(.get, base + "/bysystem/{systemId}", .systemUsers, read, query: Page.parameters) { call in
                let system = try call.path.system("systemId")
                guard system.vendor == call.token.consumer else { throw SystemUserProblem.systemNotFound }
                let changes = try await call.read { reader in
                    try reader.systemUsers(ofSystem: system).flatMap { user in
                        try reader.changeRequests(about: user.id).map { ($0, user) }
                    }
                }
                return .json(try Page(call.query).answer(changes, of: call) { answer($0.0, of: $0.1, call) })
            },
        ]
    }

    /// The change request as its vendor and its customer see it; without a portal it has no link.
    static func answer(
        _ request: SystemUserChangeRequest,
        of user: SystemUser,
        _ call: Call<Store>
    ) -> JSONValue {
        var object = request.jsonObject(of: user, at: call.now, portal: call.settings.portalURL ?? "")
        if call.settings.portalURL == nil { object["confirmUrl"] = nil }
        return .object(object)
    }

    /// The system user meant: by identifier, or by system, customer and external reference, as the request for it was.
    private static func changedUser(_ call: Call<Store>, _ body: JSONPart) async throws -> SystemUser {
        let id = try call.query.uuid("systemUserId")
        var triple: (SystemID, OrganisationNumber, String)?
        if id == nil {
            let text = try body.member("systemId")
            guard let system = try? SystemID(parsing: try text.text()) else {
                throw text.fault("is no system identifier, `<organisation number>_<name>`")
            }
            let customer = try body.member("partyOrgNo").organisation()
            triple = (system, customer, try body.text("externalRef") ?? "\(customer)")
        }
        let user = try await call.read { [triple] reader in
            if let id { return try reader.systemUser(id) }
            guard let (system, owner, reference) = triple else { return nil }
            return try reader.systemUser(system: system, owner: owner, externalRef: reference)
        }
        guard let user, !user.isDeleted, user.system.vendor == call.token.consumer else {
            throw SystemUserProblem.systemUserNotFound
        }
        return user
    }

    private static func ownChange(_ call: Call<Store>) async throws -> (SystemUserChangeRequest, SystemUser) {
        let id = try call.path.uuid("requestId")
        let found = try await call.read { reader -> (SystemUserChangeRequest, SystemUser)? in
            guard let request = try reader.changeRequest(id), let user = try reader.systemUser(request.systemUser)
            else { return nil }
            return (request, user)
        }
        guard let found, found.1.system.vendor == call.token.consumer else {
            throw SystemUserProblem.requestNotFound
        }
        return found
    }
}
