import Administration
import AuditLedger
import Clients
import Foundation
import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import LibCrypto
import NIOCore
import SQLiteStorage
import Scopes
import TestSupport
import TestTokens
import Testing
import Vocabulary

@testable import AdminAPI

/// A world with a scope of the owner's that the consumer may use.
struct SelfServiceWorld {
    static let prefix = "acme"
    let world: AdminWorld

    init() throws {
        world = try AdminWorld()
        try world.know(
            AdminWorld.owner,
            AdminWorld.consumer,
            AdminWorld.supplier,
            AdminWorld.stranger,
            AdminWorld.operatorOrganisation
        )
        try world.act { administration in
            try administration.assignPrefix(ScopePrefix(parsing: Self.prefix), to: AdminWorld.owner)
            for name in ["acme:read", "acme:write"] {
                try administration.createScope(
                    AdminWorld.scope(name),
                    [.description: .text("Something")],
                    origin: "test"
                )
            }
            try administration.grantAccess(
                to: AdminWorld.scope("acme:read"),
                for: AdminWorld.consumer,
                origin: "test"
            )
            try administration.grantAccess(
                to: AdminWorld.scope("acme:read"),
                for: AdminWorld.supplier,
                origin: "test"
            )
        }
    }

    static let draft = """
        {"integration_type": "maskinporten", "client_name": "payroll-batch", "description": "Nightly income lookup", \
        "application_type": "web", "token_endpoint_auth_method": "private_key_jwt", \
        "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "scopes": ["acme:read"], \
        "access_token_lifetime": 120}
        """

    /// Registers a client of the consumer's.
    func client(
        _ body: String = SelfServiceWorld.draft,
        of organisation: OrganisationNumber = AdminWorld.consumer
    ) async throws -> (id: String, tag: String) {
        let answer = try await world.call(.post, "/api/v1/clients", .clientsWrite, of: organisation, body: body)
        #expect(answer.status == .ok, "\(answer.text)")
        return (
            try #require(answer.object()["client_id"]?.string), try #require(answer.headers[.eTag])
        )
    }

    /// A key of its own, as a JWK.
    static func jwk(_ kid: String, _ key: PublicKey = TestKeys.p256.publicKey) -> JSONObject {
        JWK(key, keyID: kid, algorithm: .preferred(for: key.kind)).object
    }

    static func set(_ kids: String...) -> String {
        JSONObject(dictionaryLiteral: ("keys", .array(kids.map { .object(jwk($0)) }))).pretty()
    }
}

@Suite("Self-service API §5.2, §5.3: clients")
struct SelfServiceClientsTests {
    private let consumer = AdminWorld.consumer

    @Test func `a client is registered, read, changed, deactivated and taken back into use`() async throws {
        let (here, path) = (try SelfServiceWorld(), "/api/v1/clients")
        let made = try await here.world.call(
            .post,
            path,
            .clientsWrite,
            of: consumer,
            body: SelfServiceWorld.draft
        )
        #expect(made.status == .ok)
        let object = try made.object()
        let id = try #require(object["client_id"]?.string)
        #expect(made.headers[.location] == "http://localhost/api/v1/clients/\(id)")
        #expect(object["client_orgno"] == .string("\(consumer)") && object["active"] == true)
        #expect(object["created"] != nil && object["refresh_token_usage"] == "ONETIME")
        let one = path + "/\(id)"
        let read = try await here.world.call(.get, one, .clientsRead, of: consumer)
        #expect(try read.object() == object && read.headers[.eTag] == made.headers[.eTag])
        let other = SelfServiceWorld.draft.replacing("payroll-batch", with: "payroll-online")
        let changed = try await here.world.call(.put, one, .clientsModify, of: consumer, body: other)
        #expect(try changed.object()["client_name"] == "payroll-online")
        let stopped = try await here.world.call(.delete, one, .clientsModify, of: consumer)
        #expect(stopped.status == .ok)
        #expect(try stopped.object()["active"] == false)
        #expect(try await here.world.call(.get, path, .clientsRead, of: consumer).text == "[]")
        let all = try await here.world.call(.get, path + "?inactive=true", .clientsRead, of: consumer)
        #expect(try all.json().array?.count == 1)
        let active = other.replacing("{\"integration_type\"", with: "{\"active\": true, \"integration_type\"")
        let back = try await here.world.call(.put, one, .clientsWrite, of: consumer, body: active)
        #expect(try back.object()["active"] == true)
        #expect(try await here.world.call(.get, path, .clientsRead, of: consumer).json().array?.count == 1)
        // Each act stands in the ledger with the client, its organisation and the token that performed it.
        let event = try #require(try here.world.lastEvent())
        #expect(event.kind == .clientEnabled && event.details["actor_token"] == "token-1")
        #expect(event.details["actor_organisation"] == .string("\(consumer)"))
        #expect(event.details["command"] == "PUT /api/v1/clients/{client_id}")
    }

