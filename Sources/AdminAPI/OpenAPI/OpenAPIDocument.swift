import HTTPServer
import HTTPTypes
import JOSE
import TokenIssuance

/// The OpenAPI 3.1 document of the admin listener, made from the operations themselves.
struct OpenAPIDocument {
    /// An operation as the document needs it, of whatever store.
    struct Entry: Sendable {
        let method: String
        let path: String
        let tag: String
        /// What its token must be; nil: it is open.
        let access: AccessDemand?
        let description: OperationDescription
        /// Whether its refusals have the members of the self-service API's errors.
        let isSelfService: Bool
    }

    let entries: [Entry]
    let adminURL: String
    let tokenEndpoint: String

    /// The whole document.
    var object: JSONObject {
        var paths = JSONObject()
        for (path, group) in Dictionary(grouping: entries, by: \.path).sorted(by: { $0.key < $1.key }) {
            var item = JSONObject()
            for entry in group.sorted(by: { $0.method < $1.method }) {
                item[entry.method.lowercased()] = .object(operation(entry))
            }
            paths[path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Portvakt administration",
                "version": "1",
                "description": .string(Self.introduction),
            ],
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "servers": [["url": .string(String(adminURL.dropLast()))]],
            "tags": .array(Set(entries.map(\.tag)).sorted().map { ["name": .string($0)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "responses": .object(Self.responses),
                "securitySchemes": ["portvakt": .object(securityScheme)],
            ],
        ]
    }

    private static let introduction = """
        The self-service API (`/api/v1`, `/api/v2`), the operator's API (`/api/portvakt/v1`) and the APIs of Altinn's shape. Every \
        call but the open ones shows an access token of this very server, issued for `admin_url`.
        """

    private var securityScheme: JSONObject {
        var scopes = JSONObject()
        for scope in Set(entries.flatMap { $0.access?.scopes ?? [] }).sorted(by: { $0.rawValue < $1.rawValue }) {
            scopes[scope.rawValue] = ""
        }
        return [
            "type": "oauth2",
            "description":
                "The JWT grant (RFC 7523 §2.1), or client credentials with `private_key_jwt` (RFC 7523 §2.2).",
            "flows": ["clientCredentials": ["tokenUrl": .string(tokenEndpoint), "scopes": .object(scopes)]],
        ]
    }

    private var schemas: JSONObject {
        var object = JSONObject()
        for component in SelfServiceSchemas.all { object[component.name] = .object(component.schema.object) }
        return object
    }

    // MARK: Operations

    private func operation(_ entry: Entry) -> JSONObject {
        let description = entry.description
        var object: JSONObject = [
            "tags": [.string(entry.tag)], "summary": .string(description.summary),
            "operationId": .string(Self.identifier(of: entry)),
        ]
        if let text = description.text { object["description"] = .string(text) }
        let parameters = self.parameters(of: entry)
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let body = description.body { object["requestBody"] = .object(Self.body(body)) }
        object["responses"] = .object(responses(of: entry))
        // One of the scopes is enough: alternatives, each of one scheme.
        object["security"] = .array(
            (entry.access?.scopes ?? []).map { scope in
                let personal: [AdministrativeScope] =
                    entry.access?.isPersonal == true && scope != .portal ? [.portal] : []
                return ["portvakt": .strings(([scope] + personal).map(\.rawValue))]
            }
        )
        return object
    }

    /// `get_api_v1_clients_client_id`.
    private static func identifier(of entry: Entry) -> String {
        let path = entry.path.map { $0.isLetter || $0.isNumber ? $0 : "_" }
        return entry.method.lowercased()
            + String(path).split(separator: "_", omittingEmptySubsequences: true).map { "_" + $0 }.joined()
    }

    private func parameters(of entry: Entry) -> [JSONValue] {
        var described = entry.description.parameters
        let named = Set(described.filter { $0.place == .path }.map(\.name))
        let missing = entry.path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }.filter { !named.contains($0) }
        described = missing.map { .path($0, .text(least: 1), "") } + described
        if entry.access?.isPersonal == true {
            described.append(
                .header(
                    "Portvakt-Authentication-Level",
                    .number(0, to: 4),
                    "How surely the portal knows the person."
                )
            )
        }
        return described.map { parameter in
            var object: JSONObject = ["name": .string(parameter.name), "in": .string(parameter.place.rawValue)]
            if !parameter.meaning.isEmpty { object["description"] = .string(parameter.meaning) }
            object["required"] = .bool(parameter.isRequired)
            object["schema"] = .object(parameter.schema.object)
            return .object(object)
        }
    }

    private static func body(_ body: OperationDescription.Body) -> JSONObject {
        var content = JSONObject()
        for form in body.forms { content[form.mediaType] = ["schema": .object(form.schema.object)] }
        return ["required": .bool(body.isRequired), "content": .object(content)]
    }

    // MARK: Answers

    private func responses(of entry: Entry) -> JSONObject {
        var object = JSONObject()
        for answer in entry.description.answers.sorted(by: { $0.status < $1.status }) {
            object[String(answer.status)] = .object(Self.answer(answer))
        }
        for status in refusals(of: entry).sorted() {
            object[String(status)] = [
                "$ref": .string("#/components/responses/\(entry.isSelfService ? "Api" : "")Problem\(status)")
            ]
        }
        return object
    }

    /// The statuses of refusals: those of its own, and those that any such operation may answer with.
    private func refusals(of entry: Entry) -> Set<Int> {
        var statuses: Set<Int> = [400, 421, 429, 500, 503]
        if entry.access != nil { statuses.formUnion([401, 403, 404]) }
        if entry.description.body != nil { statuses.insert(413) }
        // Whatever changes something may not fit what is there.
        if entry.method != "GET" { statuses.insert(409) }
        statuses.formUnion(entry.description.refusals.map(\.rawValue))
        return statuses
    }

    private static func answer(_ answer: OperationDescription.Answer) -> JSONObject {
        var object: JSONObject = ["description": .string(answer.meaning)]
        if !answer.fields.isEmpty {
            var headers = JSONObject()
            for field in answer.fields {
                headers[field.name] = ["description": .string(field.meaning), "schema": ["type": "string"]]
            }
            object["headers"] = .object(headers)
        }
        if let schema = answer.schema {
            var content = JSONObject()
            content[answer.mediaType] = ["schema": .object(schema.object)]
            object["content"] = .object(content)
        }
        return object
    }

    /// What refusals look like, in both forms of the listener.
    private static var responses: JSONObject {
        let meanings: [(Int, String)] = [
            (400, "The request is malformed, or a rule forbids the act; nothing was changed."),
            (401, "No access token, or none that is acceptable."), (403, "The token does not allow it."),
            (404, "There is no such thing, or not for this token."), (409, "Something by that name is there already."),
            (412, "It is another version than `If-Match` names; nothing was changed."), (413, "The body is too large."),
            (415, "The body is of a media type that is not read."), (421, "The `Host` is none of this server's."),
            (429, "Too many requests; `Retry-After` tells when to come again."), (500, "A fault of the server's."),
            (503, "The server cannot answer at the moment; `Retry-After` tells when to come again."),
        ]
        var object = JSONObject()
        for (prefix, schema) in [("", "Problem"), ("Api", "ApiErrorResponse")] {
            for (status, meaning) in meanings {
                object["\(prefix)Problem\(status)"] = [
                    "description": .string(meaning),
                    "content": [
                        "application/problem+json": ["schema": ["$ref": .string("#/components/schemas/\(schema)")]]
                    ],
                ]
            }
        }
        return object
    }
}
