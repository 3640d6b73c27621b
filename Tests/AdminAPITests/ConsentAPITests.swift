import Delegations
import TestSupport
import Foundation
import FoundationEssentials
import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("altinn.md §7: consents over HTTP")
struct ConsentAPITests {
    private static let base = "/accessmanagement/api/v1/enterprise/consentrequests"
    private static let id = "0199a8f2-7d11-7a3e-9d41-2f1c5b7a9e10"

    /// A bank that may ask, a company with a director who may consent.
    private func world() async throws -> AdminWorld {
        let world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer, AdminWorld.supplier)
        for role in ["ADMAI", "HADM", "UTINN"] as [RoleCode] {
            try world.give(role, for: AdminWorld.consumer, to: AdminWorld.director)
        }
        let text = #"{"nb":"Inntekt","nn":"Inntekt","en":"Income"}"#
        let record = #"""
            {"identifier":"acme-income","title":\#(text),"description":\#(text),"rightDescription":\#(text),
            "resourceType":"Consent","delegable":true,"consentTemplate":"default","consentText":\#(text),
            "consentMetadata":{"year":{"optional":false}},
            "hasCompetentAuthority":{"organization":"\#(AdminWorld.owner)","orgcode":"acme"}}
            """#
        let registry = "/resourceregistry/api/v1/resource"
        let made = try await world.call(.post, registry, .resourceAdmin, body: record)
        try #require(made.status == .created, "\(made.text)")
        let stored = try await world.call(
            .put,
            registry + "/acme-income/policy",
            .resourceAdmin,
            headers: [.contentType: "application/xml"],
            body: Self.policy
        )
        try #require(stored.status == .ok, "\(stored.text)")
        return world
    }

    /// Whoever has UTINN consents; every organisation may ask.
    private static var policy: String {
        let consenting = ResourceRegistryAPITests.policy("acme-income", role: "UTINN", action: "consent")
        let asking = ResourceRegistryAPITests.policy("acme-income", role: "organization", action: "requestconsent")
            .replacing("urn:altinn:rolecode", with: "urn:altinn:partytype").replacing(":ruleid:1", with: ":ruleid:2")
        let start = asking.range(of: "<xacml:Rule ")?.lowerBound ?? asking.startIndex
        let end = asking.range(of: "</xacml:Rule>")?.upperBound ?? asking.endIndex
        return consenting.replacing("</xacml:Policy>", with: asking[start..<end] + "</xacml:Policy>")
    }

    private func request(year: String = #"{"year":"2026"}"#, to: OrganisationNumber = AdminWorld.supplier) -> String {
        #"""
        {"id":"\#(Self.id)","from":"urn:altinn:organization:identifier-no:\#(AdminWorld.consumer)",
        "to":"urn:altinn:organization:identifier-no:\#(to)","validTo":"2027-06-01T00:00:00Z",
        "consentRights":[{"action":["consent"],"resource":[{"type":"urn:altinn:resource","value":"acme-income"}],
        "metaData":\#(year)}],"requestMessage":{"nb":"Lån"},"redirectUrl":"https://bank.example.no/back"}
        """#
    }

    private func ask(_ body: String, in world: AdminWorld) async throws -> TestResponse {
        try await world.call(.post, Self.base, .consentRequestsWrite, of: AdminWorld.supplier, body: body)
    }

    private func lookup(
        in world: AdminWorld,
        from: OrganisationNumber = AdminWorld.consumer,
        to: OrganisationNumber = AdminWorld.supplier
    ) async throws -> TestResponse {
        let prefix = "urn:altinn:organization:identifier-no:"
        return try await world.call(
            .post,
            "/accessmanagement/api/v1/maskinporten/consent/lookup",
            .consentRead,
            body: #"{"id":"\#(Self.id)","from":"\#(prefix)\#(from)","to":"\#(prefix)\#(to)"}"#
        )
    }

    private func answer(
        _ act: String,
        in world: AdminWorld,
        pid: String = AdminWorld.director
    ) async throws -> TestResponse {
        try await world.call(
            .post,
            "/accessmanagement/api/v1/bff/consentrequests/\(Self.id)/\(act)",
            .portal,
            pid: pid
        )
    }

    @Test func `asked, accepted by whoever may, found, revoked, found no more`() async throws {
        let world = try await world()
        let asked = try await ask(request(), in: world)
        #expect(asked.status == .created, "\(asked.text)")
        try Golden.check(asked.text + "\n", "consent-request.json")
        // The same again is the same, and not another.
        #expect(try await ask(request(), in: world).status == .ok)
        #expect(try await lookup(in: world).object()["code"] == "AM-00014")
        #expect(try await answer("accept", in: world, pid: AdminWorld.member).status == .forbidden)
        let accepted = try await answer("accept", in: world)
        #expect(accepted.status == .ok, "\(accepted.text)")
        #expect(try await answer("accept", in: world).json()["status"] == "Accepted")
        try Golden.check(try await lookup(in: world).text + "\n", "consent-lookup.json")
        #expect(try await answer("revoke", in: world).json()["status"] == "Revoked")
        #expect(try await lookup(in: world).object()["code"] == "AM-00011")
        let events = try await world.call(.get, Self.base + "/events", .consentRequestsRead, of: AdminWorld.supplier)
            .json()
        let kinds = (events["data"]?.array ?? []).compactMap { $0["eventType"]?.string }
        #expect(kinds == ["Created", "Accepted", "Revoked"])
    }

    @Test func `the look-up reports all that is wrong together`() async throws {
        let world = try await world()
        _ = try await ask(request(), in: world)
        world.clock.advance(by: .days(400))
        let answer = try await lookup(in: world, from: AdminWorld.owner)
        #expect(answer.status == .badRequest)
        let codes = Set((try answer.json()["problems"]?.array ?? []).compactMap { $0["code"]?.string })
        #expect(codes == ["AM-00012", "AM-00013", "AM-00014"])
        let unknown = try await lookup(in: world, to: AdminWorld.owner)
        #expect(unknown.status == .notFound)
        #expect(try unknown.object()["code"] == "AM-00001")
    }

    @Test func `what a supplier handles it sees by a token for the consumer alone, not by its own`() async throws {
        let world = try await world()
        func call(
            _ method: HTTPRequest.Method,
            _ path: String,
            of consumer: OrganisationNumber,
            through supplier: OrganisationNumber? = nil,
            body: String? = nil
        ) async throws -> TestResponse {
            var claims = world.claims(["altinn:consentrequests.write"], of: consumer)
            if let supplier {
                claims["supplier"] = ["authority": "iso6523-actorid-upis", "ID": .string(supplier.iso6523)]
                claims["delegation_source"] = .string(AdminWorld.issuer)
            }
            return try await world.send(method, Self.base + path, token: try world.mint(claims), body: body)
        }
        let (bank, handler) = (AdminWorld.supplier, AdminWorld.owner)
        let made = try await call(.post, "", of: bank, through: handler, body: request())
        #expect(made.status == .created, "\(made.text)")
        for method in [HTTPRequest.Method.get, .delete] {
            // Its delegation may be revoked: its own token shows nothing of that.
            #expect(try await call(method, "/" + Self.id, of: handler).status == .notFound)
            let stranger = AdminWorld.operatorOrganisation
            #expect(try await call(method, "/" + Self.id, of: bank, through: stranger).status == .notFound)
        }
        func events(of consumer: OrganisationNumber, through supplier: OrganisationNumber? = nil) async throws -> Int? {
            try await call(.get, "/events", of: consumer, through: supplier).json()["data"]?.array?.count
        }
        #expect(try await events(of: handler) == 0)
        #expect(try await events(of: bank, through: AdminWorld.operatorOrganisation) == 0)
        #expect(try await events(of: bank, through: handler) == 1)
        #expect(try await events(of: bank) == 1)
        #expect(try await call(.get, "/" + Self.id, of: bank, through: handler).status == .ok)
        #expect(try await call(.delete, "/" + Self.id, of: bank, through: handler).status == .noContent)
    }

    @Test func `only the organisation that asks makes, sees and takes back its request`() async throws {
        let world = try await world()
        let forOther = try await ask(request(to: AdminWorld.owner), in: world)
        #expect(forOther.status == .forbidden)
        _ = try await ask(request(), in: world)
        let path = Self.base + "/\(Self.id)"
        #expect(try await world.call(.get, path, .consentRequestsRead, of: AdminWorld.owner).status == .notFound)
        #expect(try await world.call(.delete, path, .consentRequestsWrite, of: AdminWorld.owner).status == .notFound)
        #expect(try await world.call(.get, path, .consentRequestsRead, of: AdminWorld.supplier).status == .ok)
        #expect(
            try await world.call(.delete, path, .consentRequestsWrite, of: AdminWorld.supplier).status == .noContent
        )
        #expect(try await answer("accept", in: world).status.code >= 400)
    }

    @Test func `faults of a request are told with their numbers`() async throws {
        let world = try await world()
        let answer = try await ask(request(year: #"{"month":"1","year":""}"#), in: world)
        #expect(answer.status == .badRequest)
        let codes = Set((try answer.json()["validationErrors"]?.array ?? []).compactMap { $0["code"]?.string })
        #expect(codes.isSuperset(of: ["AM.VLD-00025", "AM.VLD-00026"]), "\(codes)")
    }
}
