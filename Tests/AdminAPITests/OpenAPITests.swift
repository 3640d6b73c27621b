import Foundation
import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@testable import AdminAPI

@Suite("DESIGN §11: one OpenAPI document, made of the operations")
struct OpenAPITests {
    private func document() throws -> JSONObject {
        let world = try AdminWorld()
        return AdminAPI<TestStore>.openAPI(world.settings)
    }

    @Test func `the committed document is what the code makes`() throws {
        let made = try document().pretty() + "\n"
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/openapi.json").standardized
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" { try Data(made.utf8).write(to: file) }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(made == kept, "docs/openapi.json is another one: make it anew with PORTVAKT_GOLDEN=write")
    }

    @Test func `it is open, and whoever has it is told so`() async throws {
        let world = try AdminWorld()
        let answer = try await world.send(.get, "/openapi.json")
        #expect(answer.status == .ok)
        #expect(try answer.object() == AdminAPI<TestStore>.openAPI(world.settings))
        let tag = try #require(answer.headers[.eTag])
        let known = try await world.send(.get, "/openapi.json", headers: [.ifNoneMatch: tag])
        #expect(known.status == .notModified)
    }

    @Test func `every operation is in it, with its scopes, and nothing else`() throws {
        let paths = try #require(document()["paths"]?.object)
        var described: Set<String> = []
        for path in paths.members {
            for method in try #require(path.value.object).members { described.insert("\(method.name) \(path.name)") }
        }
        let operations = AdminAPI<TestStore>.operations
        let open: Set = ["get /api/v1/scopes/all", "get /api/v1/delegationsources", "get /openapi.json"]
        #expect(described == Set(operations.map { "\($0.method.rawValue.lowercased()) \($0.path.text)" }).union(open))
        for operation in operations {
            let item = try #require(paths[operation.path.text]?[operation.method.rawValue.lowercased()])
            let security = try #require(item["security"]?.array).compactMap { $0["portvakt"]?.strings?.first }
            #expect(security == operation.access.scopes.map(\.rawValue), "\(operation.path.text)")
        }
        for path in open {
            let item = try #require(paths[String(path.dropFirst(4))]?["get"])
            #expect(item["security"]?.array?.isEmpty == true)
        }
    }

    @Test func `every reference leads somewhere, every identifier is one, every parameter of a path is there`() throws {
        let document = try document()
        var references: Set<String> = []
        func visit(_ value: JSONValue) {
            if let reference = value["$ref"]?.string { references.insert(reference) }
            value.object?.members.forEach { visit($0.value) }
            value.array?.forEach(visit)
        }
        visit(.object(document))
        #expect(references.count > 20)
        for reference in references {
            var value: JSONValue? = .object(document)
            for part in reference.dropFirst(2).split(separator: "/") { value = value?[String(part)] }
            #expect(value != nil, "\(reference)")
        }
        var identifiers: [String] = []
        for path in try #require(document["paths"]?.object).members {
            for operation in try #require(path.value.object).members {
                identifiers.append(try #require(operation.value["operationId"]?.string))
                let inPath = operation.value["parameters"]?.array?.filter { $0["in"] == "path" } ?? []
                let named = path.name.split(separator: "/").filter { $0.hasPrefix("{") }
                    .map { String($0.dropFirst().dropLast()) }
                #expect(Set(inPath.compactMap { $0["name"]?.string }) == Set(named), "\(path.name)")
                #expect(inPath.allSatisfy { $0["required"] == true })
            }
        }
        #expect(Set(identifiers).count == identifiers.count)
    }
}

