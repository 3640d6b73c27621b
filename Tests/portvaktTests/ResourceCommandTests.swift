import AuditLedger
import Foundation
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt resource, portvakt client onbehalfof")
struct ResourceCommandTests {
    private let consumer = "\(AdministrationWorld.consumer)"
    private let supplier = "\(AdministrationWorld.other)"

    private func record(
        _ id: String = "acme-schema",
        scopes: [String] = ["acme:a"],
        owner: OrganisationNumber? = nil
    ) -> String {
        let text = #"{"nb":"A","nn":"A","en":"A"}"#
        let references = scopes.map { #"{"reference":"\#($0)","referenceType":"MaskinportenScope"}"# }
            .joined(separator: ",")
        return """
            {"identifier":"\(id)","resourceType":"MaskinportenSchema","title":\(text),"description":\(text),
             "rightDescription":\(text),"resourceReferences":[\(references)],
             "hasCompetentAuthority":{"organization":"\(owner ?? AdministrationWorld.owner)"}}
            """
    }

    @Test func `a resource is created, changed, listed, shown and deleted`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let file = try world.file("r.json", record())
        let created = try await world.run("resource", "create", file, "--json").json
        #expect(created["result"] as? String == "created")
        #expect(created["version"] as? Int == 1)
        #expect(await world.run("resource", "create", file).status == .conflict)
        #expect(await world.run("resource", "update", file).output.hasSuffix("already\n"))
        _ = await world.run("scope", "create", "acme:b", "--description", "B")
        let two = try world.file("r2.json", record(scopes: ["acme:a", "acme:b"]))
        let changed = try await world.run("resource", "update", two, "--json").json
        #expect(changed["result"] as? String == "changed")
        #expect(changed["scopes"] as? [String] == ["acme:a", "acme:b"])
        #expect(await world.run("resource", "list", "--scope", "acme:b", "--output", "id").output == "acme-schema\n")
        #expect(try await world.run("resource", "show", "acme-schema", "--json").json["versionId"] as? Int == 2)
        #expect(
            try await world.run("resource", "show", "acme-schema", "--version", "1", "--json").json["versionId"] as? Int
                == 1
        )
        #expect(await world.run("resource", "delete", "acme-schema").status == .usage)
        #expect(await world.run("resource", "delete", "acme-schema", "--yes").status == .done)
        #expect(await world.run("resource", "show", "acme-schema").errors.contains("[resource_not_found]"))
    }

    @Test func `foreign prefixes are reported under InvalidPrefix, broken records by field`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let foreign = try world.file("f.json", record(scopes: ["acme:a", "other:x"]))
        let run = await world.run("resource", "create", foreign, "--json")
        #expect(run.status == .failed)
        let details = try #require(try run.error["details"] as? [String: Any])
        #expect(details["InvalidPrefix"] as? [String] == ["other:x"])
        let empty = await world.run("resource", "create", try world.file("e.json", record(scopes: [])))
        #expect(empty.errors.contains("[resource_invalid]"))
        let broken = await world.run("resource", "create", try world.file("b.json", "{\"Identifier\":\"x\"}"))
        #expect(broken.errors.contains("did you mean `identifier`"))
        #expect(await world.run("resource", "list").output.isEmpty)
    }

    @Test func `a policy is uploaded and its rights are listed`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        _ = await world.run("scope", "create", "acme:own", "--description", "O", "--delegation-source", "internal")
        let own = await world.run("resource", "policy", "scope_acme_3aown")
        #expect(own.output == "ScopeAccess\turn:altinn:rolecode=APIADM,urn:altinn:rolecode=APIADMNUF\n")
        let document = await world.run("resource", "policy", "scope_acme_3aown", "--document").output
        _ = await world.run("resource", "create", try world.file("r.json", record()))
        #expect(await world.run("resource", "policy", "acme-schema").errors.contains("[policy_not_found]"))
        let policy = try world.file("p.xml", document.replacing("scope_acme_3aown", with: "acme-schema"))
        #expect(await world.run("resource", "policy", "acme-schema", policy).output.hasSuffix("uploaded\n"))
        #expect(await world.run("resource", "policy", "acme-schema", policy).output.hasSuffix("already\n"))
        let wrong = await world.run("resource", "policy", "acme-schema", try world.file("w.xml", document))
        #expect(wrong.errors.contains("[policy_invalid]"))
        let none = await world.run("resource", "policy", "acme-schema", try world.file("n.xml", "no xml"))
        #expect(none.errors.contains("[policy_invalid]"))
    }

    @Test func `customers of iss_onbehalfof are added, listed and removed`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let client = await world.run(
            "client",
            "create",
            "--org",
            consumer,
            "--name",
            "C",
            "--scope",
            "acme:a",
            "--output",
            "id"
        ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(await world.run("client", "onbehalfof", "add", client, "c-1", supplier).output.hasSuffix("added\n"))
        #expect(await world.run("client", "onbehalfof", "add", client, "c-1", supplier).output.hasSuffix("already\n"))
        let taken = await world.run("client", "onbehalfof", "add", client, "c-1", "\(AdministrationWorld.owner)")
        #expect(taken.errors.contains("[on_behalf_of_refused]"))
        #expect(await world.run("client", "onbehalfof", "add", client, "own", consumer).status == .failed)
        #expect(await world.run("client", "onbehalfof", "add", client, "two words", supplier).status == .failed)
        let list = await world.run("client", "onbehalfof", "list", client, "--fields", "onbehalfof,orgno")
        #expect(list.output == "c-1\t\(supplier)\n")
        #expect(await world.run("client", "onbehalfof", "remove", client, "c-1").status == .usage)
        #expect(await world.run("client", "onbehalfof", "remove", client, "c-1", "--yes").output.hasSuffix("removed\n"))
        #expect(await world.run("client", "onbehalfof", "remove", client, "c-1", "--yes").output.hasSuffix("already\n"))
        let kinds = try world.events().map(\.kind).filter { $0 == .onBehalfOfAdded || $0 == .onBehalfOfRemoved }
        #expect(kinds == [.onBehalfOfAdded, .onBehalfOfRemoved])
    }
}
