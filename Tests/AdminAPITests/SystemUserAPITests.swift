import Delegations
import Administration
import HTTPServer
import HTTPTypes
import HummingbirdTesting
import Clients
import JOSE
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("altinn.md §6: systems and system users over HTTP")
struct SystemUserAPITests {
    private static let base = "/authentication/api/v1"
    private static let system = "\(AdminWorld.owner)_payroll"

    /// A vendor with a client, a customer with a director who manages its access, a resource to ask for.
    private func world() async throws -> (AdminWorld, client: String) {
        let world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer, AdminWorld.supplier)
        let client = try world.act { administration in
            try administration.createClient(
                ClientDraft(owner: AdminWorld.owner, name: "Payroll", scopes: []),
                keys: []
            ).value
        }
        for role in ["ADMAI", "HADM", "UTINN"] as [RoleCode] {
            try world.give(role, for: AdminWorld.consumer, to: AdminWorld.director)
        }
        let registry = "/resourceregistry/api/v1/resource"
        let record = ResourceRegistryAPITests.record("acme-payroll", type: "GenericAccessResource")
        let made = try await world.call(.post, registry, .resourceAdmin, body: record)
        try #require(made.status == .created, "\(made.text)")
        let policy = try await world.call(
            .put,
            registry + "/acme-payroll/policy",
            .resourceAdmin,
            headers: [.contentType: "application/xml"],
            body: ResourceRegistryAPITests.policy("acme-payroll", role: "UTINN", action: "read")
        )
        try #require(policy.status == .ok, "\(policy.text)")
        return (world, client.id.rawValue)
    }

    private static let right = #"{"resource":[{"id":"urn:altinn:resource","value":"acme-payroll"}]}"#

    private func register(
        _ client: String,
        in world: AdminWorld,
        of vendor: OrganisationNumber = AdminWorld.owner
    ) async throws -> TestResponse {
        try await world.call(
            .post,
            Self.base + "/systemregister/vendor",
            .systemsWrite,
            of: vendor,
            body: #"""
                {"id":"\#(Self.system)","vendor":{"ID":"0192:\#(AdminWorld.owner)"},
                "name":{"nb":"Lønn","nn":"Løn","en":"Payroll"},"description":{"nb":"L","nn":"L","en":"P"},
                "rights":[\#(Self.right)],"clientId":["\#(client)"],"isVisible":true}
                """#
        )
    }

    private func ask(in world: AdminWorld) async throws -> TestResponse {
        try await world.call(
            .post,
            Self.base + "/systemuser/request/vendor",
            .requestsWrite,
            body: #"{"systemId":"\#(Self.system)","partyOrgNo":"\#(AdminWorld.consumer)","rights":[\#(Self.right)]}"#
        )
    }

    @Test func `a vendor registers a system, asks, the director approves, the token server finds the user`()
        async throws
    {
        let (world, client) = try await world()
        let registered = try await register(client, in: world)
        #expect(registered.status == .ok, "\(registered.text)")
        let asked = try await ask(in: world)
        #expect(asked.status == .created, "\(asked.text)")
        let id = try #require(try asked.json()["id"]?.string)
        #expect(try asked.json()["externalRef"]?.string == "\(AdminWorld.consumer)")
        #expect(
            try asked.json()["confirmUrl"]?.string
                == "https://portal.example.no/accessmanagement/ui/systemuser/request?id=\(id)"
        )
        let again = try await ask(in: world)
        #expect(try again.object()["code"] == "AUTH-00007")
        let lookup =
            Self.base + "/systemuser/byExternalId?clientId=\(client)&systemProviderOrgNo=\(AdminWorld.owner)"
            + "&systemUserOwnerOrgNo=\(AdminWorld.consumer)"
        #expect(try await world.call(.get, lookup, .systemUserRead).status == .notFound)

        let answers = Self.base + "/systemuser/request/\(AdminWorld.consumer)/\(id)"
        let stranger = try await world.call(.post, answers + "/approve", .portal, pid: AdminWorld.member)
        #expect(stranger.status == .forbidden)
        #expect(try await world.call(.post, answers + "/escalate", .portal, pid: AdminWorld.member).status == .ok)
        #expect(try await world.call(.get, answers, .portal, pid: AdminWorld.director).json()["escalated"] == true)
        let approved = try await world.call(.post, answers + "/approve", .portal, pid: AdminWorld.director)
        #expect(approved.text == "true", "\(approved.text)")
        let twice = try await world.call(.post, answers + "/approve", .portal, pid: AdminWorld.director)
        #expect(twice.status == .conflict)
        #expect(try twice.object()["code"] == "AUTH-00013")

        let read = Self.base + "/systemuser/request/vendor/\(id)"
        #expect(try await world.call(.get, read, .requestsRead).json()["status"] == "Accepted")
        let found = try await world.call(.get, lookup, .systemUserRead)
        let text = found.text.replacing(id, with: "<id>").replacing(Self.system, with: "<system>")
        try Golden.check(text + "\n", "system-user-lookup.json")

        let gone = try await world.call(
            .delete,
            Self.base + "/systemuser/\(AdminWorld.consumer)/\(id)",
            .portal,
            pid: AdminWorld.director
        )
        #expect(gone.status == .noContent)
        #expect(try await world.call(.get, lookup, .systemUserRead).status == .notFound)
    }

    @Test func `a refused request stays refused, and is listed so`() async throws {
        let (world, client) = try await world()
        _ = try await register(client, in: world)
        let id = try #require(try await ask(in: world).json()["id"]?.string)
        let answers = Self.base + "/systemuser/request/\(AdminWorld.consumer)/\(id)"
        #expect(try await world.call(.post, answers + "/reject", .portal, pid: AdminWorld.director).status == .ok)
        #expect(
            try await world.call(.post, answers + "/approve", .portal, pid: AdminWorld.director).status == .conflict
        )
        let list = Self.base + "/systemuser/request/vendor/bysystem/\(Self.system)?limit=1"
        let page = try await world.call(.get, list, .requestsRead).json()
        #expect(page["data"]?.array?.first?["status"] == "Rejected")
        #expect(page["links"]?["next"] == .null)
    }

    @Test func `another vendor sees and changes nothing`() async throws {
        let (world, client) = try await world()
        _ = try await register(client, in: world)
        let id = try #require(try await ask(in: world).json()["id"]?.string)
        let path = Self.base + "/systemregister/vendor/\(Self.system)"
        #expect(try await world.call(.get, path, .systemsWrite, of: AdminWorld.supplier).status == .notFound)
        #expect(try await world.call(.delete, path, .systemsWrite, of: AdminWorld.supplier).status == .forbidden)
        let request = Self.base + "/systemuser/request/vendor/\(id)"
        for method in [HTTPRequest.Method.get, .delete] {
            #expect(try await world.call(method, request, .requestsWrite, of: AdminWorld.supplier).status == .notFound)
        }
        let list = Self.base + "/systemregister/vendor"
        #expect(try await world.call(.get, list, .systemsWrite, of: AdminWorld.supplier).text == "[]")
        #expect(try await world.call(.get, list, .systemsAdmin, of: AdminWorld.supplier).json().array?.count == 1)
        let foreign = try await register(client, in: world, of: AdminWorld.supplier)
        #expect(foreign.status.code >= 400)
    }

    @Test func `faults of a system are told together, each with its number`() async throws {
        let (world, _) = try await world()
        let answer = try await world.call(
            .post,
            Self.base + "/systemregister/vendor",
            .systemsWrite,
            body:
                #"{"id":"payroll","vendor":{"ID":"311000012"},"name":{"nb":"L","nn":"L","en":"P"},"description":{"nb":"L","nn":"L","en":"P"},"allowedRedirectUrls":["http://x.no/"]}"#
        )
        #expect(answer.status == .badRequest)
        let codes = Set((try answer.json()["validationErrors"]?.array ?? []).compactMap { $0["code"]?.string })
        #expect(codes.isSuperset(of: ["AUTH.VLD-00000", "AUTH.VLD-00001", "AUTH.VLD-00005"]), "\(codes)")
    }

    @Test func `the look-up names what is missing`() async throws {
        let (world, client) = try await world()
        let path = Self.base + "/systemuser/byExternalId?clientId=\(client)"
        let answer = try await world.call(.get, path, .systemUserRead)
        #expect(answer.status == .badRequest)
        #expect(try answer.object()["details"] == ["parameter": "systemProviderOrgNo"])
    }
}
