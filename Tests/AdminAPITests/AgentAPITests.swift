import Administration
import AuditLedger
import Clients
import Delegations
import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import Organisations
import SQLiteStorage
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("altinn.md §6.3, §6.6: changes of system users, and agents with their clients, over HTTP")
struct AgentAPITests {
    private static let base = "/authentication/api/v1"
    private static let system = "\(AdminWorld.owner)_accounts"
    private static let package = "regnskapsforer-lonn"

    /// An accountant with a director, a client of the accountant, a vendor whose system asks for an agent.
    private func world() async throws -> AdminWorld {
        let world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer, AdminWorld.supplier)
        for role in ["ADMAI", "HADM", "KLADM", "DAGL"] as [RoleCode] {
            try world.give(role, for: AdminWorld.supplier, to: AdminWorld.director)
        }
        try world.store.transaction { transaction in
            try transaction.give(
                RoleAssignment(
                    organisation: AdminWorld.consumer,
                    role: "REGN",
                    holder: .organisation(AdminWorld.supplier),
                    source: .given
                )
            )
        }
        let registered = try await world.call(
            .post,
            Self.base + "/systemregister/vendor",
            .systemsWrite,
            body: #"""
                {"id":"\#(Self.system)","vendor":{"ID":"0192:\#(AdminWorld.owner)"},
                "name":{"nb":"R","nn":"R","en":"A"},"description":{"nb":"R","nn":"R","en":"A"},
                "accessPackages":[{"urn":"urn:altinn:accesspackage:\#(Self.package)"}],"isVisible":true}
                """#
        )
        try #require(registered.status == .ok, "\(registered.text)")
        return world
    }

    private func agent(in world: AdminWorld) async throws -> String {
        let asked = try await world.call(
            .post,
            Self.base + "/systemuser/request/vendor/agent",
            .requestsWrite,
            body: #"""
                {"systemId":"\#(Self.system)","partyOrgNo":"\#(AdminWorld.supplier)",
                "accessPackages":[{"urn":"urn:altinn:accesspackage:\#(Self.package)"}]}
                """#
        )
        try #require(asked.status == .created, "\(asked.text)")
        return try #require(try asked.json()["id"]?.string)
    }

    @Test func `an agent is asked for and approved by its own paths, and given its owner's clients`() async throws {
        let world = try await world()
        let id = try await agent(in: world)
        let standard = Self.base + "/systemuser/request/\(AdminWorld.supplier)/\(id)/approve"
        #expect(try await world.call(.post, standard, .portal, pid: AdminWorld.director).status.code >= 400)
        let path = Self.base + "/systemuser/request/agent/\(AdminWorld.supplier)/\(id)"
        let approved = try await world.call(.post, path + "/approve", .portal, pid: AdminWorld.director)
        try #require(approved.status == .ok, "\(approved.text)")

        let clients = Self.base + "/enduser/systemuser"
        func send(_ method: HTTPRequest.Method, _ path: String) async throws -> TestResponse {
            try await world.call(method, clients + path, .clientDelegationsWrite, pid: AdminWorld.director)
        }
        let agents = try await send(.get, "/agents?party=\(AdminWorld.supplier)")
        #expect(try agents.json().array?.first?["id"]?.string == id)
        let available = try await send(.get, "/clients/available?agent=\(id)").json()
        #expect(available["data"]?.array?.first?["clientOrganizationNumber"]?.string == "\(AdminWorld.consumer)")
        #expect(available["systemUserInformation"]?["systemUserOwnerOrg"]?.string == "\(AdminWorld.supplier)")
        let client = "?agent=\(id)&client=\(Party.organisation(AdminWorld.consumer).uuid)"
        #expect(try await send(.post, "/clients" + client).status == .ok)
        #expect(try await send(.get, "/clients?agent=\(id)").json()["data"]?.array?.count == 1)
        #expect(try await send(.get, "/clients/available?agent=\(id)").json()["data"] == [])
        let stranger = try await send(.post, "/clients?agent=\(id)&client=\(AdminWorld.owner)")
        #expect(try stranger.object()["code"] == "AUTH-00079")

        // An agent that acts for somebody is not deleted.
        let user = Self.base + "/systemuser/\(AdminWorld.supplier)/\(id)"
        #expect(try await world.call(.delete, user, .portal, pid: AdminWorld.director).object()["code"] == "AUTH-00035")
        #expect(try await send(.delete, "/clients" + client).status == .noContent)
        #expect(try await world.call(.delete, user, .portal, pid: AdminWorld.director).status == .noContent)
    }

    @Test func `whoever does not administer clients sees none`() async throws {
        let world = try await world()
        let id = try await agent(in: world)
        let path = Self.base + "/systemuser/request/agent/\(AdminWorld.supplier)/\(id)/approve"
        _ = try await world.call(.post, path, .portal, pid: AdminWorld.director)
        for query in ["/agents?party=\(AdminWorld.supplier)", "/clients?agent=\(id)", "/clients/available?agent=\(id)"]
        {
            let answer = try await world.call(
                .get,
                Self.base + "/enduser/systemuser" + query,
                .clientDelegationsRead,
                pid: AdminWorld.member
            )
            #expect(answer.status == .forbidden, "\(query): \(answer.text)")
        }
    }

    @Test func `a sub-unit is listed below its main unit, which the person reaches too`() async throws {
        let world = try AdminWorld()
        try world.know(AdminWorld.consumer)
        let subUnit = AdminWorld.number(31_333_333)
        let importer = SQLiteOrganisationImport(into: world.store) { _ in
            LedgerEvent(time: AdminWorld.now, kind: .organisationsImported)
        }
        try importer.begin()
        var unit = Organisation(
            number: subUnit,
            kind: .subUnit,
            name: "DEMO AVD",
            form: Organisation.Form(code: "BEDR", description: nil)
        )
        unit.parent = AdminWorld.consumer
        try importer.stage(added: [unit], changed: [])
        try importer.apply(ImportReport(document: .wholeRegister, mode: .update, isDryRun: false))
        try world.give("APIADM", for: AdminWorld.consumer, to: AdminWorld.director)
        let answer = try await world.call(
            .get,
            "/accessmanagement/api/v1/enduser/authorizedparties",
            .authorizedParties,
            pid: AdminWorld.director
        )
        let main = try #require(try answer.json().array?.first { $0["type"] == "Organization" })
        #expect(main["subunits"]?.array?.first?["organizationNumber"]?.string == "\(subUnit)")
        #expect(main["onlyHierarchyElementWithNoAccess"] == false)
    }
}