    @Test func `another organisation's client is like one that does not exist`() async throws {
        let here = try SelfServiceWorld()
        let (id, _) = try await here.client()
        for (method, path, body) in [
            (HTTPRequest.Method.get, "", nil), (.put, "", SelfServiceWorld.draft), (.delete, "", nil),
            (.get, "/jwks", nil), (.put, "/jwks", SelfServiceWorld.set("a")), (.delete, "/jwks", nil),
            (.delete, "/jwks/a", nil), (.get, "/onbehalfof", nil),
        ] as [(HTTPRequest.Method, String, String?)] {
            var answers: [JSONObject] = []
            for client in [id, "7e6f0a3a-28d8-4ac2-8a10-00000000ffff"] {
                let answer = try await here.world.call(
                    method,
                    "/api/v1/clients/\(client)\(path)",
                    .clientsWrite,
                    of: AdminWorld.stranger,
                    body: body
                )
                #expect(answer.status == .notFound, "\(method) \(path): \(answer.text)")
                let text = answer.text.replacing(client, with: "X")
                answers.append(
                    try #require(JSONValue(parsing: Array(text.utf8)).object)
                        .removing(["traceId", "trace_id", "correlation_id", "error_description"])
                )
            }
            #expect(answers[0] == answers[1])
        }
        let list = try await here.world.call(.get, "/api/v1/clients", .clientsRead, of: AdminWorld.stranger)
        #expect(list.text == "[]" && list.headers[.totalCount] == "0")
    }

