import Administration
import AuditLedger
import Clients
import HTTPTypes
import HummingbirdTesting
import JOSE
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("Self-service API §6: scopes, access, prefixes")
struct SelfServiceScopesTests {
    private let owner = AdminWorld.owner
    private let consumer = AdminWorld.consumer
    private let draft = """
        {"prefix": "acme", "subscope": "income/read", "description": "Read income statements", "visibility": "PUBLIC", \
        "token_type": "SELF_CONTAINED", "allowed_integration_types": ["maskinporten"], "at_max_age": 30, \
        "description#en": "Income", "accessible_for_all": false}
        """

    @Test func `all that is missing of a new scope is told at once`() async throws {
        let here = try SelfServiceWorld()
        let answer = try await here.world.call(.post, "/api/v1/scopes", .scopesWrite, body: #"{"at_max_age": "x"}"#)
        #expect(answer.status == .badRequest)
        let fields = try #require(answer.object()["errors"]?.array).compactMap { $0["fieldIdentifier"]?.string }
        #expect(fields.sorted() == ["at_max_age", "description", "prefix", "subscope"])
    }

    @Test func `a scope is created once, read, changed, deactivated and activated again`() async throws {
        let here = try SelfServiceWorld()
        let made = try await here.world.call(.post, "/api/v1/scopes", .scopesWrite, body: draft)
        #expect(made.status == .ok, "\(made.text)")
        #expect(try made.object()["name"] == "acme:income/read" && made.object()["owner_orgno"] == .string("\(owner)"))
        #expect(try await here.world.call(.post, "/api/v1/scopes", .scopesWrite, body: draft).status == .conflict)
        let query = "?scope=acme%3Aincome%2Fread"
        for path in ["/api/v1/scopes" + query, "/api/v1/scopes/scope" + query, "/api/v1/scopes?scope=acme:income/read"]
        {
            let read = try await here.world.call(.get, path, .scopesWrite)
            #expect(try read.object() == made.object() && read.headers[.eTag] == made.headers[.eTag])
        }
        let headers: HTTPFields = [.ifMatch: try #require(made.headers[.eTag])]
        let body = #"{"description": "Read incomes", "subscope": "income/read"}"#
        let changed = try await here.world.call(
            .put,
            "/api/v1/scopes" + query,
            .scopesWrite,
            headers: headers,
            body: body
        )
        #expect(try changed.object()["description"] == "Read incomes" && changed.object()["at_max_age"] == 30)
        let other = try await here.world.call(
            .put,
            "/api/v1/scopes" + query,
            .scopesWrite,
            headers: headers,
            body: #"{"description": "Other"}"#
        )
        #expect(other.status == .preconditionFailed)
        let name = try await here.world.call(
            .put,
            "/api/v1/scopes" + query,
            .scopesWrite,
            body: #"{"prefix": "other", "at_max_age": "x"}"#
        )
        #expect(name.status == .badRequest)
        let fields = try #require(name.object()["errors"]?.array).compactMap { $0["fieldIdentifier"]?.string }
        #expect(Set(fields) == ["prefix", "at_max_age"])
        let stopped = try await here.world.call(.delete, "/api/v1/scopes" + query, .scopesWrite)
        #expect(try stopped.object()["active"] == false)
        #expect(try await here.world.call(.post, "/api/v1/scopes", .scopesWrite, body: draft).status == .conflict)
        let active = try await here.world.call(.get, "/api/v1/scopes", .scopesWrite).json().array
        let all = try await here.world.call(.get, "/api/v1/scopes?inactive=true", .scopesWrite).json().array
        #expect(active?.count == 2 && all?.count == 3)
        let back = try await here.world.call(
            .put,
            "/api/v1/scopes" + query,
            .scopesWrite,
            body: #"{"active": true}"#
        )
        #expect(try back.object()["active"] == true)
        #expect(try here.world.lastEvent()?.kind == .scopeActivated)
    }

    @Test func `another's prefix is refused, another's scope is like none, all faults are told`() async throws {
        let here = try SelfServiceWorld()
        let foreign = try await here.world.call(.post, "/api/v1/scopes", .scopesWrite, of: consumer, body: draft)
        #expect(foreign.status == .forbidden)
        #expect(try foreign.object()["reason"] == "prefix_foreign")
        for (method, path, body) in [
            (HTTPRequest.Method.get, "/scopes?scope=acme:read", nil), (.get, "/scopes/scope?scope=acme:read", nil),
            (.put, "/scopes?scope=acme:read", "{}"), (.delete, "/scopes?scope=acme:read", nil),
            (.get, "/scopes/access?scope=acme:read", nil),
            (.put, "/scopes/access/\(AdminWorld.stranger)?scope=acme:read", nil),
            (.delete, "/scopes/access/\(consumer)?scope=acme:read", nil),
            (.get, "/scopes/access/\(consumer)?scope=acme:read", nil),
        ] as [(HTTPRequest.Method, String, String?)] {
            let answer = try await here.world.call(method, "/api/v1" + path, .scopesWrite, of: consumer, body: body)
            #expect(answer.status == .notFound, "\(method) \(path)")
        }
        let faults = try await here.world.call(
            .post,
            "/api/v1/scopes",
            .scopesWrite,
            body: """
                {"subscope": "x", "description": "", "visibility": "SECRET", "at_max_age": "5", "long_description": "<b>"}
                """
        )
        let fields = try #require(faults.object()["errors"]?.array).compactMap { $0["fieldIdentifier"]?.string }
        #expect(Set(fields) == ["prefix", "description", "visibility", "at_max_age", "long_description"])
    }

    @Test func `access is granted, limited, withdrawn and granted again`() async throws {
        let here = try SelfServiceWorld()
        let path = "/api/v1/scopes/access/\(AdminWorld.stranger)?scope=acme:read"
        let granted = try await here.world.call(.put, path, .scopesWrite)
        #expect(granted.status == .ok, "\(granted.text)")
        let object = try granted.object()
        #expect(object["state"] == "APPROVED" && object["consumer_orgno"] == .string("\(AdminWorld.stranger)"))
        #expect(object["consumer_organization_name"] != nil && object["owner_orgno"] == .string("\(owner)"))
        let tag = try #require(granted.headers[.eTag])
        // Again, it is no act; with limits, it is one.
        #expect(try await here.world.call(.put, path, .scopesWrite).headers[.eTag] == tag)
        let limited = try await here.world.call(
            .put,
            path,
            .scopesWrite,
            headers: [.ifMatch: tag],
            body: #"{"until": "2099-12-31", "legal_basis": "Lov"}"#
        )
        #expect(try limited.object()["until"] == "2100-01-01T00:00:00Z", "\(limited.text)")
        let stale = try await here.world.call(.delete, path, .scopesWrite, headers: [.ifMatch: tag])
        #expect(stale.status == .preconditionFailed)
        #expect(try await here.world.call(.get, path, .scopesWrite).object()["state"] == "APPROVED")
        let given = try await here.world.call(
            .get,
            "/api/v1/scopes/access/all",
            .clientsRead,
            of: AdminWorld.stranger
        )
        #expect(try given.json().array?.map { $0["scope"] } == ["acme:read"])
        let gone = try await here.world.call(.delete, path, .scopesWrite)
        #expect(try gone.object()["state"] == "DENIED")
        #expect(try await here.world.call(.delete, path, .scopesWrite).status == .ok)
        let list = try await here.world.call(.get, "/api/v1/scopes/access?scope=acme:read", .scopesWrite)
        let states = try #require(list.json().array).compactMap { $0["state"]?.string }
        #expect(states.sorted() == ["APPROVED", "APPROVED", "DENIED"])
        #expect(try await here.world.call(.put, path, .scopesWrite).object()["until"] == nil)
        #expect(try here.world.events(.accessGranted).count == 2 + 3)
        // What never was has no version to match, and cannot be withdrawn.
        let never = "/api/v1/scopes/access/\(AdminWorld.stranger)?scope=acme:write"
        let unmatched = try await here.world.call(.put, never, .scopesWrite, headers: [.ifMatch: "*"])
        #expect(unmatched.status == .preconditionFailed)
        #expect(try await here.world.call(.delete, never, .scopesWrite).status == .notFound)
        let faults = try await here.world.call(
            .put,
            never,
            .scopesWrite,
            body: #"{"until": "soon", "valid_from": 5, "purpose": 1}"#
        )
        #expect(try faults.object()["errors"]?.array?.count == 3)
    }

    @Test(arguments: [
        "..", "%2e%2e", "%2E%2E%2F", "..%2f..", "", ".", "310000001x", "0192:310000128", "%33%31", "310000129",
    ])
    func `an organisation number is nine digits, and never a path`(text: String) async throws {
        let here = try SelfServiceWorld()
        for method in [HTTPRequest.Method.put, .delete] {
            let answer = try await here.world.call(
                method,
                "/api/v1/scopes/access/\(text)?scope=acme:read",
                .scopesWrite
            )
            #expect(answer.status == .badRequest || answer.status == .notFound, "\(method) \(text): \(answer.status)")
        }
        // What a proxy makes of `access/..` names no scope either.
        let tidied = try await here.world.call(.delete, "/api/v1/scopes/?scope=acme:read", .scopesWrite)
        #expect(tidied.status == .notFound)
        let scope = try await here.world.store.read { try $0.scope(AdminWorld.scope("acme:read")) }
        #expect(scope?.isActive == true)
    }

    @Test func `prefixes, organisations, and who one is`() async throws {
        let here = try SelfServiceWorld()
        let prefixes = try await here.world.call(.get, "/api/v1/prefix", .scopesWrite)
        #expect(try prefixes.json().array?.first?["prefix"] == "acme")
        #expect(try prefixes.json().array?.first?["owner_orgno"] == .string("\(owner)"))
        #expect(try await here.world.call(.get, "/api/v1/prefix", .scopesWrite, of: consumer).text == "[]")
        let known = try await here.world.call(.get, "/api/v1/organizations/\(owner)", .clientsRead)
        #expect(try known.object()["name"] == .string("DEMO \(owner)"))
        let unknown = try await here.world.call(
            .get,
            "/api/v1/organizations/\(AdminWorld.number(31_555_555))",
            .clientsRead
        )
        #expect(unknown.status == .notFound)
        let user = try await here.world.call(.get, "/api/v1/auth/user", .clientsRead, .scopesWrite)
        #expect(try user.object()["orgno"] == .string("\(owner)"))
        #expect(try user.object()["scopes"] == ["idporten:dcr.read", "idporten:scopes.write"])
    }

    @Test func `the simplified way makes a whole client, with its keys`() async throws {
        let here = try SelfServiceWorld()
        let base = "/api/v1/datasharing/consumer"
        let body = """
            {"description": "Nightly", "scopes": ["acme:read"], "keys": [\(SelfServiceWorld.jwk("k").pretty())]}
            """
        let made = try await here.world.call(.post, base + "/client", .dataSharing, of: consumer, body: body)
        #expect(made.status == .ok, "\(made.text)")
        let id = try #require(made.object()["client_id"]?.string)
        let client = try await here.world.store.read { try $0.client(ClientID(parsing: id)) }
        #expect(client?.keys.count == 1 && client?.name == "Nightly")
        let list = try await here.world.call(.get, base + "/client", .dataSharing, of: consumer)
        #expect(try list.json().array?.count == 1)
        let given = try await here.world.call(.get, base + "/scope/access", .dataSharing, of: consumer)
        #expect(try given.json().array?.count == 1)
        let stopped = try await here.world.call(
            .delete,
            base + "/client?client_id=\(id)",
            .dataSharing,
            of: consumer
        )
        #expect(try stopped.object()["active"] == false)
        let faults = try await here.world.call(.post, base + "/client", .dataSharing, of: consumer, body: "{}")
        #expect(try faults.object()["errors"]?.array?.first?["fieldIdentifier"] == "description")
    }
}
