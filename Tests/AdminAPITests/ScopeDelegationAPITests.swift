import AuditLedger
import Administration
import Delegations
import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import Scopes
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("altinn.md §3.5-§3.7: delegation of scopes over HTTP")
struct ScopeDelegationAPITests {
    private static let resource = "scope_acme_3aread"
    private static let older = "/accessmanagement/api/v1/\(AdminWorld.consumer)/maskinportenschema"
    private static let newer = "/accessmanagement/api/v1/enduser/maskinportensuppliers"
    private static let lookup = "/accessmanagement/api/v1/maskinporten/delegations/"

    /// A scope whose delegations are registered here, a consumer with a director and a board member, a supplier.
    private func world() throws -> AdminWorld {
        let world = try AdminWorld()
        try world.know(AdminWorld.operatorOrganisation, AdminWorld.owner, AdminWorld.consumer, AdminWorld.supplier)
        try world.act { administration in
            try administration.assignPrefix(ScopePrefix(parsing: "acme"), to: AdminWorld.owner)
            try administration.createScope(
                AdminWorld.scope("acme:read"),
                [.description: .text("D"), .delegationSource: .text("internal")],
                origin: "cli"
            )
        }
        try world.give("APIADM", for: AdminWorld.consumer, to: AdminWorld.director)
        try world.give("UTINN", for: AdminWorld.consumer, to: AdminWorld.member)
        return world
    }

    private func body(_ side: String, _ number: OrganisationNumber, resource: String = resource) -> String {
        """
        {"\(side)":[{"id":"urn:altinn:organizationnumber","value":"\(number)"}],\
        "rights":[{"resource":[{"id":"urn:altinn:resource","value":"\(resource)"}]}]}
        """
    }

    private func give(in world: AdminWorld, pid: String = AdminWorld.director) async throws -> TestResponse {
        try await world.call(
            .post,
            Self.older + "/offered",
            .portal,
            pid: pid,
            body: body("to", AdminWorld.supplier)
        )
    }

    private func found(in world: AdminWorld, query: String = "?scope=acme%3Aread") async throws -> TestResponse {
        try await world.call(.get, Self.lookup + query, .delegations, prefixes: ["acme"])
    }

    @Test func `a director gives, both sides see it, the look-up has it, and it is taken back`() async throws {
        let world = try world()
        let given = try await give(in: world)
        #expect(given.status == .created)
        #expect(try given.json()["to"]?.array?.first?["value"]?.string == "\(AdminWorld.supplier)")
        let event = try #require(try world.lastEvent())
        #expect(event.actor == "client 7e6f0a3a-28d8-4ac2-8a10-000000000001 of \(AdminWorld.owner), for a person")
        #expect(event.details["actor_person"]?.string == "\(try world.pseudonym(AdminWorld.director))")
        #expect(!"\(event)".contains(AdminWorld.director))

        let offered = try await world.call(.get, Self.older + "/offered", .portal, pid: AdminWorld.director)
        #expect(try offered.json().array?.count == 1)
        #expect(try offered.json().array?.first?["resourceId"]?.string == Self.resource)
        let answer = try await found(in: world)
        try Golden.check(answer.text + "\n", "delegation-lookup.json")

        for expected in [1, 0] {
            let before = try await found(in: world).json().array?.count
            #expect(before == expected)
            let revoked = try await world.call(
                .post,
                Self.older + "/offered/revoke",
                .portal,
                pid: AdminWorld.director,
                body: body("to", AdminWorld.supplier)
            )
            // The second time changes nothing and does no harm.
            #expect(revoked.status == .noContent)
        }
        #expect(try await found(in: world).text == "[]")
    }

