import Administration
import Clients
import HTTPServer
import HTTPTypes
import JOSE
import TokenIssuance
import Vocabulary

// The simplified onboarding of consumers (spec §5.2): clients of a description, scopes and keys alone.
extension AdminAPI {
    private static var sharingBase: String { "/api/v1/datasharing/consumer" }

    static var dataSharing: [Operation<Store>] {
        let reads = AccessDemand.anyOf(.dataSharing, .clientsRead, .clientsModify, .clientsWrite)
        let client = OperationDescription.Parameter.query(
            "client_id",
            .clientIdentifier,
            "The client's identifier.",
            required: true
        )
        var access = OperationDescription(summary: "The scopes that the token's organisation has been given")
        access.parameters = ListWindow.parameters
        access.answers = [.ok(.list(.component("ScopeAccess")), "The accesses.", fields: listFields)]
        var list = OperationDescription(summary: "The clients of the token's organisation")
        list.parameters = ListWindow.parameters
        list.answers = [.ok(.list(.component("ClientResponse")), "The clients.", fields: listFields)]
        var add = OperationDescription(summary: "Register a client in the simplified way")
        add.body = .json(.component("SimplifiedClientRequest"))
        add.answers = [.ok(.component("ClientResponse"), "The client, with its identifier.", fields: [entityTag])]
        add.refusals = [.mediaType]
        var remove = OperationDescription(summary: "Deactivate a client")
        remove.parameters = [client, ifMatch]
        remove.answers = [.ok(.component("ClientResponse"), "The client, deactivated.", fields: [entityTag])]
        remove.refusals = [.stale]
        return [
            Operation(.get, sharingBase + "/scope/access", .scopes, reads, access, given),
            Operation(.get, sharingBase + "/client", .clients, reads, list) { call in
                let window = try ListWindow(call.query)
                let registrant = call.registrant(
                    owningWith: [.dataSharing, .clientsRead, .clientsModify, .clientsWrite]
                )
                let clients = try await call.read { try $0.clients(seenBy: registrant, includingInactive: false) }
                return window.answer(
                    window.items(of: clients).map { .object($0.jsonObject) },
                    of: clients.count,
                    in: call
                )
            },
            Operation(.post, sharingBase + "/client", .clients, .anyOf(.dataSharing, .clientsWrite), add) { call in
                let owner = call.token.consumer
                let client = try await BodyFaults.telling(as: "simplifiedClientRequest") {
                    let (draft, keys) = try simplified(try call.object, of: owner)
                    return try await call.act { try $0.createClient(draft, keys: keys).value }
                }
                return .json(.object(client.jsonObject)).of(client.version)
            },
            Operation(
                .delete,
                sharingBase + "/client",
                .clients,
                .anyOf(.dataSharing, .clientsModify, .clientsWrite),
                remove
            ) { call in
                guard let id = try? ClientID(parsing: try call.query.required("client_id")) else {
                    throw Query.fault("client_id", "is no identifier of a client")
                }
                let registrant = call.registrant(owningWith: [.dataSharing, .clientsModify, .clientsWrite])
                let precondition = try call.precondition
                let stopped = try await call.act {
                    try $0.deactivateClient(id, by: registrant, expecting: precondition).value
                }
                return .json(.object(stopped.jsonObject)).of(stopped.version)
            },
        ]
    }

    /// `{description, scopes[], keys?[]}`; the description is the name as well.
    private static func simplified(
        _ object: JSONObject,
        of owner: OrganisationNumber
    ) throws -> (ClientDraft, [JWK]) {
        var full = object
        full["client_name"] = object["description"].flatMap { $0.string }.map { .string(String($0.prefix(255))) } ?? ""
        full["integration_type"] = "maskinporten"
        let request: ClientRequest
        do throws(ClientFaults) { request = try ClientRequest(parsing: full) } catch {
            // The caller knows it by one name only.
            throw ClientFaults(error.faults.map { $0 == .required(.name) ? .required(.description) : $0 })
        }
        var draft = request.draft(owner: owner)
        draft.id = nil
        guard let keys = object["keys"], keys != .null else { return (draft, []) }
        return (draft, try KeyBody.set(keys))
    }
}
