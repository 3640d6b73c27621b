import HTTPTypes
import Administration
import Delegations
import FoundationEssentials
import HTTPServer
import JOSE
import Vocabulary

// A vendor's requests for system users (altinn.md §6.3).
extension AdminAPI {
    static var systemUserRequests: [Operation<Store>] {
        SystemUserKind.allCases.flatMap { kind -> [Operation<Store>] in
            let base = "/authentication/api/v1/systemuser/request/vendor" + (kind == .agent ? "/agent" : "")
            let read = AccessDemand.anyOf(.requestsRead, .requestsWrite)
            return [
                Operation(
                    .post,
                    base,
                    .systemUsers,
                    .anyOf(.requestsWrite),
                    body: Operation<Store>.jsonLimit,
                    answers: [201]
                ) { call in
                    let draft = try SystemUserRequestDraft(reading: try object(of: call))
                    let vendor = call.token.consumer
                    let request = try await call.act {
                        try $0.requestSystemUser(draft, kind: kind, by: vendor).value
                    }
                    return .created(answer(request, call))
                },
                Operation(.get, base + "/{requestId}", .systemUsers, read) { call in
                    let id = try call.path.uuid("requestId")
                    return .json(answer(try await ownRequest(kind, call) { try $0.systemUserRequest(id) }, call))
                },
                Operation(.delete, base + "/{requestId}", .systemUsers, .anyOf(.requestsWrite), answers: [204]) {
                    call in
                    let id = try call.path.uuid("requestId")
                    _ = try await ownRequest(kind, call) { try $0.systemUserRequest(id) }
                    let vendor = call.token.consumer
                    _ = try await call.act { try $0.deleteSystemUserRequest(id, by: vendor).value }
                    return .noContent
                },
                Operation(
                    .get,
                    base + "/byexternalref/{systemId}/{orgNo}/{externalRef}",
                    .systemUsers,
                    read
                ) { call in
                    let (system, customer) = (try call.path.system("systemId"), try call.path.organisation("orgNo"))
                    let reference = call.path["externalRef"]
                    let request = try await ownRequest(kind, call) {
                        try $0.systemUserRequest(system: system, customer: customer, externalRef: reference)
                    }
                    return .json(answer(request, call))
                },
                Operation(.get, base + "/bysystem/{systemId}", .systemUsers, read, query: Page.parameters) { call in
                    let system = try call.path.system("systemId")
                    guard system.vendor == call.token.consumer else { throw SystemUserProblem.systemNotFound }
                    let requests = try await call.read { try $0.systemUserRequests(of: system) }
                        .filter { $0.kind == kind }
                    return .json(try Page(call.query).answer(requests, of: call) { answer($0, call) })
                },
            ]
        }
    }

    /// The request as its vendor and its customer see it; without a portal it has no link.
    static func answer(_ request: SystemUserRequest, _ call: Call<Store>) -> JSONValue {
        var object = request.jsonObject(at: call.now, portal: call.settings.portalURL ?? "")
        if call.settings.portalURL == nil { object["confirmUrl"] = nil }
        return .object(object)
    }

    /// A request of the kind that the path names, made by the caller.
    private static func ownRequest(
        _ kind: SystemUserKind,
        _ call: Call<Store>,
        _ find: @escaping @Sendable (Store.Reader) throws -> SystemUserRequest?
    ) async throws -> SystemUserRequest {
        let request = try await call.read(find)
        guard let request, request.kind == kind, request.system.vendor == call.token.consumer else {
            throw SystemUserProblem.requestNotFound
        }
        return request
    }
}