    @Test func `all faults of a body are told at once, in both forms`() async throws {
        let here = try SelfServiceWorld()
        let answer = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsWrite,
            of: consumer,
            body: """
                {"client_name": 5, "description": "a\\u0007", "client_uri": "no uri", "access_token_lifetime": 0, \
                "scopes": ["nocolon", "acme:read"], "active": "yes"}
                """
        )
        #expect(answer.status == .badRequest)
        #expect(answer.headers[.contentType] == "application/problem+json")
        let object = try answer.object()
        let errors = try #require(object["errors"]?.array)
        let fields = errors.compactMap { $0["fieldIdentifier"]?.string }
        #expect(
            Set(fields) == [
                "integration_type", "client_name", "description", "client_uri", "access_token_lifetime", "scopes",
                "active",
            ]
        )
        #expect(errors.allSatisfy { $0["objectName"] == "addClientRequest" && $0["isFieldError"] == true })
        #expect(errors.allSatisfy { !($0["errorMessage"]?.string ?? "").isEmpty })
        #expect(object["status"] == 400 && object["reason"] == "body_member" && object["code"] == "PV-063")
        #expect(object["timestamp"] == .string("\(AdminWorld.now)"))
        #expect(object["correlation_id"] == object["trace_id"])
        #expect(try await here.world.call(.get, "/api/v1/clients", .clientsRead, of: consumer).text == "[]")
    }

    @Test func `a scope that its organisation was not given is refused by name`() async throws {
        let here = try SelfServiceWorld()
        let answer = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsWrite,
            of: consumer,
            body: SelfServiceWorld.draft.replacing("acme:read", with: "acme:write")
        )
        #expect(answer.status == .badRequest)
        #expect(try answer.object()["reason"] == "act_refused")
        #expect(try answer.object()["errors"]?.array?.first?["fieldIdentifier"] == "scopes")
        #expect(answer.text.contains("has no access to the scope `acme:write`"))
    }

    @Test func `a stale version changes nothing; the present one, and none, do`() async throws {
        let here = try SelfServiceWorld()
        let (id, tag) = try await here.client()
        let path = "/api/v1/clients/\(id)"
        func put(_ name: String, _ match: String?) async throws -> TestResponse {
            var headers = HTTPFields()
            headers[.ifMatch] = match
            return try await here.world.call(
                .put,
                path,
                .clientsWrite,
                of: consumer,
                headers: headers,
                body: SelfServiceWorld.draft.replacing("payroll-batch", with: name)
            )
        }
        let first = try await put("a", tag)
        #expect(first.status == .ok)
        for stale in [tag, "W/\(try #require(first.headers[.eTag]))", "\"x\", \"y\"", "\"\""] {
            let refused = try await put("b", stale)
            #expect(refused.status == .preconditionFailed, "\(stale)")
            #expect(try refused.object()["code"] == "PV-066")
        }
        #expect(try await put("b", "a tag without marks").status == .badRequest)
        let now = try await here.world.call(.get, path, .clientsRead, of: consumer)
        #expect(try now.object()["client_name"] == "a")
        #expect(try await put("c", "\"x\", \(try #require(now.headers[.eTag]))").status == .ok)
        #expect(try await put("d", "*").status == .ok)
        #expect(try await put("e", nil).status == .ok)
        let headers: HTTPFields = [.ifMatch: tag]
        let deleted = try await here.world.call(.delete, path, .clientsWrite, of: consumer, headers: headers)
        #expect(deleted.status == .preconditionFailed)
        #expect(try await here.world.call(.get, path, .clientsRead, of: consumer).object()["active"] == true)
    }

    @Test func `the same change twice is one act`() async throws {
        let here = try SelfServiceWorld()
        let (id, _) = try await here.client()
        let body = SelfServiceWorld.draft.replacing("Nightly", with: "Daily")
        for _ in 0..<3 {
            let answer = try await here.world.call(
                .put,
                "/api/v1/clients/\(id)",
                .clientsWrite,
                of: consumer,
                body: body
            )
            #expect(answer.status == .ok)
        }
        #expect(try here.world.events(.clientChanged).count == 1)
    }

    @Test func `a long list is told in parts, and stays a bare array`() async throws {
        let here = try SelfServiceWorld()
        for number in 0..<5 {
            _ = try await here.client(SelfServiceWorld.draft.replacing("payroll-batch", with: "client \(number)"))
        }
        var path: String? = "/api/v1/clients?inactive=true&limit=2"
        var names: [String] = []
        var parts = 0
        while let next = path {
            let answer = try await here.world.call(.get, next, .clientsRead, of: consumer)
            #expect(answer.headers[.totalCount] == "5")
            names += try #require(answer.json().array).compactMap { $0["client_name"]?.string }
            parts += 1
            path = answer.headers[.link].map { link in
                #expect(link.hasSuffix(">; rel=\"next\"") && link.contains("inactive=true"))
                return String(link.dropFirst("<http://localhost".count).prefix { $0 != ">" })
            }
        }
        #expect(parts == 3 && names == (0..<5).map { "client \($0)" })
    }

    @Test func `a body of another media type is refused, and what cannot be an identifier names no client`()
        async throws
    {
        let here = try SelfServiceWorld()
        let answer = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsWrite,
            of: consumer,
            headers: [.contentType: "application/x-www-form-urlencoded"],
            body: "client_name=a"
        )
        #expect(answer.status == .unsupportedMediaType)
        let weird = try await here.world.call(.get, "/api/v1/clients/%00%20", .clientsRead, of: consumer)
        #expect(weird.status == .notFound)
    }

    @Test func `neither client secrets nor synthetic organisations are there`() async throws {
        let here = try SelfServiceWorld()
        let (id, _) = try await here.client()
        for path in ["/api/v1/clients/\(id)/secret", "/api/v1/auth/switch-synth-org"] {
            let answer = try await here.world.call(.post, path, .clientsWrite, of: consumer, body: "{}")
            #expect(answer.status == .notFound)
        }
    }
}

extension AdminWorld {
    /// All events of a kind, oldest first.
    func events(_ kind: LedgerEvent.Kind) throws -> [LedgerEvent] {
        try store.read { reader in
            var found: [LedgerEvent] = []
            try reader.visitEntries(LedgerQuery(), after: 0) { content in
                if content.event.kind == kind { found.append(content.event) }
                return true
            }
            return found
        }
    }
}
