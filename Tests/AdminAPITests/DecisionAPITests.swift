import AuditLedger
import Delegations
import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("altinn.md §4.1 and §5: decisions, roles and parties over HTTP")
struct DecisionAPITests {
    private static let path = "/authorization/api/v1/authorize"

    private func world() throws -> AdminWorld {
        let world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer, AdminWorld.supplier)
        try world.give("APIADM", for: AdminWorld.consumer, to: AdminWorld.director)
        return world
    }

    private func request(
        pid: String,
        action: String = "read",
        resource: String = "altinn_maskinporten_scope_delegation"
    ) -> String {
        """
        {"Request":{"AccessSubject":[{"Attribute":[{"AttributeId":"urn:altinn:person:identifier-no","Value":"\(pid)"}]}],\
        "Action":[{"Attribute":[{"AttributeId":"urn:oasis:names:tc:xacml:1.0:action:action-id","Value":"\(action)"}]}],\
        "Resource":[{"Attribute":[{"AttributeId":"urn:altinn:resource","Value":"\(resource)"},\
        {"AttributeId":"urn:altinn:organization:identifier-no","Value":"\(AdminWorld.consumer)"}]}]},"explain":true}
        """
    }

    private func decision(_ answer: TestResponse) throws -> String? {
        try answer.json()["Response"]?.array?.first?["Decision"]?.string
    }

    @Test func `permits, with obligations, an explanation and an entry that names no person`() async throws {
        let world = try world()
        let answer = try await world.call(.post, Self.path, .authorize, body: request(pid: AdminWorld.director))
        #expect(answer.status == .ok)
        #expect(try decision(answer) == "Permit")
        #expect(try answer.json()["Response"]?.array?.first?["Obligations"]?.array?.isEmpty == false)
        #expect(try answer.json()["Explanation"]?.array?.count == 1)
        let event = try #require(try world.lastEvent())
        #expect(event.kind == .decisionMade)
        #expect(event.traceID != nil)
        #expect(!"\(event)".contains(AdminWorld.director))
        #expect(!answer.text.contains(AdminWorld.director))
    }

    @Test func `everything else is 200 with its decision`() async throws {
        let world = try world()
        let bodies = [
            (request(pid: AdminWorld.member), "NotApplicable"),
            (request(pid: AdminWorld.director, resource: "acme-unknown"), "Indeterminate"),
            ("{}", "Indeterminate"), ("no json", "Indeterminate"), (#"{"Request":[]}"#, "Indeterminate"),
        ]
        for (body, expected) in bodies {
            let answer = try await world.call(.post, "/authorization/api/v1/decision", .authorizeAdmin, body: body)
            #expect(answer.status == .ok)
            #expect(try decision(answer) == expected, "\(body)")
        }
    }

    @Test func `roles by numbers of parties; none is 404`() async throws {
        let world = try world()
        let user = Party.person(try world.pseudonym(AdminWorld.director)).partyID
        let path = "/authorization/api/v1/roles?coveredByUserId=\(user)&offeredByPartyId="
        let roles = try await world.call(.get, path + "\(AdminWorld.consumer)", .authorize).json()
        #expect(roles.array?.contains(["Type": "altinn", "Value": "APIADM"]) == true)
        #expect(try await world.call(.get, path + "\(AdminWorld.supplier)", .authorize).status == .notFound)
        let missing = try await world.call(.get, "/authorization/api/v1/roles?coveredByUserId=\(user)", .authorize)
        #expect(missing.status == .badRequest)
    }

    @Test func `parties of a user, and whether one of them is`() async throws {
        let world = try world()
        try world.know(AdminWorld.stranger)
        let user = Party.person(try world.pseudonym(AdminWorld.director)).partyID
        let parties = try await world.call(.get, "/authorization/api/v1/parties?userId=\(user)", .authorize).json()
        let numbers = (parties.array ?? []).compactMap { $0["orgNumber"]?.string }
        #expect(numbers == ["\(AdminWorld.consumer)"])
        for (party, expected) in [(AdminWorld.consumer, "true"), (AdminWorld.stranger, "false")] {
            let path = "/authorization/api/v1/parties/\(party)/validate?userId=\(user)"
            #expect(try await world.call(.get, path, .authorize).text == expected)
        }
    }

    @Test func `the newer list of parties, for the person and for whoever asks about the person`() async throws {
        let world = try world()
        let base = "/accessmanagement/api/v1"
        let own = try await world.call(
            .get,
            base + "/enduser/authorizedparties",
            .authorizedParties,
            pid: AdminWorld.director
        )
        let asked = try await world.call(
            .post,
            base + "/resourceowner/authorizedparties",
            .authorizedPartiesAdmin,
            body: #"{"type":"urn:altinn:person:identifier-no","value":"\#(AdminWorld.director)"}"#
        )
        #expect(own.status == .ok)
        #expect(own.text == asked.text)
        #expect(!own.text.contains(AdminWorld.director))
        let organisation = try own.json().array?.first { $0["type"] == "Organization" }
        #expect(organisation?["organizationNumber"]?.string == "\(AdminWorld.consumer)")
        #expect(organisation?["authorizedRoles"]?.strings?.contains("APIADM") == true)
    }

    @Test func `a resource owner learns of those for whom the person reaches its own resources, and by what`()
        async throws
    {
        let world = try world()
        try world.give("UTINN", for: AdminWorld.consumer, to: AdminWorld.director)
        let text = #"{"nb":"Fangst","nn":"Fangst","en":"Catch"}"#
        let registry = "/resourceregistry/api/v1/resource"
        let record = #"""
            {"identifier":"acme-catch","title":\#(text),"description":\#(text),"rightDescription":\#(text),
            "resourceType":"GenericAccessResource","delegable":true,
            "hasCompetentAuthority":{"organization":"\#(AdminWorld.owner)","orgcode":"acme"}}
            """#
        let made = try await world.call(.post, registry, .resourceAdmin, body: record)
        try #require(made.status == .created, "\(made.text)")
        let stored = try await world.call(
            .put,
            registry + "/acme-catch/policy",
            .resourceAdmin,
            headers: [.contentType: "application/xml"],
            body: ResourceRegistryAPITests.policy("acme-catch", role: "apiadm")
        )
        try #require(stored.status == .ok, "\(stored.text)")
        func asked(by owner: OrganisationNumber, _ scope: AdministrativeScope) async throws -> JSONValue {
            try await world.call(
                .post,
                "/accessmanagement/api/v1/resourceowner/authorizedparties",
                scope,
                of: owner,
                body: #"{"type":"urn:altinn:person:identifier-no","value":"\#(AdminWorld.director)"}"#
            ).json()
        }
        let all = try await asked(by: AdminWorld.owner, .authorizedPartiesAdmin)
        #expect(all.array?.contains { $0["organizationNumber"]?.string == "\(AdminWorld.consumer)" } == true)
        // Whoever owns no resource learns nothing.
        #expect(try await asked(by: AdminWorld.supplier, .authorizedPartiesOwner) == [])
        let own = try await asked(by: AdminWorld.owner, .authorizedPartiesOwner)
        #expect(own.array?.count == 1)
        #expect(own.array?.first?["organizationNumber"]?.string == "\(AdminWorld.consumer)")
        #expect(own.array?.first?["authorizedRoles"]?.strings == ["APIADM"])
        #expect(own.array?.first?["authorizedAccessPackages"] == [])
    }
}
