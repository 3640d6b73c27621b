import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("altinn.md §3.2: the resource registry over HTTP")
struct ResourceRegistryAPITests {
    private static let base = "/resourceregistry/api/v1/resource"

    private func world() throws -> AdminWorld {
        let world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer)
        return world
    }

    static func record(_ id: String, type: String = "MaskinportenSchema", scope: String = "acme:read") -> String {
        let text = #"{"nb":"Fangst","nn":"Fangst","en":"Catch"}"#
        let references =
            type == "MaskinportenSchema"
            ? #"[{"referenceSource":"Altinn3","reference":"\#(scope)","referenceType":"MaskinportenScope"}]"# : "[]"
        return #"""
            {"identifier":"\#(id)","title":\#(text),"description":\#(text),"rightDescription":\#(text),
            "resourceReferences":\#(references),"delegable":true,"resourceType":"\#(type)",
            "hasCompetentAuthority":{"organization":"\#(AdminWorld.owner)","orgcode":"acme"}}
            """#
    }

    static func policy(_ id: String, role: String = "APIADM", action: String = "ScopeAccess") -> String {
        func match(_ attribute: String, _ category: String, _ value: String) -> String {
            """
            <xacml:AnyOf><xacml:AllOf>
            <xacml:Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">
            <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">\(value)</xacml:AttributeValue>
            <xacml:AttributeDesignator AttributeId="\(attribute)" Category="\(category)"
             DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></xacml:Match>
            </xacml:AllOf></xacml:AnyOf>
            """
        }
        let category = "urn:oasis:names:tc:xacml:3.0:attribute-category"
        return """
            <xacml:Policy xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
             PolicyId="urn:altinn:policyid:\(id)" Version="1.0"
             RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
            <xacml:Target/><xacml:Rule RuleId="urn:altinn:resource:\(id):ruleid:1" Effect="Permit"><xacml:Target>
            \(match("urn:altinn:rolecode", "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject", role))
            \(match("urn:altinn:resource", category + ":resource", id))
            \(match("urn:oasis:names:tc:xacml:1.0:action:action-id", category + ":action", action))
            </xacml:Target></xacml:Rule></xacml:Policy>
            """
    }

    private func post(_ body: String, in world: AdminWorld, prefixes: [String] = ["acme"]) async throws -> TestResponse
    {
        try await world.call(.post, Self.base, .resourceWrite, prefixes: prefixes, body: body)
    }

    @Test func `a record is made, read, changed, listed and taken out`() async throws {
        let world = try world()
        let made = try await post(Self.record("acme-catch"), in: world)
        #expect(made.status == .created)
        #expect(made.headers[.location] == "http://localhost/resourceregistry/api/v1/resource/acme-catch")
        try Golden.check(made.text + "\n", "resource.json")
        #expect(try await post(Self.record("acme-catch"), in: world).status == .conflict)
        let changed = Self.record("acme-catch").replacing("Fangst", with: "Landing")
        let put = try await world.call(
            .put,
            Self.base + "/acme-catch",
            .resourceWrite,
            prefixes: ["acme"],
            body: changed
        )
        #expect(try put.json()["versionId"] == 2)
        #expect(try await world.call(.get, Self.base + "/acme-catch", .resourceRead).json()["versionId"] == 2)
        #expect(try await world.call(.get, Self.base + "/resourcelist", .resourceRead).json().array?.count == 1)
        let gone = try await world.call(.delete, Self.base + "/acme-catch", .resourceWrite, prefixes: ["acme"])
        #expect(gone.status == .noContent)
        #expect(try await world.call(.get, Self.base + "/acme-catch", .resourceRead).status == .notFound)
        #expect(try await world.call(.get, Self.base + "/resourcelist", .resourceRead).text == "[]")
    }

    @Test func `a scope of another's prefix is refused as ever: 401 and InvalidPrefix`() async throws {
        let world = try world()
        for prefixes in [[], ["other"]] {
            let answer = try await post(Self.record("acme-catch"), in: world, prefixes: prefixes)
            #expect(answer.status == .unauthorized)
            #expect(try answer.json()["errors"]?["InvalidPrefix"]?.strings == ["acme:read"])
        }
        let stranger = try await world.call(
            .post,
            Self.base,
            .resourceWrite,
            of: AdminWorld.consumer,
            prefixes: ["acme"],
            body: Self.record("acme-catch")
        )
        #expect(stranger.status == .forbidden)
        let admin = try await world.call(.post, Self.base, .resourceAdmin, body: Self.record("acme-catch"))
        #expect(admin.status == .created)
    }

    @Test func `a record with faults is told all of them`() async throws {
        let world = try world()
        let answer = try await post(Self.record("acme-catch", scope: "nocolon"), in: world)
        #expect(answer.status == .badRequest)
        #expect(try answer.json()["validationErrors"]?.array?.isEmpty == false)
        #expect(try await post(#"{"identifier":"acme-catch","titel":{}}"#, in: world).status == .badRequest)
    }

    @Test func `a policy is uploaded as a file, and what follows from it is told`() async throws {
        let world = try world()
        _ = try await post(Self.record("acme-catch"), in: world)
        let path = Self.base + "/acme-catch/policy"
        let form =
            "--b\r\nContent-Disposition: form-data; name=\"policyFile\"; filename=\"p.xml\"\r\n\r\n"
            + Self.policy("acme-catch") + "\r\n--b--\r\n"
        let stored = try await world.call(
            .post,
            path,
            .resourceWrite,
            prefixes: ["acme"],
            headers: [.contentType: "multipart/form-data; boundary=b"],
            body: form
        )
        #expect(stored.status == .created, "\(stored.text)")
        #expect(try await world.call(.get, path, .resourceRead).text == Self.policy("acme-catch"))
        let subjects = try await world.call(.get, path + "/subjects", .resourceRead).json()
        #expect(subjects["data"]?.array?.first?["urn"] == "urn:altinn:rolecode:APIADM")
        let rights = try await world.call(.get, path + "/rights", .resourceRead).json()
        #expect(rights["data"]?.array?.first?["action"]?["value"] == "ScopeAccess")
        #expect(try await world.call(.get, path + "/rules", .resourceRead).json().array?.count == 1)
        let by = try await world.call(
            .post,
            Self.base + "/bysubjects/",
            .resourceRead,
            body: #"["urn:altinn:rolecode:apiadm"]"#
        )
        #expect(try by.json()["data"]?.array?.first?["resources"]?.array?.count == 1)
        let updated = try await world.call(.get, Self.base + "/updated?since=2026-01-01T00:00:00Z", .resourceRead)
        #expect(try updated.json()["data"]?.array?.count == 1)
    }

    private static let badPolicies = [
        "no xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><Policy>&a;</Policy>", policy("acme-other"),
    ]

    @Test(arguments: badPolicies.indices)
    func `a policy that is none is refused, and nothing kept`(index: Int) async throws {
        let world = try world()
        _ = try await post(Self.record("acme-catch"), in: world)
        let path = Self.base + "/acme-catch/policy"
        let answer = try await world.call(
            .put,
            path,
            .resourceWrite,
            prefixes: ["acme"],
            headers: [.contentType: "application/xml"],
            body: Self.badPolicies[index]
        )
        #expect(answer.status == .badRequest, "\(answer.text)")
        #expect(try await world.call(.get, path, .resourceRead).status == .notFound)
    }
}
