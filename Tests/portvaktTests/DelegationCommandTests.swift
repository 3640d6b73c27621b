import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import TestSupport
import Testing
import Vocabulary

@testable import portvakt

/// The world of administrators, with a scope of the internal register.
private func delegationWorld() async throws -> AdministrationWorld {
    let world = try await AdministrationWorld()
    for arguments in [
        ["prefix", "assign", "acme", "\(AdministrationWorld.owner)"],
        ["scope", "create", "acme:a", "--description", "A", "--delegation-source", "internal"],
        ["access", "grant", "acme:a", "\(AdministrationWorld.consumer)"],
    ] {
        let run = await world.run(arguments)
        #expect(run.status == .done, "\(arguments): \(run.errors)")
    }
    return world
}

@Suite("portvakt delegation")
struct DelegationCommandTests {
    private let consumer = "\(AdministrationWorld.consumer)"
    private let supplier = "\(AdministrationWorld.other)"
    private let now = AdministrationWorld.now

    @Test func `granting twice is once, and the ledger says that the operator did it`() async throws {
        let world = try await delegationWorld()
        let first = await world.run(
            "delegation",
            "grant",
            consumer,
            supplier,
            "acme:a",
            "--until",
            "2027-06-30",
            "--json"
        )
        #expect(first.status == .done, "\(first.errors)")
        #expect(try first.json["result"] as? String == "granted")
        #expect(try first.json["until"] as? String == "2027-07-01T00:00:00Z")
        #expect(try first.json["resource"] as? String == "scope_acme_3aa")
        let again = await world.run("delegation", "grant", consumer, supplier, "acme:a", "--until", "2027-06-30")
        #expect(again.status == .done)
        #expect(again.output.contains("already"))
        let event = try #require(try world.events().last { $0.kind == .delegationGiven })
        #expect(event.details["basis"] == "operator")
        #expect(try world.events().filter { $0.kind == .delegationGiven }.count == 1)
    }

    @Test func `bad input is refused by name, and nothing is kept`() async throws {
        let world = try await delegationWorld()
        let stranger = "\(AdministrationWorld.number(31_999_999))"
        for (arguments, code) in [
            ([consumer, consumer, "acme:a"], "delegation_to_self"),
            ([consumer, stranger, "acme:a"], "organisation_unknown"),
            ([consumer, supplier, "acme:b"], "scope_not_found"),
            ([consumer, "310000001", "acme:a"], "organisation_number_invalid"),
            ([consumer, supplier, "acme:a", "--resource", "missing"], "resource_not_found"),
            ([consumer, supplier, "acme:a", "--resource", "altinn_access_management"], "resource_other_scope"),
            ([consumer, supplier, "acme:a", "--until", "2020-01-01"], "delegation_ends_in_the_past"),
        ] {
            let run = await world.run(["delegation", "grant"] + arguments)
            #expect(run.status == .failed, "\(arguments)")
            #expect(run.errors.contains("[\(code)]"), "\(arguments): \(run.errors)")
        }
        #expect(await world.run("delegation", "list").output.isEmpty)
        #expect(
            await world.run("delegation", "grant", consumer, supplier, "acme:a", "--until", "soon").status == .usage
        )
    }

    @Test func `the list has the columns of the interface`() async throws {
        let world = try await delegationWorld()
        _ = await world.run("delegation", "grant", consumer, supplier, "acme:a")
        let list = await world.run("delegation", "list", terminal: true, environment: ["NO_COLOR": "1"])
        let lines = list.output.split(separator: "\n")
        #expect(lines.first == "CONSUMER   SUPPLIER   SCOPE   SINCE                 UNTIL  LAST USED")
        #expect(lines.count == 2)
        #expect(await world.run("delegation", "list", "--supplier", consumer).output.isEmpty)
        #expect(await world.run("delegation", "list", "--scope", "acme:a", "--fields", "basis").output == "operator\n")
    }

    @Test func `revoking asks, takes what is named, and is harmless twice`() async throws {
        let world = try await delegationWorld()
        _ = await world.run("delegation", "grant", consumer, supplier, "acme:a")
        #expect(await world.run("delegation", "revoke").status == .usage)
        #expect(await world.run("delegation", "revoke", "--consumer", consumer).status == .usage)
        let other = await world.run("delegation", "revoke", "--consumer", supplier, "--yes")
        #expect(other.status == .done && other.output.isEmpty)
        let run = await world.run("delegation", "revoke", "--consumer", consumer, "--scope", "acme:a", "--yes")
        #expect(run.output == "\(consumer)\t\(supplier)\tscope_acme_3aa\trevoked\n")
        let again = await world.run("delegation", "revoke", "--consumer", consumer, "--scope", "acme:a", "--yes")
        #expect(again.status == .done && again.output.isEmpty)
        #expect(await world.run("delegation", "list").output.isEmpty)
    }
}

