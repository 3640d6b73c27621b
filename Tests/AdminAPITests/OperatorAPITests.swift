import Administration
import AuditLedger
import HTTPTypes
import HummingbirdTesting
import JOSE
import Operations
import Scopes
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("Operator API: the catalogue by name, told as the command line tells it")
struct OperatorAPITests {
    private static let base = "/api/portvakt/v1/"

    private func world() throws -> AdminWorld {
        let world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer)
        try world.act { administration in
            try administration.assignPrefix(ScopePrefix(parsing: "acme"), to: AdminWorld.owner)
            try administration.createScope(AdminWorld.scope("acme:a"), [.description: .text("A")], origin: "cli")
        }
        return world
    }

    private func ask(
        _ world: AdminWorld,
        _ method: HTTPRequest.Method,
        _ path: String,
        accept: String? = nil,
        body: String? = nil
    ) async throws -> TestResponse {
        try await world.call(
            method,
            Self.base + path,
            .installationOperator,
            headers: accept.map { [.accept: $0] } ?? [:],
            body: body
        )
    }

    @Test func `everything in the catalogue has its path, inquiries by GET and acts by POST`() {
        // An inquiry that carries a person's number or a document is asked in a body, which no log of addresses keeps.
        let served = Set(AdminAPI<TestStore>.operatorAPI.map { "\($0.method.rawValue) \($0.path.text)" })
        let listed =
            OperationCatalogue.inquiries.map { "\($0.asksInBody ? "POST" : "GET") \(Self.base)\($0.name)" }
            + OperationCatalogue.acts.map { "POST \(Self.base)\($0.name)" }
        #expect(served == Set(listed))
        #expect(served.contains("POST \(Self.base)report-person") && served.contains("GET \(Self.base)scope-list"))
        #expect(listed.count == served.count)
        for operation in AdminAPI<TestStore>.operatorAPI {
            #expect(operation.access.scopes == [.installationOperator] && !operation.access.allowsSupplier)
        }
    }

    @Test func `an act is the client's, with its reason, and the answer is the report`() async throws {
        let world = try world()
        let body = #"{"scope":"acme:a","orgs":["\#(AdminWorld.consumer)"],"reason":"Agreement 14"}"#
        let answer = try await ask(world, .post, "access-grant", body: body)
        #expect(answer.status == .ok)
        let items = try answer.object()["items"]?.array
        let item = try #require(items?.first)
        #expect(item["consumer_orgno"] == .string("\(AdminWorld.consumer)"))
        #expect(item["result"] == "granted")
        let last = try world.lastEvent()
        let event = try #require(last)
        #expect(event.kind == .accessGranted)
        #expect(event.actor == "client 7e6f0a3a-28d8-4ac2-8a10-000000000001 of \(AdminWorld.owner)")
        #expect(event.details["reason"] == "Agreement 14")
        #expect(event.details["actor_token"] == "token-1")
        #expect(event.details["command"] == "POST /api/portvakt/v1/access-grant")
        #expect(event.details["origin"] == "api")
    }

    @Test func `an inquiry answers in the form that is asked for`() async throws {
        let world = try world()
        let json = try await ask(world, .get, "scope-list")
        #expect(json.headers[.contentType] == "application/json")
        #expect(json.text.hasPrefix("{\n  \"schema\": \"portvakt/scope-list/v1\",\n  \"items\": ["))
        let csv = try await ask(world, .get, "scope-list", accept: "text/csv")
        #expect(
            csv.text.hasPrefix(
                "scope,state,owner_orgno,consumers,delegable,last_token,visibility,description,source\r\nacme:a,"
            )
        )
        let whole = try await ask(world, .get, "scope-list", accept: Report.mediaType)
        #expect(whole.headers[.contentType] == Report.mediaType)
        let envelope = try whole.object()
        let report = try #require(Report(envelope: envelope))
        #expect(report.json == json.text)
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "scope-list?owner=x", String?.none, HTTPResponse.Status.badRequest, String?.none),
        (.get, "scope-show", nil, .badRequest, "usage"), (.get, "scope-show?scope=x", nil, .badRequest, "usage"),
        (.get, "scope-show?scope=acme:b", nil, .notFound, "scope_not_found"),
        (.get, "scope-list?inactive=yes", nil, .badRequest, "usage"),
        (.post, "scope-create", #"{"scope":"acme:a","description":"B"}"#, .conflict, "scope_exists"),
        (.post, "scope-create", #"{"scope":"acme:b","description":"B","owner":"x"}"#, .badRequest, "usage"),
        (.post, "scope-create", #"{"scope":"acme:b"}"#, .badRequest, "usage"),
        (.post, "scope-create", #"{"scope":["acme:b"],"description":"B"}"#, .badRequest, "usage"),
        (
            .post, "prefix-assign", #"{"prefix":"idporten","org":"310000128"}"#, .badRequest,
            "organisation_number_invalid"
        ),
        (.post, "access-grant", #"{"scope":"acme:a","orgs":"310000128"}"#, .badRequest, "usage"),
        (.post, "access-revoke", #"{"scope":"acme:a"}"#, .badRequest, "usage"),
        (.post, "access-revoke", "[]", .badRequest, nil),
        (.post, "scope-activate", #"{"scope":"acme:a","reason":"a\nb"}"#, .badRequest, "usage"),
    ])
    func `a fault is a problem under the command line's own code`(
        method: HTTPRequest.Method,
        path: String,
        body: String?,
        status: HTTPResponse.Status,
        code: String?
    ) async throws {
        let world = try world()
        let before = try world.lastEvent()
        let answer = try await ask(world, method, path, body: body)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.headers[.contentType] == "application/problem+json")
        if let code { #expect(try answer.object()["code"] == .string(code)) }
        #expect(try answer.object()["trace_id"]?.string?.count == 32)
        #expect(try world.lastEvent()?.kind == before?.kind)
    }

    @Test func `an act that fails half-way leaves nothing`() async throws {
        let world = try world()
        let unknown = AdminWorld.stranger
        let body = #"{"scope":"acme:a","orgs":["\#(AdminWorld.consumer)","\#(unknown)"]}"#
        let answer = try await ask(world, .post, "access-grant", body: body)
        #expect(try answer.object()["code"] == "organisation_unknown")
        let listed = try await ask(world, .get, "access-list")
        #expect(try listed.object()["items"] == [])
    }
}