@Suite("The OpenAPI document is true: each operation answers as it says")
struct OpenAPITruthTests {
    /// What fills the paths of operations: things that there are, so that their own answers are seen.
    private func path(_ operation: APIOperation, client: String) -> String {
        var text = operation.path.text
        let samples: [String: String] = [
            "{client_id}": client, "{kid}": "a", "{orgno}": "\(AdminWorld.consumer)",
            "{consumer_orgno}": "\(AdminWorld.consumer)", "{party}": "\(AdminWorld.consumer)", "{partyId}": "1",
            "{id}": operation.isSelfService ? "kunde" : "acme-demo", "{systemId}": "x", "{orgNo}": "y",
            "{externalRef}": "z", "{requestId}": "r", "{systemUserId}": "u",
        ]
        for (name, sample) in samples { text = text.replacing(name, with: sample) }
        var query: [String] = []
        for parameter in operation.description.parameters where parameter.place == .query && parameter.isRequired {
            query.append(parameter.name == "scope" ? "scope=acme:read" : "\(parameter.name)=\(client)")
        }
        return query.isEmpty ? text : text + "?" + query.joined(separator: "&")
    }

    /// Operations that want a state of their own to succeed, which other suites make.
    private static let triedElsewhere = [
        "/api/v1/explain", "/api/v1/scopes/access/request", "/api/v1/scopes/access/terms",
        "/api/v1/scopes/access/agreements", "/api/v1/audit/proof",
    ]

    /// A client without scopes.
    private static let draft = SelfServiceWorld.draft.replacing("[\"acme:read\"]", with: "[]")

    /// A body that is taken.
    private func body(_ operation: APIOperation) -> String? {
        let references = operation.description.body?.forms.compactMap { $0.schema.object["$ref"]?.string }
        guard let schema = references?.first else { return operation.description.body == nil ? nil : "{}" }
        return switch schema.split(separator: "/").last {
        case "AddClientRequest", "UpdateClientRequest": Self.draft
        case "JsonWebKeySetRequest": SelfServiceWorld.set("a")
        case "JsonWebKey": SelfServiceWorld.jwk("b").pretty()
        case "ClientOnBehalfOfRequest":
            #"{"onbehalfof": "kunde", "name": "Kunde", "orgno": "\#(AdminWorld.stranger)"}"#
        case "ScopeRequest": #"{"prefix": "acme", "subscope": "new", "description": "New"}"#
        case "SimplifiedClientRequest": #"{"description": "Simple", "scopes": []}"#
        default: "{}"
        }
    }

    @Test(arguments: AdminAPI<TestStore>.operations.indices)
    func `status, media type and form of the answer are among those described`(index: Int) async throws {
        let operation = AdminAPI<TestStore>.operations[index]
        let here = try SelfServiceWorld()
        let world = here.world
        // The owner of the scopes has a client with a key and an entry.
        let client = try await here.client(Self.draft, of: AdminWorld.owner).id
        _ = try await world.call(
            .put,
            "/api/v1/clients/\(client)/jwks",
            .clientsWrite,
            body: SelfServiceWorld.set("a")
        )
        _ = try await world.call(
            .post,
            "/api/v1/clients/\(client)/onbehalfof",
            .onBehalfOfWrite,
            .clientsWrite,
            body: #"{"onbehalfof": "kunde", "name": "Kunde", "orgno": "\#(AdminWorld.stranger)"}"#
        )
        let described = try OpenAPIReading(
            AdminAPI<TestStore>.openAPI(world.settings),
            operation.method.rawValue.lowercased(),
            operation.path.text
        )
        let scopes = (operation.access.scopes + (operation.access.isPersonal ? [.portal] : [])).map(\.rawValue)
        // Entries of others than its own client are kept with more rights.
        var claims = world.claims(
            Array(Set(scopes + (operation.isSelfService ? ["idporten:dcr.write"] : []))),
            pid: operation.access.isPersonal ? AdminWorld.director : nil
        )
        let headers: HTTPFields = operation.access.isPersonal ? [.authenticationLevel: "3"] : [:]
        let path = path(operation, client: client)
        let good = try await world.send(
            operation.method,
            path,
            token: world.mint(claims),
            headers: headers,
            body: body(operation)
        )
        try described.check(good)
        if operation.isSelfService, !Self.triedElsewhere.contains(where: { operation.path.text.hasPrefix($0) }) {
            #expect(operation.description.answers.map(\.status).contains(Int(good.status.code)), "\(good.text)")
        }
        // And the refusals that anybody may meet.
        try described.check(try await world.send(operation.method, path, body: body(operation)))
        try described.check(
            try await world.send(
                operation.method,
                path + (path.contains("?") ? "&" : "?") + "nonsense=1",
                token: world.mint(claims),
                headers: headers
            )
        )
        claims["scope"] = "altinn:other"
        try described.check(try await world.send(operation.method, path, token: world.mint(claims), headers: headers))
    }
}

