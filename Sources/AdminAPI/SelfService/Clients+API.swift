import Administration
import Clients
import HTTPServer
import HTTPTypes
import JOSE
import Vocabulary

// Clients (spec §5.2, §5.3).
extension AdminAPI {
    static var selfService: [Operation<Store>] {
        clients + clientKeys + onBehalfOfEntries + ownScopes + accesses + selfServiceOrganisations + dataSharing
    }

    static var clientsBase: String { "/api/v1/clients" }

    /// Who may look at clients.
    static var readsClients: AccessDemand { .anyOf(.clientsRead, .clientsModify, .clientsWrite, .clientsSupplier) }
    /// Who may change clients.
    static var modifiesClients: AccessDemand { .anyOf(.clientsModify, .clientsWrite, .clientsSupplier) }

    private static var clients: [Operation<Store>] {
        var list = OperationDescription(summary: "The clients of the token's organisation, and those that it supplies")
        list.parameters =
            [.query("inactive", .flag, "Whether deactivated ones are listed as well.")] + ListWindow.parameters
        list.answers = [.ok(.list(.component("ClientResponse")), "The clients.", fields: listFields)]
        var add = OperationDescription(summary: "Register a client")
        add.text = """
            The token's organisation becomes its owner. With `idporten:dcr.supplier` `client_orgno` names the customer, and the \
            token's organisation stands in `supplier_orgno`.
            """
        add.body = .json(.component("AddClientRequest"))
        add.answers = [
            .ok(
                .component("ClientResponse"),
                "The client, with its identifier.",
                fields: [entityTag, ("Location", "Where it is.")]
            )
        ]
        add.refusals = [.mediaType]
        return [
            Operation(.get, clientsBase, .clients, readsClients, list) { call in
                let window = try ListWindow(call.query)
                let inactive = try call.query.flag("inactive")
                let registrant = call.reader
                let clients = try await call.read { try $0.clients(seenBy: registrant, includingInactive: inactive) }
                return window.answer(
                    window.items(of: clients).map { .object($0.jsonObject) },
                    of: clients.count,
                    in: call
                )
            },
            Operation(.post, clientsBase, .clients, .anyOf(.clientsWrite, .clientsSupplier), add) { call in
                let registrant = call.registrant(owningWith: [.clientsWrite])
                let client = try await BodyFaults.telling(as: "addClientRequest") {
                    let request = try ClientRequest(parsing: try call.object)
                    return try await call.act { try $0.registerClient(request, by: registrant).value }
                }
                return answer(client).with(
                    .location,
                    "\(call.address)/\(PercentEncoding.encode(client.id.rawValue))"
                )
            },
        ] + oneClient
    }

    private static var oneClient: [Operation<Store>] {
        let path = clientsBase + "/{client_id}"
        var get = OperationDescription(summary: "One client")
        get.parameters = [clientParameter]
        get.answers = [.ok(.component("ClientResponse"), "The client.", fields: [entityTag])]
        var put = OperationDescription(summary: "Change a client")
        put.text = """
            The whole client; what is left out is cleared. Only `active` stays as it is when it is left out. Owner, supplier, \
            identifier and integration type cannot be changed.
            """
        put.parameters = [clientParameter, ifMatch]
        put.body = .json(.component("UpdateClientRequest"))
        put.answers = [.ok(.component("ClientResponse"), "The client as it is now.", fields: [entityTag])]
        put.refusals = [.stale, .mediaType]
        var delete = OperationDescription(summary: "Deactivate a client")
        delete.text =
            "It gets no token from now on. Nothing is erased: `PUT` with `active: true` takes it back into use."
        delete.parameters = [clientParameter, ifMatch]
        delete.answers = [.ok(.component("ClientResponse"), "The client, deactivated.", fields: [entityTag])]
        delete.refusals = [.stale]
        return [
            Operation(.get, path, .clients, readsClients, get) { call in
                let (id, registrant) = (try call.clientInPath, call.reader)
                return answer(try await call.read { try $0.client(id, seenBy: registrant) })
            },
            Operation(.put, path, .clients, modifiesClients, put) { call in
                let (id, registrant, precondition) = (try call.clientInPath, call.modifier, try call.precondition)
                return answer(
                    try await BodyFaults.telling(as: "updateClientRequest") {
                        let request = try ClientRequest(parsing: try call.object)
                        return try await call.act {
                            try $0.changeClient(id, to: request, by: registrant, expecting: precondition).value
                        }
                    }
                )
            },
            Operation(.delete, path, .clients, modifiesClients, delete) { call in
                let (id, registrant, precondition) = (try call.clientInPath, call.modifier, try call.precondition)
                return answer(
                    try await call.act { try $0.deactivateClient(id, by: registrant, expecting: precondition).value }
                )
            },
        ]
    }

    private static func answer(_ client: Client) -> APIAnswer {
        .json(.object(client.jsonObject)).of(client.version)
    }

    // MARK: What descriptions have in common

    static var clientParameter: OperationDescription.Parameter {
        .path("client_id", .clientIdentifier, "The client's identifier.")
    }

    static var ifMatch: OperationDescription.Parameter {
        .header(
            "If-Match",
            .entityTags,
            "The `ETag` of what is to be changed; of another version nothing is changed, and the answer is 412."
        )
    }

    static var entityTag: (name: String, meaning: String) { ("ETag", "The version, for `If-Match`.") }

    static var listFields: [(name: String, meaning: String)] { ListWindow.fields }
}
