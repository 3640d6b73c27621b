import Administration
import AuditLedger
import Clients
import HTTPTypes
import HummingbirdTesting
import JOSE
import NIOCore
import SQLiteStorage
import Scopes
import TestSupport
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("POST /api/v1/explain")
struct ExplainAPITests {
    private let world: AdminWorld
    private let client = "8e1f0a3a-28d8-4ac2-8a10-000000000001"

    init() throws {
        world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer, AdminWorld.supplier)
        try world.act { administration in
            try administration.assignPrefix(ScopePrefix(parsing: "acme"), to: AdminWorld.owner)
            for name in ["acme:read", "acme:write"] {
                try administration.createScope(
                    ScopeName(parsing: name),
                    [.description: .text("D"), .visibility: .text("PRIVATE")],
                    origin: "cli"
                )
            }
            try administration.grantAccess(to: ScopeName(parsing: "acme:read"), for: AdminWorld.consumer, origin: "cli")
        }
        let id = try ClientID(parsing: client)
        try world.store.transaction { transaction in
            try transaction.insert(
                Client(
                    id: id,
                    owner: AdminWorld.consumer,
                    name: "Client",
                    scopes: [try ScopeName(parsing: "acme:read")],
                    created: AdminWorld.now
                )
            )
            try transaction.raiseRevision()
        }
    }

    private func explain(
        _ scope: String,
        _ demand: AdministrativeScope,
        of organisation: OrganisationNumber,
        client: String? = nil
    ) async throws -> TestResponse {
        try await world.call(
            .post,
            "/api/v1/explain",
            demand,
            of: organisation,
            body: #"{"client_id":"\#(client ?? self.client)","scope":"\#(scope)"}"#
        )
    }

    private func results(_ answer: TestResponse) throws -> [String: String] {
        var results: [String: String] = [:]
        for row in try answer.object()["conditions"]?.array ?? [] {
            let name = [row["condition"]?.string, row["scope"]?.string].compactMap(\.self).joined(separator: " ")
            results[name] = row["result"]?.string
        }
        return results
    }

    @Test func `the client's owner sees the answer and every condition, and the ledger remembers it`() async throws {
        let answer = try await explain("acme:read acme:write", .clientsRead, of: AdminWorld.consumer)
        #expect(answer.status == .ok)
        let object = try answer.object()
        #expect(object["answer"] == "no")
        #expect(object["viewer"] == "client_owner")
        #expect(object["refusal"]?["code"] == "MP-200")
        #expect(object["refusal"]?["reason"] == "scope_not_on_client")
        let results = try results(answer)
        #expect(results["client_known"] == "yes")
        #expect(results["client_credential"] == "at_request")
        #expect(results["consumer_access acme:read"] == "yes")
        #expect(results["scope_on_client acme:write"] == "no")
        // Behind the first refusal: the scope is private, and another's; one's own access is one's own business.
        #expect(results["scope_active acme:write"] == "not_shown")
        #expect(results["consumer_access acme:write"] == "no")
        let event = try #require(try world.lastEvent())
        #expect(event.kind == .explanationGiven)
        #expect(event.client?.rawValue == client)
        #expect(event.consumer == AdminWorld.consumer)
        #expect(event.details["answer"] == "no")
    }

    @Test func `yes, with the life of the token`() async throws {
        let object = try await explain("acme:read", .clientsRead, of: AdminWorld.consumer).object()
        #expect(object["answer"] == "yes")
        #expect(object["expires_in"] == 120)
        #expect(object["refusal"] == nil)
    }

    @Test func `a scope's owner learns whether its own grant and rules pass`() async throws {
        let passed = try await explain("acme:read", .scopesWrite, of: AdminWorld.owner)
        #expect(try passed.object()["answer"] == "not_shown")
        #expect(try results(passed)["consumer_access acme:read"] == "yes")
        #expect(try results(passed)["client_active"] == "not_shown")
        let failed = try await explain("acme:write", .scopesWrite, of: AdminWorld.owner)
        #expect(try failed.object()["answer"] == "no")
        #expect(try results(failed)["consumer_access acme:write"] == "no")
        #expect(try results(failed)["scope_on_client acme:write"] == "not_shown")
        #expect(!String(buffer: failed.body).contains("\(AdminWorld.consumer)"))
    }

    @Test func `a client of others and one that does not exist look the same`() async throws {
        let foreign = try await explain("acme:read", .clientsRead, of: AdminWorld.supplier)
        let unknown = try await explain(
            "acme:read",
            .clientsRead,
            of: AdminWorld.supplier,
            client: "8e1f0a3a-28d8-4ac2-8a10-00000000ffff"
        )
        #expect(foreign.status == .notFound && unknown.status == .notFound)
        #expect(try foreign.object()["reason"] == unknown.object()["reason"])
        // The owner of the scope does not see the client by a right to read clients.
        #expect(try await explain("acme:read", .clientsRead, of: AdminWorld.owner).status == .notFound)
    }

    @Test(arguments: ["", #","consumer_org":"\#(AdminWorld.consumer)""#, #","iss_onbehalfof":"customer-1""#])
    func `to a scope's owner a client that is not there looks like one to which it granted nothing`(
        acting: String
    ) async throws {
        let (known, unknown) = ("8e1f0a3a-28d8-4ac2-8a10-000000000002", "8e1f0a3a-28d8-4ac2-8a10-00000000ffff")
        try world.act { administration in
            for name in ["acme:open", "acme:delegable"] {
                try administration.createScope(
                    ScopeName(parsing: name),
                    [
                        .description: .text("D"), .visibility: .text("PRIVATE"),
                        .isAccessibleForAll: .flag(name == "acme:open"), .delegationSource: .text("internal"),
                    ],
                    origin: "cli"
                )
            }
        }
        try world.store.transaction { transaction in
            var client = Client(
                id: try ClientID(parsing: known),
                owner: AdminWorld.supplier,
                name: "Client",
                scopes: [],
                created: AdminWorld.now
            )
            client.onBehalfOf = [
                OnBehalfOfEntry(
                    value: "customer-1",
                    consumer: AdminWorld.owner,
                    name: "Customer",
                    created: AdminWorld.now
                )
            ]
            try transaction.insert(client)
            try transaction.raiseRevision()
        }
        for scope in ["acme:read", "acme:write", "acme:open", "acme:delegable", "acme:open acme:write"] {
            var answers: [String] = []
            for client in [known, unknown] {
                let answer = try await world.call(
                    .post,
                    "/api/v1/explain",
                    .scopesWrite,
                    of: AdminWorld.owner,
                    body: #"{"client_id":"\#(client)","scope":"\#(scope)"\#(acting)}"#
                )
                #expect(answer.status == .ok)
                answers.append(String(buffer: answer.body).replacing(client, with: "CLIENT"))
            }
            #expect(answers[0] == answers[1], "\(scope)")
        }
    }

    @Test func `an on-behalf-of entry that is not there looks like one of a customer without a grant`() async throws {
        try world.store.transaction { transaction in
            var client = try #require(try transaction.client(try ClientID(parsing: client)))
            client.onBehalfOf = [
                OnBehalfOfEntry(value: "there", consumer: AdminWorld.supplier, name: "C", created: AdminWorld.now)
            ]
            try transaction.update(client)
            try transaction.raiseRevision()
        }
        var answers: [String] = []
        for value in ["there", "absent"] {
            let answer = try await world.call(
                .post,
                "/api/v1/explain",
                .scopesWrite,
                of: AdminWorld.owner,
                body: #"{"client_id":"\#(client)","scope":"acme:write","iss_onbehalfof":"\#(value)"}"#
            )
            answers.append(String(buffer: answer.body))
        }
        #expect(answers[0] == answers[1])
    }

    @Test func `whoever tries clients out stands in the ledger`() async throws {
        #expect(try await explain("acme:read", .clientsRead, of: AdminWorld.supplier).status == .notFound)
        let event = try #require(try world.lastEvent())
        #expect(event.kind == .explanationGiven && event.client?.rawValue == client)
        #expect(event.consumer == nil && event.details["answer"] == "nothing")
        #expect(event.details["actor_organisation"] == .string("\(AdminWorld.supplier)"))
    }

    @Test func `the operator sees everything`() async throws {
        let answer = try await explain("acme:write", .installationOperator, of: AdminWorld.operatorOrganisation)
        #expect(try answer.object()["viewer"] == "operator")
        #expect(try !results(answer).values.contains("not_shown"))
    }

    @Test func `an organisation has 60 a minute, others theirs`() async throws {
        for _ in 0..<60 {
            #expect(try await explain("acme:read", .clientsRead, of: AdminWorld.consumer).status == .ok)
        }
        let more = try await explain("acme:read", .clientsRead, of: AdminWorld.consumer)
        #expect(more.status == .tooManyRequests)
        let wait = try #require(more.headers[.retryAfter].flatMap { Int64($0) })
        #expect(wait == 60 - AdminWorld.now.seconds % 60)
        #expect(try await explain("acme:read", .scopesWrite, of: AdminWorld.owner).status == .ok)
        world.clock.advance(by: Seconds(wait))
        #expect(try await explain("acme:read", .clientsRead, of: AdminWorld.consumer).status == .ok)
    }

    @Test(arguments: ["{}", "[]", #"{"client_id":"x","scope":""}"#, #"{"client_id":"x","scope":"acme:a","pid":"1"}"#])
    func `what is no question is refused`(body: String) async throws {
        let answer = try await world.call(.post, "/api/v1/explain", .clientsRead, body: body)
        #expect(answer.status == .badRequest)
    }
}
