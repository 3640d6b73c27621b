import Foundation
import JOSE
import LibCrypto
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt scope diff, and plan files")
struct ScopeDiffTests {
    private let owner = "\(AdministrationWorld.owner)"
    private let consumer = "\(AdministrationWorld.consumer)"

    private func text(_ scopes: String) -> String { "prefix: acme\nowner_orgno: \"\(owner)\"\nscopes:\n\(scopes)\n" }

    private var first: String {
        text("  - subscope: a\n    description: A\n    access:\n      - orgno: \"\(consumer)\"")
    }

    @Test func `differences are shown with old and new value, file and line, and exit 2`() async throws {
        let world = try await AdministrationWorld()
        let file = try world.file("acme.yaml", first)
        #expect(await world.run("scope", "apply", file, "--yes").status == .done)
        let same = await world.run("scope", "diff", file, "--output", "table")
        #expect(same.status == .done)
        #expect(same.output == "0 to add, 0 to change, 0 to remove\n")
        let other = try world.file("acme.yaml", text("  - subscope: a\n    description: B\n    access: []"))
        let run = await world.run("scope", "diff", other, "--prune", "--output", "table")
        #expect(run.status == .attention)
        #expect(
            run.output == """
                ~ scope acme:a
                    ~ description "A" → "B"  (acme.yaml:5)
                − access acme:a \(consumer)  (was file:acme.yaml:7)
                0 to add, 1 to change, 1 to remove

                """
        )
        let kept = await world.run("scope", "diff", other, "--output", "table").output
        #expect(kept.contains("access acme:a \(consumer) stays: not in the files, and `--prune` was not given"))
        let sum = await world.run("scope", "diff", other, "--prune", "--summary", "--output", "table")
        #expect(sum.output == "0 to add, 1 to change, 1 to remove\n")
        #expect(sum.status == .attention)
        let json = try await world.run("scope", "diff", other, "--json").json
        #expect(json["applied"] as? Bool == false)
        #expect(json["change"] as? Int == 1)
    }

    @Test func `a plan is carried out as it was shown`() async throws {
        let world = try await AdministrationWorld()
        let file = try world.file("acme.yaml", first)
        let plan = world.scratch.path + "/plan.json"
        #expect(await world.run("scope", "diff", file, "--out", plan).status == .attention)
        // The plan holds the files: what becomes of them afterwards does not matter.
        _ = try world.file("acme.yaml", "nonsense")
        #expect(await world.run("scope", "apply", plan, "--dry-run").status == .attention)
        let asked = await world.run("scope", "apply", plan)
        #expect(asked.status == .usage)
        let done = await world.run("scope", "apply", plan, "--yes", "--output", "table")
        #expect(done.status == .done, "\(done.errors)")
        #expect(done.output.hasSuffix("3 to add, 0 to change, 0 to remove\n"))
        #expect(await world.run("access", "list", "--output", "id").output == "acme:a\n")
        let again = await world.run("scope", "apply", plan, "--yes", "--json")
        #expect(again.status == .conflict)
        #expect(try again.error["code"] as? String == "plan_stale")
    }

    @Test func `a plan is stale after any change of the facts, and nothing is done`() async throws {
        let world = try await AdministrationWorld()
        let plan = world.scratch.path + "/plan.json"
        _ = await world.run("scope", "diff", try world.file("acme.yaml", first), "--out", plan)
        #expect(await world.run("prefix", "assign", "other", owner).status == .done)
        let before = try world.events().count
        for arguments in [["--yes"], ["--dry-run"]] {
            let run = await world.run(["scope", "apply", plan] + arguments)
            #expect(run.status == .conflict)
            #expect(run.errors.contains("[plan_stale]"))
        }
        #expect(try world.events().count == before)
        #expect(await world.run("scope", "list").output.isEmpty)
    }

    @Test func `a plan that was changed by hand is not carried out`() async throws {
        let world = try await AdministrationWorld()
        let plan = world.scratch.path + "/plan.json"
        _ = await world.run("scope", "diff", try world.file("acme.yaml", first), "--out", plan)
        let text = try String(contentsOfFile: plan, encoding: .utf8)
        let changed = try world.file("changed.json", text.replacing("description: A", with: "description: B"))
        #expect(await world.run("scope", "apply", changed, "--yes").status == .conflict)
        for (old, new) in [("\"prune\":false", "\"prune\":0"), ("plan-file/v1", "plan-file/v9"), ("{", "{\"x\":1,")] {
            let broken = try world.file("broken.json", text.replacing(old, with: new, maxReplacements: 1))
            let run = await world.run("scope", "apply", broken, "--yes")
            #expect(run.status == .failed)
            #expect(run.errors.contains("[plan_invalid]"), "\(run.errors)")
        }
        #expect(await world.run("scope", "apply", plan, "--yes", "--prune").status == .usage)
        #expect(await world.run("scope", "list").output.isEmpty)
    }

    @Test func `the limit of removals holds for plans too`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("scope", "apply", try world.file("acme.yaml", first), "--yes")
        let plan = world.scratch.path + "/plan.json"
        let second = try world.file("acme.yaml", text("  - subscope: a\n    description: A\n    access: []"))
        #expect(await world.run("scope", "diff", second, "--prune", "--out", plan).status == .attention)
        let refused = await world.run("scope", "apply", plan, "--yes", "--max-removals", "0")
        #expect(refused.status == .failed)
        #expect(refused.errors.contains("1 removals, and at most 0 are allowed"))
        #expect(await world.run("scope", "apply", plan, "--yes").status == .done)
        #expect(await world.run("access", "list").output.isEmpty)
    }

    @Test func `looking leaves every byte of database and log as it is`() async throws {
        let world = try await AdministrationWorld()
        _ = await world.run("scope", "apply", try world.file("acme.yaml", first), "--yes")
        let second = try world.file("acme.yaml", text("  - subscope: b\n    description: B"))
        let plan = world.scratch.path + "/plan.json"
        for state in ["closed", "with a log left over"] {
            if state != "closed" { try await leaveLog(in: world) }
            let before = try hashes(of: world)
            #expect(before.count == (state == "closed" ? 1 : 2), "\(state)")
            #expect(await world.run("scope", "apply", second, "--dry-run", "--prune").status == .attention)
            #expect(await world.run("scope", "diff", second, "--out", plan).status == .attention)
            #expect(await world.run("scope", "apply", plan, "--dry-run").status == .attention)
            #expect(try hashes(of: world) == before, "\(state)")
        }
    }

    /// What is left when a process with the database open is killed: entries that stand in the log alone.
    private func leaveLog(in world: AdministrationWorld) async throws {
        let copies = ["portvakt.db", "portvakt.db-wal"]
        let holder = try await HeldDatabase(world.data)
        #expect(await world.run("prefix", "assign", "late", owner).status == .done)
        for name in copies {
            try FileManager.default.copyItem(atPath: "\(world.data)/\(name)", toPath: "\(world.scratch.path)/\(name)")
        }
        try holder.close()
        for name in copies {
            try? FileManager.default.removeItem(atPath: "\(world.data)/\(name)")
            try FileManager.default.moveItem(atPath: "\(world.scratch.path)/\(name)", toPath: "\(world.data)/\(name)")
        }
        try? FileManager.default.removeItem(atPath: "\(world.data)/portvakt.db-shm")
    }

    /// The database and its write-ahead log, by what is in them; an empty log is none, and its index holds no data.
    private func hashes(of world: AdministrationWorld) throws -> [String: [UInt8]] {
        var hashes: [String: [UInt8]] = [:]
        for name in ["portvakt.db", "portvakt.db-wal"] {
            guard let data = try? Data(contentsOf: URL(filePath: "\(world.data)/\(name)")), !data.isEmpty else {
                continue
            }
            hashes[name] = HashFunction.sha256.digest(data)
        }
        return hashes
    }
}
