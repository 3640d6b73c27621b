import Administration
import AuditLedger
import HTTPTypes
import HummingbirdTesting
import JOSE
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("Self-service API §5.1, §5.7: suppliers register clients for customers")
struct SelfServiceSupplierTests {
    private let supplier = AdminWorld.supplier
    private let customer = AdminWorld.consumer

    private func draft(for customer: OrganisationNumber) -> String {
        SelfServiceWorld.draft.replacing("{\"integration", with: "{\"client_orgno\": \"\(customer)\", \"integration")
    }

    @Test func `the customer owns it, the supplier holds it, both see it, nobody else`() async throws {
        let here = try SelfServiceWorld()
        let made = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsSupplier,
            of: supplier,
            body: draft(for: customer)
        )
        #expect(made.status == .ok, "\(made.text)")
        let id = try #require(made.object()["client_id"]?.string)
        #expect(try made.object()["client_orgno"] == .string("\(customer)"))
        #expect(try made.object()["supplier_orgno"] == .string("\(supplier)"))
        let path = "/api/v1/clients/\(id)"
        let sights: [(OrganisationNumber, AdministrativeScope, Bool)] = [
            (supplier, .clientsSupplier, true), (customer, .clientsRead, true), (supplier, .clientsRead, false),
            (customer, .clientsSupplier, false), (AdminWorld.stranger, .clientsSupplier, false),
        ]
        for (organisation, scope, sees) in sights {
            let one = try await here.world.call(.get, path, scope, of: organisation)
            #expect((one.status == .ok) == sees, "\(organisation) \(scope)")
            let list = try await here.world.call(.get, "/api/v1/clients", scope, of: organisation)
            #expect(try (list.json().array?.count == 1) == sees)
        }
    }

    @Test func `its customer may stop it, and neither change it nor put a key on it`() async throws {
        let here = try SelfServiceWorld()
        let made = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsSupplier,
            of: supplier,
            body: draft(for: customer)
        )
        let path = "/api/v1/clients/\(try #require(made.object()["client_id"]?.string))"
        for (method, place, body) in [
            (HTTPRequest.Method.put, "", draft(for: customer)), (.put, "/jwks", SelfServiceWorld.set("a")),
            (.post, "/jwks", SelfServiceWorld.set("a")), (.delete, "/jwks", nil), (.delete, "/jwks/a", nil),
        ] as [(HTTPRequest.Method, String, String?)] {
            let answer = try await here.world.call(method, path + place, .clientsWrite, of: customer, body: body)
            #expect(answer.status == .forbidden, "\(method) \(place): \(answer.text)")
        }
        let key = try await here.world.call(
            .put,
            path + "/jwks",
            .clientsSupplier,
            of: supplier,
            body: SelfServiceWorld.set("a")
        )
        #expect(key.status == .ok)
        let stopped = try await here.world.call(.delete, path, .clientsModify, of: customer)
        #expect(try stopped.object()["active"] == false)
    }

    @Test func `without the right nobody registers for others, and a supplier says for whom`() async throws {
        let here = try SelfServiceWorld()
        let foreign = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsWrite,
            of: supplier,
            body: draft(for: customer)
        )
        #expect(foreign.status == .forbidden)
        let nobody = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsSupplier,
            of: supplier,
            body: SelfServiceWorld.draft
        )
        #expect(nobody.status == .badRequest)
        #expect(try nobody.object()["errors"]?.array?.first?["fieldIdentifier"] == "client_orgno")
        let itself = try await here.world.call(
            .post,
            "/api/v1/clients",
            .clientsSupplier,
            of: supplier,
            body: draft(for: supplier)
        )
        #expect(itself.status == .forbidden)
        #expect(try here.world.events(.clientCreated).isEmpty)
    }

    @Test func `owner, supplier and type of a client never change`() async throws {
        let here = try SelfServiceWorld()
        let (id, _) = try await here.client()
        for body in [
            draft(for: AdminWorld.stranger),
            SelfServiceWorld.draft.replacing("\"maskinporten\"", with: "\"krr\"").replacing(
                "[\"acme:read\"]",
                with: "[]"
            ),
            SelfServiceWorld.draft.replacing("{\"integration", with: "{\"client_id\": \"other\", \"integration"),
        ] {
            let answer = try await here.world.call(
                .put,
                "/api/v1/clients/\(id)",
                .clientsWrite,
                of: customer,
                body: body
            )
            #expect(answer.status == .badRequest)
            #expect(answer.text.contains("cannot be changed"), "\(answer.text)")
        }
    }
}
