import Administration
import Clients
import HTTPServer
import HTTPTypes
import JOSE
import TokenIssuance
import Vocabulary

/// What is wrong with an on-behalf-of entry that a request describes.
struct EntryFaults: Error, Sendable {
    let faults: [BodyFaults.Fault]
    /// Whether its form is wrong, and not only that it is another entry than the path names.
    let isOfForm: Bool
}

// On-behalf-of entries (spec §5.5).
extension AdminAPI {
    static var onBehalfOfEntries: [Operation<Store>] {
        let path = clientsBase + "/{client_id}/onbehalfof"
        let reads = AccessDemand.anyOf(.clientsRead, .clientsModify, .clientsWrite, .onBehalfOfWrite)
        let writes = AccessDemand.anyOf(.onBehalfOfWrite)
        let entry = OperationDescription.Parameter.path("id", .text(), "The entry's value, `onbehalfof`.")
        var list = OperationDescription(summary: "The on-behalf-of entries of a client")
        list.parameters = [clientParameter] + ListWindow.parameters
        list.answers = [.ok(.list(.component("ClientOnBehalfOf")), "The entries.", fields: listFields)]
        var add = OperationDescription(summary: "Put an on-behalf-of entry on a client")
        add.text = """
            An entry of the same value and customer is changed. With `idporten:dcr/onbehalfof:write` alone a client keeps its own \
            entries; with `idporten:dcr.modify` or `idporten:dcr.write` beside it, those of all clients of its organisation.
            """
        add.parameters = [clientParameter]
        add.body = .json(.component("ClientOnBehalfOfRequest"))
        add.answers = [.ok(.component("ClientOnBehalfOf"), "The entry.")]
        add.refusals = [.mediaType]
        var change = OperationDescription(summary: "Change an on-behalf-of entry")
        change.parameters = [clientParameter, entry]
        change.body = .json(.component("ClientOnBehalfOfRequest"))
        change.answers = add.answers
        change.refusals = [.mediaType]
        var remove = OperationDescription(summary: "Take an on-behalf-of entry from a client")
        remove.parameters = [clientParameter, entry]
        remove.answers = [.ok(nil, "Done.")]
        return [
            Operation(.get, path, .clients, reads, list) { call in
                let (id, window) = (try call.clientInPath, try ListWindow(call.query))
                let registrant = try keeper(of: id, call, [.clientsRead, .clientsModify, .clientsWrite])
                let entries = try await call.read { try $0.client(id, seenBy: registrant) }.onBehalfOf
                return window.answer(window.items(of: entries).map(answer), of: entries.count, in: call)
            },
            Operation(.post, path, .clients, writes, add) { try await put($0, value: nil) },
            Operation(.put, path + "/{id}", .clients, writes, change) { try await put($0, value: $0.path["id"]) },
            Operation(.delete, path + "/{id}", .clients, writes, remove) { call in
                let (id, value) = (try call.clientInPath, call.path["id"])
                let registrant = try keeper(of: id, call, [.clientsModify, .clientsWrite])
                try await call.act { try $0.removeEntry(value, from: id, by: registrant) }
                return .done
            },
        ]
    }

    /// Whoever keeps entries of a client; with the narrow scope alone it is the client itself (spec §5.1).
    private static func keeper(
        of id: ClientID,
        _ call: Call<Store>,
        _ scopes: [AdministrativeScope]
    ) throws(SelfServiceRefusal) -> Registrant {
        guard call.token.holds(anyOf: scopes) || id == call.token.client else { throw .ownEntriesOnly }
        return call.registrant(owningWith: scopes + [.onBehalfOfWrite])
    }

    private static func put(_ call: Call<Store>, value: String?) async throws -> APIAnswer {
        let id = try call.clientInPath
        let registrant = try keeper(of: id, call, [.clientsModify, .clientsWrite])
        let entry = try await BodyFaults.telling(as: "clientOnBehalfOf") {
            let entry = try Self.entry(in: try call.object, value: value, at: call.now)
            return try await call.act {
                try $0.putEntry(entry, on: id, by: registrant, replacing: value != nil).value
            }
        }
        return .json(answer(entry))
    }

    private static func answer(_ entry: OnBehalfOfEntry) -> JSONValue {
        var object: JSONObject = [
            "onbehalfof": .string(entry.value), "name": .string(entry.name), "orgno": .string("\(entry.consumer)"),
        ]
        object["description"] = entry.description.map { .string($0) }
        object["client_uri"] = entry.uri.map { .string($0) }
        object["created"] = .string("\(entry.created)")
        object["last_updated"] = .string("\(entry.lastUpdated)")
        return .object(object)
    }

    /// Reads an entry; `display_name` and `url` are the names of older documentation.
    private static func entry(
        in object: JSONObject,
        value: String?,
        at now: Timestamp
    ) throws(EntryFaults) -> OnBehalfOfEntry {
        var faults: [BodyFaults.Fault] = []
        func text(_ names: String...) -> String? {
            for name in names {
                guard let member = object[name], member != .null else { continue }
                if let text = member.string { return text.isEmpty ? nil : text }
                faults.append(.init(text: "`\(name)` must be text", field: name))
            }
            return nil
        }
        let found = text("onbehalfof")
        let name = text("name", "display_name")
        let customer = text("orgno")
        let description = text("description")
        let uri = text("client_uri", "url")
        let told = Set(faults.compactMap(\.field))
        func require(_ field: String, _ what: String) {
            if !told.contains(field) { faults.append(.init(text: what, field: field)) }
        }
        let isAnother = value != nil && found != nil && found != value
        if isAnother {
            require("onbehalfof", "`onbehalfof` cannot be changed: it is not the entry that the path names")
        }
        if value ?? found == nil { require("onbehalfof", "`onbehalfof` must be given") }
        if name == nil, !told.contains("display_name") { require("name", "`name` must be given") }
        let number = customer.flatMap { try? OrganisationNumber(parsing: $0) }
        if number == nil { require("orgno", "`orgno` must be an organisation number with a right check digit") }
        guard faults.isEmpty, let value = value ?? found, let name, let number else {
            throw EntryFaults(faults: faults, isOfForm: !isAnother || faults.count > 1)
        }
        return OnBehalfOfEntry(
            value: value,
            consumer: number,
            name: name,
            description: description,
            uri: uri,
            created: now
        )
    }
}
