import AuditLedger
import Foundation
import JOSE
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt prefix")
struct PrefixCommandTests {
    private let owner = "\(AdministrationWorld.owner)"
    private let other = "\(AdministrationWorld.other)"

    @Test func `assign and list`() async throws {
        let world = try await AdministrationWorld()
        let first = await world.run("prefix", "assign", "acme", owner)
        #expect(first.status == .done)
        let created = "created\t\(AdministrationWorld.now)\n"
        #expect(first.output == "prefix\tacme\nowner_orgno\t\(owner)\nresult\tassigned\n" + created)
        let again = try await world.run("prefix", "assign", "acme", owner, "--json").json
        #expect(again["schema"] as? String == "portvakt/prefix/v1")
        #expect(again["result"] as? String == "already")
        let list = await world.run("prefix", "list", terminal: true, environment: ["NO_COLOR": "1"])
        #expect(
            list.output == """
                PREFIX  OWNER      NAME  SCOPES  CREATED
                acme    \(owner)  EIER       0  \(AdministrationWorld.now)

                """
        )
        #expect(await world.run("prefix", "list", "--output", "id").output == "acme\n")
    }

    @Test func `an empty list says so to people alone`() async throws {
        let world = try await AdministrationWorld()
        let pipe = await world.run("prefix", "list")
        #expect(pipe.output.isEmpty)
        #expect(pipe.errors.isEmpty)
        #expect(await world.run("prefix", "list", terminal: true).errors == "no prefix is assigned\n")
    }

    @Test func `refusals have their codes`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("prefix", "assign", "acme", owner)
        let taken = await world.run("prefix", "assign", "acme", other)
        #expect(taken.status == .conflict)
        #expect(taken.errors == "error: the prefix `acme` belongs to `\(owner)` [prefix_taken]\n")
        let reserved = await world.run("prefix", "assign", "altinn", owner)
        #expect(reserved.status == .notAllowed)
        #expect(reserved.errors.contains("[prefix_reserved]"))
        let unknown = await world.run("prefix", "assign", "x", "\(AdministrationWorld.number(31_999_999))", "--json")
        #expect(unknown.status == .failed)
        #expect(try unknown.error["code"] as? String == "organisation_unknown")
        #expect(await world.run("prefix", "assign", "x", "123456789").errors.contains("fails modulus 11"))
        #expect(await world.run("prefix", "assign", "ACME", owner).status == .usage)
    }

    @Test func `a deleted owner is accepted with a warning`() async throws {
        let world = try await AdministrationWorld()
        let run = await world.run("prefix", "assign", "x", "\(AdministrationWorld.deleted)")
        #expect(run.status == .done)
        #expect(
            run.errors
                == "warning: `\(AdministrationWorld.deleted)` is deleted from the register since 2026-01-31: it gets no token\n"
        )
    }

    @Test func `the ledger has user, command, claimed name and reason`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run(
            "prefix",
            "assign",
            "acme",
            owner,
            "--as",
            "ola@example.no",
            "--reason",
            "Ticket 7",
            environment: ["SUDO_USER": "kari"]
        )
        let event = try #require(try world.events().last)
        #expect(event.kind == .prefixAssigned)
        #expect(event.time == AdministrationWorld.now)
        #expect(event.actor?.hasSuffix("(sudo: kari)") == true)
        #expect(event.details["claimed_actor"]?.string == "ola@example.no")
        #expect(event.details["reason"]?.string == "Ticket 7")
    }

    @Test(arguments: ["two\nlines", String(repeating: "x", count: 1_024)])
    func `a reason is one line of at most 1,023 characters`(reason: String) async throws {
        let world = try await AdministrationWorld()
        #expect(await world.run("prefix", "assign", "acme", owner, "--reason", reason).status == .usage)
        #expect(await world.run("prefix", "list").output.isEmpty)
    }
}

@Suite("portvakt scope create|list|show|activate|deactivate")
struct ScopeCommandTests {
    private let owner = "\(AdministrationWorld.owner)"
    private let consumer = "\(AdministrationWorld.consumer)"