@Suite("portvakt delegation check --explain")
struct DelegationExplanationTests {
    private let consumer = "\(AdministrationWorld.consumer)"
    private let supplier = "\(AdministrationWorld.other)"

    /// Runs the check as a table and as JSON, and compares both with golden files.
    private func explain(
        _ name: String,
        _ expected: portvakt.ExitStatus,
        in world: AdministrationWorld,
        _ arguments: [String]
    ) async throws {
        let check = ["delegation", "check"] + arguments + ["--explain"]
        let table = await world.run(check, terminal: true, environment: ["NO_COLOR": "1"])
        let json = await world.run(check + ["--json"])
        #expect(table.status == expected && json.status == expected, "\(name): \(table.errors)")
        try CommandGolden.expect(table.output, equals: "delegation-check/\(name).txt")
        try CommandGolden.expect(json.output, equals: "delegation-check/\(name).json")
    }

    @Test func `a yes, and each kind of no`() async throws {
        let world = try await delegationWorld()
        let asked = [consumer, supplier, "acme:a"]
        try await explain("no-delegation", .negative, in: world, asked)
        _ = await world.run(["delegation", "grant"] + asked)
        try await explain("yes", .done, in: world, asked)
        try await explain("no-parties", .negative, in: world, [consumer, consumer, "acme:a"])
        try await explain("no-scope", .negative, in: world, [consumer, supplier, "acme:nothing"])
        let unknown = "\(AdministrationWorld.number(31_999_999))"
        let deleted = "\(AdministrationWorld.deleted)"
        try await explain("no-consumer", .negative, in: world, [unknown, supplier, "acme:a"])
        try await explain("no-supplier", .negative, in: world, [consumer, deleted, "acme:a"])
        _ = await world.run("access", "revoke", "acme:a", consumer, "--yes")
        try await explain("no-access", .negative, in: world, asked)
        _ = await world.run("access", "grant", "acme:a", consumer)
        _ = await world.run(["delegation", "grant"] + asked + ["--until", "\(AdministrationWorld.now + 1)"])
        let later = await world.run(
            ["delegation", "check"] + asked + ["--explain"],
            terminal: true,
            environment: ["NO_COLOR": "1"],
            at: AdministrationWorld.now + 1
        )
        #expect(later.status == .negative)
        try CommandGolden.expect(later.output, equals: "delegation-check/no-longer.txt")
        _ = await world.run("scope", "deactivate", "acme:a", "--yes")
        try await explain("no-active-scope", .negative, in: world, asked)
        for arguments in [
            ["scope", "create", "acme:plain", "--description", "P"], ["access", "grant", "acme:plain", consumer],
        ] {
            #expect(await world.run(arguments).status == .done)
        }
        try await explain("no-register", .negative, in: world, [consumer, supplier, "acme:plain"])
    }

