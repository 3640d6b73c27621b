import Administration
import Clients
import HTTPServer
import HTTPTypes
import JOSE
import Vocabulary

// Keys of clients (spec §5.4).
extension AdminAPI {
    static var clientKeys: [Operation<Store>] { keySet + oneKey }

    private static var keySet: [Operation<Store>] {
        let path = clientsBase + "/{client_id}/jwks"
        var get = OperationDescription(summary: "The keys of a client")
        get.parameters = [clientParameter]
        get.answers = [.ok(.component("JsonWebKeySet"), "The key set.", fields: [entityTag])]
        var delete = OperationDescription(summary: "Remove all keys of a client")
        delete.text = "It cannot authenticate until it gets a key again."
        delete.parameters = [clientParameter, ifMatch]
        delete.answers = [.ok(nil, "Done.")]
        delete.refusals = [.stale]
        return [
            Operation(.get, path, .clients, readsClients, get) { call in
                let (id, registrant) = (try call.clientInPath, call.reader)
                let client = try await call.read { try $0.client(id, seenBy: registrant) }
                guard !client.keys.isEmpty else { throw SelfServiceRefusal.noKeys(id) }
                return answer(client)
            },
            replacing(.post, path),
            replacing(.put, path),
            Operation(.delete, path, .clients, modifiesClients, delete) { call in
                let (id, registrant, precondition) = (try call.clientInPath, call.modifier, try call.precondition)
                _ = try await call.act { try $0.removeKeys(of: id, by: registrant, expecting: precondition) }
                return .done
            },
        ]
    }

    /// Both methods replace the whole set (spec §5.4).
    private static func replacing(_ method: HTTPRequest.Method, _ path: String) -> Operation<Store> {
        var replace = OperationDescription(summary: "Replace all keys of a client")
        replace.text = """
            `POST` and `PUT` alike put the set in place of all keys. Whoever reads a set, adds a key and sends it back loses what \
            others added meanwhile, unless `If-Match` names the set that was read; to add one key there is \
            `POST /api/v2/clients/{client_id}/key`.
            """
        replace.parameters = [clientParameter, ifMatch]
        replace.body = .json(.component("JsonWebKeySetRequest"))
        replace.answers = [.ok(.component("JsonWebKeySet"), "The key set as it is now.", fields: [entityTag])]
        replace.refusals = [.stale, .mediaType]
        return Operation(method, path, .clients, modifiesClients, replace) { call in
            let (id, registrant, precondition) = (try call.clientInPath, call.modifier, try call.precondition)
            return answer(
                try await BodyFaults.telling(as: "jsonWebKeySet") {
                    let set = try KeyBody.set(try call.json().value)
                    return try await call.act {
                        try $0.replaceKeys(of: id, with: set, by: registrant, expecting: precondition).value
                    }
                }
            )
        }
    }

    private static var oneKey: [Operation<Store>] {
        var remove = OperationDescription(summary: "Remove one key of a client")
        remove.parameters = [clientParameter, .path("kid", .text(), "The key's identifier."), ifMatch]
        remove.answers = [.ok(.component("JsonWebKeySet"), "The keys that are left.", fields: [entityTag])]
        remove.refusals = [.stale]
        var add = OperationDescription(summary: "Add one key to a client")
        add.text = """
            A JWK, or a public key in PEM. A PEM key gets its thumbprint (RFC 7638) as `kid`, and the usual algorithm of its kind. \
            The very same key begins a new year.
            """
        add.parameters = [clientParameter, ifMatch]
        add.body = OperationDescription.Body(
            forms: [
                ("text/plain", .text(least: 1)), ("application/json", .component("JsonWebKey")),
                ("application/x-pem-file", .text(least: 1)),
            ],
            isRequired: true,
            limit: 64 * 1024
        )
        add.answers = [.ok(.component("JsonWebKeySet"), "The key set as it is now.", fields: [entityTag])]
        add.refusals = [.stale, .mediaType]
        return [
            Operation(.delete, clientsBase + "/{client_id}/jwks/{kid}", .clients, modifiesClients, remove) { call in
                let (id, registrant, precondition) = (try call.clientInPath, call.modifier, try call.precondition)
                guard let kid = try? KeyID(parsing: call.path["kid"]) else {
                    throw Problem.unknown("key of that identifier")
                }
                return answer(
                    try await call.act {
                        try $0.removeKey(kid, from: id, by: registrant, expecting: precondition).value
                    }
                )
            },
            Operation(.post, "/api/v2/clients/{client_id}/key", .clients, modifiesClients, add) { call in
                let (id, registrant, precondition) = (try call.clientInPath, call.modifier, try call.precondition)
                return answer(
                    try await BodyFaults.telling(as: "jsonWebKey") {
                        let key = try KeyBody.one(call.body)
                        return try await call.act {
                            try $0.addKey(key, to: id, by: registrant, expecting: precondition).value
                        }
                    }
                )
            },
        ]
    }

    private static func answer(_ client: Client) -> APIAnswer {
        .json(.object(client.keySetObject)).of(client.keySetVersion)
    }
}