    @Test func `a scope is created with all that its flags say`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("prefix", "assign", "acme", owner)
        let created = try await world.run(
            "scope",
            "create",
            "acme:catch/reports.read",
            "--description",
            "Read",
            "--long-description",
            "Long",
            "--visibility",
            "private",
            "--lifetime",
            "2m",
            "--delegation-source",
            "internal",
            "--audience",
            "https://api.example.no",
            "--resource",
            "https://api.example.no",
            "--integration-type",
            "maskinporten",
            "--token-typ",
            "at+jwt",
            "--token-alg",
            "ES256",
            "--pid",
            "refused",
            "--terms-version",
            "2026-1",
            "--legal-basis",
            "An act",
            "--purpose",
            "Control",
            "--data-category",
            "catch",
            "--data-category",
            "vessel",
            "--json"
        ).json
        #expect(created["schema"] as? String == "portvakt/scope/v1")
        #expect(created["name"] as? String == "acme:catch/reports.read")
        #expect(created["visibility"] as? String == "PRIVATE")
        #expect(created["at_max_age"] as? Int == 120)
        #expect(created["data_categories"] as? [String] == ["catch", "vessel"])
        var shown = try await world.run("scope", "show", "acme:catch/reports.read", "--json").json
        #expect(shown["owner_name"] as? String == "EIER")
        #expect(shown["origin"] as? String == "cli")
        #expect(shown["consumers"] as? [String] == [])
        #expect(shown["gives_tokens"] as? Bool == true)
        for name in ["owner_name", "origin", "consumers", "gives_tokens"] { shown[name] = nil }
        #expect(NSDictionary(dictionary: shown) == NSDictionary(dictionary: created))
    }

    @Test func `refusals have their codes, and say all that is wrong`() async throws {
        let world = try await AdministrationWorld()
        let unassigned = await world.run("scope", "create", "acme:a", "--description", "A")
        #expect(unassigned.status == .failed)
        #expect(unassigned.errors.contains("assign it with `portvakt prefix assign acme ORG`"))
        await world.prepare()
        #expect(await world.run("scope", "create", "acme:a", "--description", "A").status == .conflict)
        let invalid = await world.run(
            "scope",
            "create",
            "acme:b",
            "--description",
            " ",
            "--delegation-source",
            "altinn",
            "--json"
        )
        #expect(invalid.status == .failed)
        let details = try #require(invalid.error["details"] as? [String: Any])
        #expect((details["faults"] as? [String])?.count == 2)
        #expect(await world.run("scope", "create", "acme", "--description", "A").status == .usage)
        #expect(await world.run("scope", "create", "acme:b").status == .usage)
        #expect(await world.run("scope", "create", "acme:b", "--description", "A", "--lifetime", "1w").status == .usage)
        #expect(
            await world.run("scope", "show", "acme:b").errors == "error: there is no scope `acme:b` [scope_not_found]\n"
        )
    }

    @Test func `a list shows who uses what, and filters`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        _ = await world.run("scope", "create", "acme:b", "--description", "B", "--accessible-for-all")
        _ = await world.run("scope", "deactivate", "acme:b", "--yes")
        let terminal = await world.run("scope", "list", "--inactive", terminal: true, environment: ["NO_COLOR": "1"])
        #expect(
            terminal.output == """
                SCOPE   STATE     OWNER      CONSUMERS  DELEGABLE  LAST TOKEN  SOURCE
                acme:a  active    \(owner)  1          no                     cli
                acme:b  inactive  \(owner)  all        no                     cli

                """
        )
        #expect(await world.run("scope", "list", "--output", "id").output == "acme:a\n")
        #expect(await world.run("scope", "list", "--prefix", "other").output.isEmpty)
        #expect(await world.run("scope", "list", "--org", consumer).output.isEmpty)
        #expect(await world.run("scope", "list", "--org", owner, "--output", "id").output == "acme:a\n")
    }

    @Test func `deactivating asks on a terminal and needs a word without one`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let pipe = await world.run("scope", "deactivate", "acme:a")
        #expect(pipe.status == .usage)
        #expect(pipe.errors.contains("`--yes` is needed to deactivate `acme:a` without a terminal"))
        let no = await world.run("scope", "deactivate", "acme:a", terminal: true, answers: ["n"])
        #expect(no.status == .failed)
        #expect(no.errors.contains("\(consumer) has access since \(AdministrationWorld.now)"))
        #expect(no.errors.contains("deactivate `acme:a`? [y/N]"))
        #expect(await world.run("scope", "list", "--output", "id").output == "acme:a\n")
        let yes = try await world.run("scope", "deactivate", "acme:a", "--json", terminal: true, answers: ["y"]).json
        #expect(yes["result"] as? String == "deactivated")
        #expect(yes["accesses_left"] as? Int == 1)
        #expect(await world.run("scope", "list").output.isEmpty)
        let again = await world.run("scope", "deactivate", "acme:a", "--yes")
        #expect(again.status == .done)
        #expect(again.output.contains("result\talready\n"))
        // What adds asks nobody.
        #expect(await world.run("scope", "activate", "acme:a").output.contains("result\tactivated\n"))
        #expect(await world.run("scope", "deactivate", "acme:x", "--yes").errors.contains("[scope_not_found]"))
    }

    @Test func `deactivating can withdraw all access`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let run = try await world.run("scope", "deactivate", "acme:a", "--revoke-access", "--yes", "--json").json
        #expect(run["revoked"] as? Int == 1)
        #expect(run["accesses_left"] as? Int == 0)
        #expect(await world.run("access", "list").output.isEmpty)
        #expect(try world.events().suffix(2).map(\.kind) == [.accessRevoked, .scopeDeactivated])
    }
}