    @Test func `whoever has no role is refused, and the check says which condition fails`() async throws {
        let world = try world()
        let refused = try await give(in: world, pid: AdminWorld.member)
        #expect(refused.status == .forbidden)
        #expect(try refused.object()["reason"] == "not_authorised")
        #expect(try await found(in: world).text == "[]")
        for (pid, status) in [(AdminWorld.director, "Delegable"), (AdminWorld.member, "NotDelegable")] {
            let check = try await world.call(
                .post,
                Self.older + "/delegationcheck",
                .portal,
                pid: pid,
                body: #"{"resource":[{"id":"urn:altinn:resource","value":"\#(Self.resource)"}]}"#
            )
            #expect(check.status == .ok)
            #expect(try check.json().array?.first?["status"]?.string == status)
        }
        let list = try await world.call(.get, Self.older + "/offered", .portal, pid: AdminWorld.member)
        #expect(list.status == .forbidden)
    }

    @Test func `a login level that is too low is refused`() async throws {
        let world = try world()
        let answer = try await world.call(
            .post,
            Self.older + "/offered",
            .portal,
            pid: AdminWorld.director,
            headers: [try #require(HTTPField.Name("Portvakt-Authentication-Level")): "1"],
            body: body("to", AdminWorld.supplier)
        )
        #expect(answer.status == .forbidden)
    }

    @Test func `a call for a person that tells no level of log-in is refused, and nothing is assumed`() async throws {
        let world = try world()
        let token = try world.mint(world.claims(["altinn:portal/enduser"], pid: AdminWorld.director))
        let answer = try await world.send(
            .post,
            Self.older + "/offered",
            token: token,
            body: body("to", AdminWorld.supplier)
        )
        #expect(answer.status == .badRequest)
        #expect(try answer.object()["reason"] == "header_parameter")
        #expect(answer.text.contains("Portvakt-Authentication-Level"))
        #expect(try await found(in: world).text == "[]")
    }

    @Test func `the look-up tells nothing of a scope of another register`() async throws {
        let world = try world()
        let name = try AdminWorld.scope("acme:read")
        let id = try ResourceID(parsing: "acme-schema")
        let text = LocalisedText(["nb": "a", "nn": "a", "en": "a"])
        var schema = Resource(
            identifier: id,
            type: .maskinportenSchema,
            title: text,
            description: text,
            rightDescription: text,
            competentAuthority: .init(organisation: AdminWorld.owner)
        )
        schema.references = [.init(reference: name.rawValue, type: .maskinportenScope)]
        try world.act { administration in
            try administration.createResource(schema, for: .administrator)
            try administration.giveDelegation(
                of: id,
                from: AdminWorld.consumer,
                to: AdminWorld.supplier,
                by: .operatorsAct
            )
        }
        for (source, isTold) in [("https://tt02.altinn.no/", false), (AdminWorld.issuer, true)] {
            try world.act { try $0.changeScope(name, [.delegationSource: .text(source)]) }
            #expect((try await found(in: world).text != "[]") == isTold, "\(source)")
        }
    }

    @Test func `the party may be named by a header field`() async throws {
        let world = try world()
        let answer = try await world.call(
            .get,
            "/accessmanagement/api/v1/organization/maskinportenschema/offered",
            .portal,
            pid: AdminWorld.director,
            headers: [
                try #require(HTTPField.Name("Altinn-Party-OrganizationNumber")): "\(AdminWorld.consumer)"
            ]
        )
        #expect(answer.status == .ok)
        #expect(answer.text == "[]")
    }

    @Test func `bad bodies have their documented answers, and nothing is kept`() async throws {
        let world = try world()
        let two = #"{"to":[{"id":"urn:altinn:organizationnumber","value":"\#(AdminWorld.supplier)"}],"rights":[{},{}]}"#
        let person =
            #"{"to":[{"id":"urn:altinn:person:identifier-no","value":"1"}],"rights":[{"resource":[{"id":"urn:altinn:resource","value":"\#(Self.resource)"}]}]}"#
        let bodies = [
            (body("to", AdminWorld.consumer), 400), (body("to", AdminWorld.stranger), 400), (two, 400), (person, 400),
            (body("to", AdminWorld.supplier, resource: "acme-unknown"), 400), ("{}", 400), ("[]", 400), ("", 400),
        ]
        for (body, status) in bodies {
            let answer = try await world.call(
                .post,
                Self.older + "/offered",
                .portal,
                pid: AdminWorld.director,
                body: body
            )
            #expect(answer.status.code == status, "\(body)\n\(answer.text)")
        }
        #expect(try await found(in: world).text == "[]")
    }

    @Test
    func `the look-up: foreign prefix 403, unknown organisation 400, nothing asked 400, an administrator sees all`()
        async throws
    {
        let world = try world()
        _ = try await give(in: world)
        let foreign = try await world.call(.get, Self.lookup + "?scope=acme%3Aread", .delegations, prefixes: ["other"])
        #expect(foreign.status == .forbidden)
        #expect(foreign.headers[.contentType] == "application/problem+json")
        #expect(
            try await found(in: world, query: "?scope=acme%3Aread&supplierOrg=\(AdminWorld.stranger)").status
                == .badRequest
        )
        #expect(try await found(in: world, query: "?scope=acme%3Aread&supplierOrg=311000013").status == .badRequest)
        #expect(try await found(in: world, query: "").status == .badRequest)
        let all = try await world.call(.get, Self.lookup + "?supplierOrg=\(AdminWorld.supplier)", .delegationsAdmin)
        #expect(try all.json().array?.count == 1)
        let alias = "/accessmanagement/api/v1/admin/delegations/maskinportenschema?scope=acme%3Aread"
        #expect(try await world.call(.get, alias, .delegations, prefixes: ["acme"]).json().array?.count == 1)
    }

