import HTTPServer
import HTTPTypes
import Hummingbird
import JOSE
import NIOCore
import Scopes
import TokenIssuance

/// A path of the self-service API that is open to everybody, answered from memory alone.
struct OpenEndpoint: Endpoint {
    let name: EndpointName
    let path: String
    let description: OperationDescription
    let methods: [HTTPRequest.Method] = [.get, .head]
    let errorForm: ErrorForm? = .registration
    let answer: @Sendable (Query, Request) throws -> Response

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        try answer(try Query(parsing: request.uri.query ?? "", allowing: description.queryNames), request)
    }
}

extension OpenEndpoint {
    /// How long others may keep what is open, in seconds.
    private static let maximumAge = 60

    /// `GET /api/v1/scopes/all`.
    static func scopes(_ listing: ScopeListing, at adminURL: String) -> OpenEndpoint {
        let path = "/api/v1/scopes/all"
        var description = OperationDescription(summary: "All public scopes")
        description.text = "Active scopes that are public, of all owners. No token is needed."
        description.parameters =
            [
                .query("accessible_for_all", .flag, "Those that need no grant, or those that need one."),
                .query(
                    "delegated_sources",
                    .text(),
                    "`true`: those that can be delegated, `false`: the others; or the issuer of a register of delegations."
                ),
                .query(
                    "integration_type",
                    .text(words: ScopeRules.integrationTypes.map { $0.uppercased() } + ScopeRules.integrationTypes),
                    "Those that clients of this type may hold."
                ),
            ] + ListWindow.parameters
        description.answers = [
            .ok(
                .list(.component("Scope_ScopeExternal")),
                "The scopes.",
                fields: [
                    ("ETag", "The version of this list."), ("X-Total-Count", "How many there are in all."),
                    ("Link", "Where the list goes on, `rel=\"next\"` (RFC 8288)."),
                ]
            ),
            Answer(304, "The list is the one that `If-None-Match` names.", nil),
        ]
        return OpenEndpoint(name: .scopeListing, path: path, description: description) { query, request in
            let filter = try filter(query)
            let part = listing.part(filter)
            var fields: HTTPFields = [
                .cacheControl: "public, max-age=\(maximumAge)", .eTag: part.entityTag,
                .totalCount: String(part.total),
            ]
            let end = filter.offset + part.count
            if end < part.total, part.count > 0 {
                let next = query.text(setting: [("offset", String(end)), ("limit", String(filter.limit))])
                fields[.link] = "<\(adminURL.dropLast())\(path)?\(next)>; rel=\"next\""
            }
            if let known = request.headers[.ifNoneMatch], EntityTags.list(known, matches: part.entityTag) {
                return Response(status: .notModified, headers: fields)
            }
            fields[.contentType] = "application/json"
            return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: part.body))
        }
    }

    private typealias Answer = OperationDescription.Answer

    private static func filter(_ query: Query) throws(Problem) -> ScopeListing.Filter {
        var filter = ScopeListing.Filter()
        let window = try ListWindow(query)
        filter.offset = window.offset
        filter.limit = window.limit
        if try query.filled("accessible_for_all") != nil {
            filter.isAccessibleForAll = try query.flag("accessible_for_all")
        }
        switch query["delegated_sources"] {
        case nil: break
        case "true"?: filter.delegation = .any
        case "false"?: filter.delegation = ScopeListing.Filter.Delegation.none
        case let source?: filter.delegation = .source(source)
        }
        if let type = try query.filled("integration_type")?.lowercased() {
            guard ScopeRules.integrationTypes.contains(type) else {
                throw Query.fault(
                    "integration_type",
                    "is none of " + ScopeRules.integrationTypes.map { "`\($0.uppercased())`" }.joined(separator: ", ")
                )
            }
            filter.integrationType = type
        }
        return filter
    }

    /// `GET /api/v1/delegationsources`.
    static func delegationSources(_ listing: ScopeListing, own issuer: String) -> OpenEndpoint {
        var description = OperationDescription(summary: "The registers in which scopes are delegated")
        description.text = "This server's own, and those that public scopes name. No token is needed."
        description.answers = [.ok(.list(.component("DelegationSource")), "The registers.")]
        return OpenEndpoint(
            name: .scopeListing,
            path: "/api/v1/delegationsources",
            description: description
        ) { _, _ in
            let sources = listing.sources.map { source -> JSONValue in
                [
                    "name": .string(source.issuer == issuer ? "portvakt" : host(of: source.issuer)),
                    "issuer": .string(source.issuer), "created": .string("\(source.created)"),
                    "last_updated": .string("\(source.lastUpdated)"),
                ]
            }
            return Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "public, max-age=\(maximumAge)"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONValue.array(sources).encoded()))
            )
        }
    }

    private static func host(of issuer: String) -> String {
        let host = issuer.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
        return host == "www.altinn.no" || host == "tt02.altinn.no" ? "altinn" : host ?? issuer
    }

    /// `GET /openapi.json`.
    static func openAPI(_ document: PublishedDocument) -> OpenEndpoint {
        var description = OperationDescription(summary: "This document")
        description.answers = [
            .ok(.anyObject, "The document.", fields: [("ETag", "Its version.")]),
            Answer(304, "The document is the one that `If-None-Match` names.", nil),
        ]
        return OpenEndpoint(name: .openAPI, path: "/openapi.json", description: description) { _, request in
            document.response(to: request)
        }
    }
}

/// Entity tags that callers send.
enum EntityTags {
    /// RFC 9110 §13.1.2: whether `If-None-Match` names this one; compared weakly.
    static func list(_ field: String, matches entityTag: String) -> Bool {
        field.split(separator: ",").contains { candidate in
            let candidate = candidate.drop { $0 == " " }.prefix { $0 != " " }
            return candidate == "*" || candidate == entityTag || candidate == "W/" + entityTag
        }
    }
}