    @Test func `a scope of another register, though a resource here bundles it`() async throws {
        let world = try await delegationWorld()
        for (scope, source, name, status) in [
            ("acme:alien", "https://tt02.altinn.no/", "no-other-register", .negative),
            ("acme:ours", "https://vakt.example.no/", "yes-own-issuer", .done),
        ] as [(String, String, String, portvakt.ExitStatus)] {
            try world.keep(.schema("acme-\(name)", bundling: scope))
            for arguments in [
                ["scope", "create", scope, "--description", "S", "--delegation-source", source],
                ["access", "grant", scope, consumer], ["delegation", "grant", consumer, supplier, scope],
            ] {
                let run = await world.run(arguments)
                #expect(run.status == .done, "\(run.errors)")
            }
            try await explain(name, status, in: world, [consumer, supplier, scope])
        }
    }

    @Test func `an end that a delegation has stays until it is said otherwise`() async throws {
        let world = try await delegationWorld()
        let asked = ["delegation", "grant", consumer, supplier, "acme:a"]
        let end = "2027-07-01T00:00:00Z"
        _ = await world.run(asked + ["--until", "2027-06-30"])
        #expect(try await world.run(asked + ["--json"]).json["until"] as? String == end)
        #expect(try await world.run(asked + ["--endless", "--json"]).json["until"] as? String == nil)
        #expect(await world.run(asked + ["--endless", "--until", "2027-06-30"]).status == .usage)
    }

    @Test func `whether a person may delegate: by a role, not by another, not at that level`() async throws {
        let world = try await delegationWorld()
        let director = PersonPseudonym.sample(1)
        let member = PersonPseudonym.sample(2)
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        try store.transaction { transaction in
            for (person, role) in [(director, "APIADM"), (member, "UTINN")] {
                try transaction.give(
                    RoleAssignment(
                        organisation: AdministrationWorld.consumer,
                        role: try #require(RoleCode(parsing: role)),
                        holder: .person(person),
                        source: .given
                    )
                )
            }
            try transaction.raiseRevision()
        }
        try store.close()
        let asked = [consumer, supplier, "acme:a"]
        try await explain("person-yes", .done, in: world, asked + ["--person", "\(director)"])
        try await explain("person-no-role", .negative, in: world, asked + ["--person", "\(member)"])
        try await explain("person-no-level", .negative, in: world, asked + ["--person", "\(director)", "--level", "1"])
        let missing = await world.run(
            ["delegation", "check"] + asked + ["--person", "\(director)", "--resource", "missing"]
        )
        #expect(missing.status == .negative)
        #expect(await world.run(["delegation", "check"] + asked + ["--person", "x"]).status == .usage)
    }

    /// Gives a resource the policy of the scope's own, changed.
    private func upload(
        _ resource: String,
        in world: AdministrationWorld,
        _ change: (String) -> String = { $0 }
    ) async throws {
        let own = await world.run("resource", "policy", "scope_acme_3aa", "--document").output
        let policy = change(own.replacing("scope_acme_3aa", with: resource))
        let run = await world.run("resource", "policy", resource, try world.scratch.file("\(resource).xml", policy))
        #expect(run.status == .done, "\(run.errors)")
    }

    @Test func `a resource that is unknown, no schema, or not to be delegated`() async throws {
        let world = try await delegationWorld()
        let director = PersonPseudonym.sample(1)
        try world.keep(
            .schema("acme-closed", bundling: "acme:a") { $0.isDelegable = false },
            .schema("acme-form", bundling: "acme:a", as: .genericAccessResource)
        )
        for resource in ["acme-closed", "acme-form"] { try await upload(resource, in: world) }
        try world.give(["APIADM": director])
        let asked = [consumer, supplier, "acme:a", "--person", "\(director)", "--resource"]
        for (name, resource) in [
            ("unknown", "missing"), ("wrong-type", "acme-form"), ("not-delegable", "acme-closed"),
        ] {
            try await explain("person-\(name)", .negative, in: world, asked + [resource])
        }
    }