    @Test func `the newer form wants a supplier first, and removes one with resources only by cascade`() async throws {
        let world = try world()
        let parties = "?party=\(Party.organisation(AdminWorld.consumer).uuid)&supplier=\(AdminWorld.supplier)"
        let resource = parties + "&resource=\(Self.resource)"
        func send(_ method: HTTPRequest.Method, _ path: String) async throws -> TestResponse {
            try await world.call(method, Self.newer + path, .suppliersWrite, pid: AdminWorld.director)
        }
        let early = try await send(.post, "/resources" + resource)
        #expect(early.status == .badRequest)
        #expect(try early.object()["reason"] == "missing_connection")
        #expect(try await send(.post, parties).status == .ok)
        #expect(try await send(.get, parties).json().array?.count == 1)
        #expect(try await send(.post, "/resources" + resource).status == .ok)
        #expect(try await send(.get, "/resources" + parties).json().array?.count == 1)
        let check = "/resources/delegationcheck?party=\(AdminWorld.consumer)&resource=\(Self.resource)"
        #expect(try await send(.get, check).json()["result"] == true)
        let kept = try await send(.delete, parties)
        #expect(kept.status == .conflict)
        #expect(try kept.object()["details"]?["resources"]?.strings == [Self.resource])
        #expect(try await send(.delete, parties + "&cascade=true").status == .noContent)
        #expect(try await found(in: world).text == "[]")
        #expect(try await send(.get, parties).text == "[]")
    }

    @Test func `the supplier sees its consumers and gives one up`() async throws {
        let world = try world()
        try world.give("APIADM", for: AdminWorld.supplier, to: AdminWorld.member)
        _ = try await give(in: world)
        let base = "/accessmanagement/api/v1/enduser/maskinportenconsumers"
        let query = "?party=\(AdminWorld.supplier)&consumer=\(AdminWorld.consumer)"
        func send(
            _ method: HTTPRequest.Method,
            _ path: String,
            pid: String = AdminWorld.member
        ) async throws -> TestResponse {
            try await world.call(method, base + path, .consumersWrite, pid: pid)
        }
        #expect(try await send(.get, query).json().array?.count == 1)
        #expect(try await send(.get, query, pid: AdminWorld.director).status == .forbidden)
        #expect(try await send(.delete, "/resources" + query + "&resource=\(Self.resource)").status == .noContent)
        #expect(try await found(in: world).text == "[]")
    }
}