@Suite("portvakt scope apply")
struct ScopeApplyTests {
    private let owner = "\(AdministrationWorld.owner)"
    private let consumer = "\(AdministrationWorld.consumer)"

    private func text(_ scopes: String) -> String { "prefix: acme\nowner_orgno: \"\(owner)\"\nscopes:\n\(scopes)\n" }

    private var first: String {
        text("  - subscope: a\n    description: A\n    access:\n      - orgno: \"\(consumer)\"")
    }

    @Test func `a dry run shows the plan, does nothing and exits 2`() async throws {
        let world = try await AdministrationWorld()
        let file = try world.file("acme.yaml", first)
        // Whoever closes the database last folds the log into it; only what comes after that is compared.
        _ = await world.run("prefix", "list")
        let before = try world.pages()
        let run = await world.run("scope", "apply", file, "--dry-run", "--output", "table")
        #expect(run.status == .attention)
        #expect(
            run.output == """
                + prefix acme for \(owner)  (acme.yaml:1)
                + scope acme:a  (acme.yaml:4)
                    + description "A"
                + access acme:a \(consumer)  (acme.yaml:7)
                3 to add, 0 to change, 0 to remove

                """
        )
        #expect(run.errors.isEmpty)
        #expect(try world.pages() == before)
        #expect(await world.run("prefix", "list").output.isEmpty)
    }

    @Test func `faults of files stand one on a line, each with its place`() async throws {
        let world = try await AdministrationWorld()
        let faulty = text("  - subscope: a\n    descr: A\n  - subscope: b\n    at_max_age: x")
        let file = try world.file("acme.yaml", faulty)
        let run = await world.run("scope", "diff", file)
        #expect(run.status == .failed)
        let lines = run.errors.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.count { $0.contains("acme.yaml:") } == lines.count - 1 && lines.count > 3)
        #expect(!run.errors.contains("\\n"))
    }

    @Test func `applying asks on a terminal and needs a word without one`() async throws {
        let world = try await AdministrationWorld()
        let file = try world.file("acme.yaml", first)
        let pipe = await world.run("scope", "apply", file)
        #expect(pipe.status == .usage)
        #expect(pipe.errors.contains("`--yes` is needed to apply this plan without a terminal"))
        #expect(await world.run("scope", "apply", file, terminal: true, answers: [""]).status == .failed)
        #expect(await world.run("prefix", "list").output.isEmpty)
        let yes = await world.run(
            "scope",
            "apply",
            file,
            terminal: true,
            answers: ["yes"],
            environment: ["NO_COLOR": "1"]
        )
        #expect(yes.status == .done)
        #expect(yes.errors.contains("+ scope acme:a  (acme.yaml:4)"))
        #expect(yes.output.hasSuffix("3 to add, 0 to change, 0 to remove\n"))
        let again = await world.run("scope", "apply", file)
        #expect(again.status == .done)
        #expect(await world.run("scope", "apply", file, "--dry-run").status == .done)
        #expect(await world.run("access", "list", "--output", "id").output == "acme:a\n")
    }

    @Test func `as JSON the plan is a list of changes with what was and what is`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("scope", "apply", try world.file("acme.yaml", first), "--yes")
        let second = try world.file("acme.yaml", text("  - subscope: a\n    description: B\n    access: []"))
        let run = await world.run("scope", "apply", second, "--prune", "--yes", "--json")
        let plan = try run.json
        #expect(plan["schema"] as? String == "portvakt/scope-plan/v1")
        #expect(plan["applied"] as? Bool == true)
        #expect([plan["add"], plan["change"], plan["remove"]].compactMap { $0 as? Int } == [0, 1, 1])
        let items = try #require(plan["items"] as? [[String: Any]])
        #expect(items.map { $0["action"] as? String } == ["~", "−"])
        #expect(items.map { $0["object"] as? String } == ["scope", "access"])
        let fields = try #require(items[0]["fields"] as? [[String: Any]])
        #expect(fields[0]["field"] as? String == "description")
        #expect(fields[0]["old"] as? String == "A")
        #expect(fields[0]["new"] as? String == "B")
        #expect(fields[0]["place"] as? String == "acme.yaml:5")
        #expect(items[1]["consumer_orgno"] as? String == consumer)
        #expect(items[1]["place"] as? String == "file:acme.yaml:7")
        #expect(await world.run("access", "list").output.isEmpty)
    }

    @Test func `without prune nothing is removed, and that is said`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("scope", "apply", try world.file("acme.yaml", first), "--yes")
        let second = try world.file("acme.yaml", text("  - subscope: a\n    description: A\n    access: []"))
        let run = await world.run("scope", "apply", second, "--output", "table")
        #expect(run.status == .done)
        #expect(run.output.contains("stays: not in the files, and `--prune` was not given"))
        #expect(await world.run("access", "list", "--output", "id").output == "acme:a\n")
    }

    @Test func `more removals than allowed are refused as a whole`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("scope", "apply", try world.file("acme.yaml", first), "--yes")
        let second = try world.file("acme.yaml", text("  - subscope: a\n    description: B\n    access: []"))
        let run = await world.run("scope", "apply", second, "--prune", "--yes", "--max-removals", "0")
        #expect(run.status == .failed)
        #expect(run.errors.contains("1 removals, and at most 0 are allowed; allow more with `--max-removals`"))
        #expect(try await world.run("scope", "show", "acme:a", "--json").json["description"] as? String == "A")
    }

    @Test func `all that is wrong in the files is told with file and line`() async throws {
        let world = try await AdministrationWorld()
        let folder = world.scratch.path + "/scopes"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try world.file("scopes/b.yaml", "prefix: B\nowner_orgno: 1\nscopes: []\n")
        _ = try world.file("scopes/a.yml", text("  - subscope: a\n    descripton: A"))
        _ = try world.file("scopes/notes.txt", "not read")
        let run = await world.run("scope", "apply", folder, "--yes")
        #expect(run.status == .failed)
        #expect(
            run.errors.hasPrefix(
                """
                error: a.yml:4: `description` must be given
                """
            )
        )
        let problems = try #require(
            (try await world.run("scope", "apply", folder, "--yes", "--json").error["details"] as? [String: Any])?[
                "problems"
            ]
                as? [[String: Any]]
        )
        #expect(problems.map { $0["file"] as? String } == ["a.yml", "a.yml", "b.yaml", "b.yaml"])
        #expect(problems.map { $0["line"] as? Int } == [4, 5, 1, 2])
        #expect(problems[1]["message"] as? String == "unknown key `descripton`; did you mean `description`")
    }

    @Test func `what the store says against the files is told with file and line`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("prefix", "assign", "acme", "\(AdministrationWorld.other)")
        let run = await world.run("scope", "apply", try world.file("acme.yaml", first), "--yes")
        #expect(run.status == .failed)
        #expect(
            run.errors.contains(
                "acme.yaml:2: the prefix `acme` belongs to `\(AdministrationWorld.other)` [scope_plan_refused]"
            )
        )
    }

    @Test func `without a path the data folder's own files are applied`() async throws {
        let world = try await AdministrationWorld()
        #expect(await world.run("scope", "apply").errors.contains("there is nothing at `\(world.data)/scopes`"))
        try FileManager.default.createDirectory(atPath: world.data + "/scopes", withIntermediateDirectories: true)
        #expect(await world.run("scope", "apply").errors.contains("holds no scope file"))
        _ = try world.file("var/scopes/acme.yaml", first)
        #expect(await world.run("scope", "apply", "--yes").status == .done)
        #expect(await world.run("scope", "list", "--output", "id").output == "acme:a\n")
    }
}