/// Reads one operation of a document, and compares answers with it.
struct OpenAPIReading {
    let document: JSONObject
    let responses: JSONObject
    let name: String

    init(_ document: JSONObject, _ method: String, _ path: String) throws {
        self.document = document
        name = "\(method) \(path)"
        responses = try #require(document["paths"]?[path]?[method]?["responses"]?.object)
    }

    func check(_ answer: TestResponse, sourceLocation: SourceLocation = #_sourceLocation) throws {
        guard let response = resolve(responses[String(answer.status.code)]) else {
            Issue.record("\(name): \(answer.status) is not described: \(answer.text)", sourceLocation: sourceLocation)
            return
        }
        guard let content = response["content"]?.object else {
            #expect(answer.text.isEmpty, "\(name): a body that is not described", sourceLocation: sourceLocation)
            return
        }
        let type = (answer.headers[.contentType] ?? "").split(separator: ";").first.map(String.init) ?? ""
        guard let form = content[type] else {
            Issue.record("\(name): the media type \(type) is not described", sourceLocation: sourceLocation)
            return
        }
        guard type.hasSuffix("json") else { return }
        let faults = faults(in: try answer.json(), as: form["schema"], at: "$")
        #expect(faults.isEmpty, "\(name) \(answer.status): \(faults)", sourceLocation: sourceLocation)
    }

    private func resolve(_ value: JSONValue?) -> JSONValue? {
        guard let reference = value?["$ref"]?.string else { return value }
        var found: JSONValue? = .object(document)
        for part in reference.dropFirst(2).split(separator: "/") { found = found?[String(part)] }
        return found
    }

    /// The part of JSON Schema that the document uses of answers.
    private func faults(in value: JSONValue, as schema: JSONValue?, at place: String) -> [String] {
        guard let schema = resolve(schema)?.object else { return [] }
        if let alternatives = schema["anyOf"]?.array {
            return alternatives.contains { faults(in: value, as: $0, at: place).isEmpty }
                ? [] : ["\(place) fits no alternative"]
        }
        let types = schema["type"]?.strings ?? schema["type"]?.string.map { [$0] } ?? []
        guard types.isEmpty || types.contains(where: { value.isOf($0) }) else {
            return ["\(place) is no \(types.joined(separator: " or "))"]
        }
        var found: [String] = []
        if let words = schema["enum"]?.array, !words.contains(value) { found.append("\(place) is none of \(words)") }
        if let object = value.object {
            for name in schema["required"]?.strings ?? [] where !object.contains(name) {
                found.append("\(place).\(name) is missing")
            }
            for member in object.members {
                found += faults(in: member.value, as: schema["properties"]?[member.name], at: "\(place).\(member.name)")
            }
        }
        for (index, element) in (value.array ?? []).enumerated() {
            found += faults(in: element, as: schema["items"], at: "\(place)[\(index)]")
        }
        return found
    }
}

extension JSONValue {
    fileprivate func isOf(_ type: String) -> Bool {
        switch type {
        case "object": object != nil
        case "array": array != nil
        case "string": string != nil
        case "integer": integer != nil
        case "number": number != nil
        case "boolean": bool != nil
        case "null": self == .null
        default: false
        }
    }
}
