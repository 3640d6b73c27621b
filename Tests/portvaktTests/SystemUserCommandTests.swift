import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt system, systemuser, consent")
struct SystemUserCommandTests {
    private let vendor = AdministrationWorld.owner
    private let customer = AdministrationWorld.consumer
    private var system: String { "\(vendor)_payroll" }

    private func world() async throws -> AdministrationWorld {
        let world = try await AdministrationWorld()
        let file = try world.file("system.json", record)
        let run = await world.run("system", "create", file)
        #expect(run.status == .done, "\(run.errors)")
        return world
    }

    private var record: String {
        """
        {"id":"\(system)","vendor":{"ID":"0192:\(vendor)"},"name":{"nb":"Lønn"},
         "accessPackages":[{"urn":"urn:altinn:accesspackage:teknisk-samhandling-digdir"}]}
        """
    }

    private func request(in world: AdministrationWorld) async throws -> String {
        let run = await world.run(
            "systemuser",
            "request",
            system,
            "\(customer)",
            "--package",
            "teknisk-samhandling-digdir",
            "--json"
        )
        #expect(run.status == .done, "\(run.errors)")
        #expect(try run.json["external_ref"] as? String == "\(customer)")
        return try #require(try run.json["id"] as? String)
    }

    @Test func `a system is registered, listed, changed and shown with its log`() async throws {
        let world = try await world()
        #expect(await world.run("system", "list", "--output", "id").output == "\(system)\n")
        let again = await world.run("system", "create", try world.file("again.json", record), "--json")
        #expect(again.status == .failed)
        let faults = try again.error["details"] as? [String: Any]
        #expect((faults?["faults"] as? [[String: Any]])?.first?["code"] as? String == "AUTH.VLD-00002")
        let changed = record.replacing("Lønn", with: "Lønn og fravær")
        let update = await world.run("system", "update", try world.file("changed.json", changed), "--json")
        #expect(try update.json["result"] as? String == "changed")
        let show = await world.run("system", "show", system, "--json")
        #expect(
            (try show.json["changes"] as? [[String: Any]])?.compactMap { $0["changeType"] as? String } == [
                "create", "update",
            ]
        )
        #expect(await world.run("system", "show", "\(vendor)_nothing").status == .failed)
        #expect(await world.run("system", "show", "nothing").status == .usage)
    }

    @Test func `the operator approves without a role, once, and the ledger says so`() async throws {
        let world = try await world()
        let id = try await request(in: world)
        let run = await world.run("systemuser", "approve", id, "--json")
        #expect(run.status == .done, "\(run.errors)")
        #expect(try run.json["result"] as? String == "approved")
        let twice = await world.run("systemuser", "approve", id)
        #expect(twice.status == .conflict)
        #expect(twice.errors.contains("[AUTH-00013]"))
        let entry = try #require(try world.events().last)
        #expect(entry.kind == .systemUserApproved)
        #expect(entry.details["basis"] == "operator")
        #expect(await world.run("systemuser", "list", "--org", "\(customer)", "--output", "id").output == "\(id)\n")
        #expect(await world.run("systemuser", "list").status == .usage)
    }

    @Test func `what takes away asks, and a deleted system user frees its triple`() async throws {
        let world = try await world()
        let id = try await request(in: world)
        #expect(await world.run("systemuser", "approve", id).status == .done)
        #expect(await world.run("systemuser", "delete", id).status == .usage)
        #expect(await world.run("systemuser", "delete", id, "--yes").status == .done)
        #expect(await world.run("systemuser", "list", "--org", "\(customer)").output.isEmpty)
        let next = try await request(in: world)
        #expect(await world.run("systemuser", "reject", next).status == .done)
        let listed = await world.run("systemuser", "list", "--org", "\(customer)", "--requests")
        #expect(listed.output.contains("Rejected"))
        #expect(await world.run("system", "delete", system, "--yes").status == .done)
        #expect(await world.run("system", "list").output.isEmpty)
    }

    @Test func `a request for consent with faults tells all of them and stores nothing`() async throws {
        let world = try await world()
        let file = try world.file("consent.json", #"{"id":"x","to":"310000001","consentRights":[]}"#)
        let run = await world.run("consent", "request", file, "--json")
        #expect(run.status == .failed)
        let details = try run.error["details"] as? [String: Any]
        let paths = (details?["faults"] as? [[String: Any]])?.compactMap { $0["path"] as? String }
        #expect(paths == ["/id", "/from", "/to", "/validTo", "/consentRights", "/redirectUrl"])
        #expect(await world.run("consent", "list").output.isEmpty)
        let unknown = await world.run("consent", "accept", "7f8d1b0a-5c0a-4b8a-93d1-0e0f5a5f3e11")
        #expect(unknown.status == .failed)
        #expect(unknown.errors.contains("[AM-00001]"))
    }
}