    @Test func `the resource's own gate: a role that its policy does not name, and a level that it alone asks for`()
        async throws
    {
        let world = try await delegationWorld()
        let (contact, director) = (PersonPseudonym.sample(1), PersonPseudonym.sample(2))
        try world.keep(.schema("acme-packaged", bundling: "acme:a"), .schema("acme-high", bundling: "acme:a"))
        try await upload("acme-packaged", in: world) { policy in
            policy.replacing("urn:altinn:rolecode", with: "urn:altinn:accesspackage")
                .replacing(">APIADMNUF<", with: ">maskinporten-scopes-nuf<")
                .replacing(">APIADM<", with: ">maskinporten-scopes<")
        }
        try await upload("acme-high", in: world) { $0.replacing(">2<", with: ">4<") }
        // What a contact person (KNUF) has: gate 1 is open to it, and no package comes with it.
        try world.give(["APIADMNUF": contact, "APIADM": director])
        let asked = [consumer, supplier, "acme:a", "--person"]
        let packaged = asked + ["\(contact)", "--resource", "acme-packaged"]
        try await explain("person-resource-gate", .negative, in: world, packaged)
        let high = asked + ["\(director)", "--resource", "acme-high"]
        try await explain("person-resource-level", .negative, in: world, high)
    }

    @Test func `a person whom the register may name without a number`() async throws {
        let world = try await delegationWorld()
        let roles = #"""
            {"rollegrupper":[{"type":{"kode":"DAGL"},"roller":[{"type":{"kode":"DAGL"},
            "person":{"navn":{"fornavn":"KARI","etternavn":"NORDMANN"},"fodselsdato":"1970-01-01"}}]}],
            "organisasjonsnummer":"\#(consumer)"}
            """#
        let run = await world.run("org", "import", try world.scratch.file("roles.json", "[\(roles)]"))
        #expect(run.status == .done, "\(run.errors)")
        let person = PersonPseudonym.sample(1)
        try await explain(
            "person-not-linked",
            .negative,
            in: world,
            [consumer, supplier, "acme:a", "--person", "\(person)"]
        )
    }
}

extension Resource {
    /// A schema of the owner that bundles a scope.
    fileprivate static func schema(
        _ id: String,
        bundling scope: String,
        as type: ResourceType = .maskinportenSchema,
        _ change: (inout Resource) -> Void = { _ in }
    ) throws -> Resource {
        let text = LocalisedText(["nb": id, "nn": id, "en": id])
        var resource = Resource(
            identifier: try ResourceID(parsing: id),
            type: type,
            title: text,
            description: text,
            rightDescription: text,
            competentAuthority: CompetentAuthority(organisation: AdministrationWorld.owner)
        )
        resource.references = [Reference(reference: scope, type: .maskinportenScope)]
        change(&resource)
        return resource
    }
}

extension AdministrationWorld {
    /// Puts resources into the registry.
    fileprivate func keep(_ resources: Resource...) throws {
        try change { transaction in
            for resource in resources { try transaction.put(resource, at: Self.now) }
        }
    }

    /// Gives persons roles for the consumer.
    fileprivate func give(_ roles: [String: PersonPseudonym]) throws {
        try change { transaction in
            for (role, person) in roles.sorted(by: { $0.key < $1.key }) {
                try transaction.give(
                    RoleAssignment(
                        organisation: Self.consumer,
                        role: try #require(RoleCode(parsing: role)),
                        holder: .person(person),
                        source: .given
                    )
                )
            }
        }
    }

    private func change(_ body: (SQLiteTransaction) throws -> Void) throws {
        let store = try SQLiteStore(.init(path: data), opening: .requireCurrent)
        try store.transaction { transaction in
            try body(transaction)
            try transaction.raiseRevision()
        }
        try store.close()
    }
}

/// Output of commands kept byte for byte; `PORTVAKT_GOLDEN=write` writes it anew.
enum CommandGolden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var text = text
        for (pattern, word) in [
            (#"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"#, "<id>")
        ] {
            text = text.replacingOccurrences(of: pattern, with: word, options: .regularExpression)
        }
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        #expect(
            text == (try String(contentsOf: file, encoding: .utf8)),
            "differs from Golden/\(name)",
            sourceLocation: sourceLocation
        )
    }
}
