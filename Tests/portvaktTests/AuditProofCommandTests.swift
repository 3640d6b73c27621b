import AuditLedger
import Foundation
import GRDB
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt audit: checkpoints, proofs, export, retention, persons")
struct AuditProofCommandTests {
    private let world: AdministrationWorld

    init() async throws {
        world = try await AdministrationWorld()
        for number in 0..<5 {
            try world.remember { event in
                event.tokenID = TokenID("token-\(number)")
                event.consumer = AdministrationWorld.consumer
                event.scopes = [try ScopeName(parsing: "acme:catch.read")]
                event.details["lifetime"] = 120
            }
        }
    }

    /// As somebody with the `sqlite3` shell would.
    private func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: world.data + "/portvakt.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func key() async -> String {
        await world.run("audit", "key").output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: checkpoint and key

    @Test func `a checkpoint is made at once, printed as it is, and shown as a record where asked for`() async throws {
        #expect(await world.run("audit", "checkpoint").errors.contains("checkpoint_not_found"))
        let note = await world.run("audit", "checkpoint", "--new")
        #expect(note.status == .done, "\(note.errors)")
        let verifier = try #require(CheckpointVerifier(await key()))
        let checkpoint = try Checkpoint(note: Array(note.output.utf8), by: verifier)
        #expect(checkpoint.origin == "vakt.example.no/audit/node-1")
        let record = try await world.run("audit", "checkpoint", "--json").json
        #expect(record["entries"] as? Int == Int(checkpoint.size))
        #expect(record["note"] as? String == note.output)
        #expect(record["keys"] as? [String] == ["\(verifier)"])
        // Nothing new: the same one.
        #expect(await world.run("audit", "checkpoint", "--new").output == note.output)
    }

    @Test func `another key is made on purpose alone; what the old one signed is still believed`() async throws {
        let first = await key()
        let old = try world.file("old.txt", await world.run("audit", "checkpoint", "--new").output)
        #expect(await world.run("audit", "key", "--replace").status == .usage)
        let replaced = await world.run("audit", "key", "--replace", "--yes")
        #expect(replaced.status == .done, "\(replaced.errors)")
        let second = await key()
        #expect(second != first)
        let verified = await world.run("audit", "verify", "--anchor", old, "--json")
        #expect(verified.status == .done, "\(verified.errors)")
        #expect(try verified.json["anchors_met"] as? Int == 1)
        let events = try await world.run("audit", "search", "--event", "checkpoint_key_replaced", "--json").json
        let details = ((events["items"] as? [[String: Any]])?.first?["details"] as? [String: Any])?["key"]
        #expect((details as? [String: Any])?["before"] as? String == first)
        #expect((details as? [String: Any])?["after"] as? String == second)
        #expect(FileManager.default.fileExists(atPath: world.data + "/keys/checkpoint.key"))
    }

    // MARK: proofs

    @Test func `a token is proved, and its proof checked without the data folder`() async throws {
        let pending = await world.run("audit", "prove", "token-3")
        #expect(pending.status == .failed)
        #expect(pending.errors.contains("checkpoint_pending"))
        _ = await world.run("audit", "checkpoint", "--new")
        let proof = await world.run("audit", "prove", "token-3")
        #expect(proof.status == .done, "\(proof.errors)")
        let file = try world.file("proof.json", proof.output)
        let key = await key()
        let checked = await CommandLineRun.of("audit", "check-proof", file, "--key", key, "--json")
        #expect(checked.status == .done, "\(checked.errors)")
        #expect(try checked.json["jti"] as? String == "token-3")
        #expect(try checked.json["result"] as? String == "valid")
        let forged = try world.file("forged.json", proof.output.replacing("token-3", with: "token-4"))
        let refused = await CommandLineRun.of("audit", "check-proof", forged, "--key", key)
        #expect(refused.status == .negative)
        #expect(refused.errors.contains("proof_invalid"))
        #expect(await CommandLineRun.of("audit", "check-proof", file, "--key", "x+y+z").status == .usage)
        #expect(await world.run("audit", "prove", "token-9").errors.contains("token_not_found"))
        let bySequence = try await world.run("audit", "prove", "--sequence", "1").json
        #expect(bySequence["index"] as? Int == 0)
        #expect(await world.run("audit", "prove").status == .usage)
    }

    @Test func `consistency is proved from a kept checkpoint, and refused from another ledger's`() async throws {
        let old = try world.file("old.txt", await world.run("audit", "checkpoint", "--new").output)
        try world.remember { $0.tokenID = TokenID("later") }
        _ = await world.run("audit", "checkpoint", "--new")
        let proof = await world.run("audit", "consistency", old)
        #expect(proof.status == .done, "\(proof.errors)")
        let file = try world.file("consistency.json", proof.output)
        #expect(await CommandLineRun.of("audit", "check-proof", file, "--key", await key()).status == .done)
        let other = try await AdministrationWorld()
        let foreign = try world.file("foreign.txt", await other.run("audit", "checkpoint", "--new").output)
        #expect(await world.run("audit", "consistency", foreign).status != .done)
        let anchored = await world.run("audit", "verify", "--anchor", foreign)
        #expect(anchored.status == .negative)
        #expect(anchored.errors.contains("checkpoint_not_believed"))
    }

    // MARK: export and compare

    @Test func `an export is read back, goes on where it ended, and has no gaps`() async throws {
        let whole = await world.run("audit", "export")
        #expect(whole.status == .done, "\(whole.errors)")
        let lines = whole.output.split(separator: "\n")
        #expect(whole.errors.contains("the last is number \(lines.count)"))
        let entries = try lines.map { try #require(ExportLine(parsing: $0.utf8)) }
        #expect(entries.map(\.entry.position.sequence) == (1...Int64(lines.count)).map { $0 })
        let rest = await world.run("audit", "export", "--after", "3").output.split(separator: "\n")
        #expect(rest == Array(lines.dropFirst(3)))
        #expect(await world.run("audit", "export", "--since", "2100-01-01").output == "")
        let csv = await world.run("audit", "export", "--format", "csv").output.components(separatedBy: "\r\n")
        #expect(csv.count == lines.count + 2)
        #expect(csv[0].hasPrefix("time,event,") && csv[0].hasSuffix(",hash"))
        #expect(csv[lines.count].contains("token-4"))
    }

    @Test func `what a database lacks is told from the export, token by token`() async throws {
        let export = try world.file("ledger.jsonl", await world.run("audit", "export").output)
        #expect(try await world.run("audit", "compare", export, "--json").json["tokens"] as? Int == 0)
        // As a backup has it that was made before the last two tokens.
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        let last = try await store.read { try $0.lastSequence }
        try store.close()
        try tamper("DELETE FROM ledger WHERE sequence > \(last - 2)")
        let compared = try await world.run("audit", "compare", export, "--json").json
        let items = try #require(compared["items"] as? [[String: Any]])
        #expect(items.map { $0["jti"] as? String } == ["token-3", "token-4"])
        #expect(items[0]["expires"] as? String == "\(AdministrationWorld.now + 120)")
        // An export that begins too late leaves a gap.
        let text = try String(contentsOfFile: export, encoding: .utf8)
        let late = try world.file("late.jsonl", String(text.split(separator: "\n").last ?? ""))
        let gap = await world.run("audit", "compare", late)
        #expect(gap.status == .negative)
        #expect(gap.errors.contains("export_gap"))
        let broken = try world.file("broken.jsonl", text.replacing("token-4", with: "token-5"))
        #expect(await world.run("audit", "compare", broken).errors.contains("export_broken"))
    }

    // MARK: verify

    @Test func `verify names what was replaced, what was cut off, and what it could not see`() async throws {
        let note = try world.file("note.txt", await world.run("audit", "checkpoint", "--new").output)
        let whole = try await world.run("audit", "verify", "--json").json
        #expect(whole["result"] as? String == "whole")
        #expect((whole["not_seen"] as? String)?.contains("no anchored checkpoint") == true)
        let anchored = try await world.run("audit", "verify", "--anchor", note, "--key", await key(), "--json").json
        #expect((anchored["not_seen"] as? String)?.contains("no anchored checkpoint") == false)
        let part = await world.run("audit", "verify", "--from", "3", "--to", "4", "--anchor", note)
        #expect(part.status == .done, "\(part.errors)")
        try tamper("DELETE FROM ledger WHERE sequence = (SELECT max(sequence) FROM ledger)")
        let cut = await world.run("audit", "verify")
        #expect(cut.status == .negative)
        #expect(cut.errors.contains("the ledger ends before it"))
        try tamper("DELETE FROM ledger_tile")
        #expect(await world.run("audit", "verify").errors.contains("the tree cannot be compared"))
        try tamper("UPDATE ledger_checkpoint SET note = replace(note, 'vakt', 'valt')")
        #expect(await world.run("audit", "verify").status == .negative)
    }

    @Test func `checkpoints that somebody without the key put into the database are not believed`() async throws {
        _ = await world.run("audit", "checkpoint", "--new")
        let own = try #require(CheckpointVerifier(await key()))
        let forger = try #require(try CheckpointKey.generate(named: own.name))
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        let (size, root) = try await store.read { (try $0.treeSize, try $0.treeNodes.root(size: $0.treeSize)) }
        try store.close()
        let note = try forger.checkpoint(size: size, root: root, at: AdministrationWorld.now).note
        try tamper("UPDATE ledger_checkpoint SET note = '\(note)'")
        #expect(await world.run("audit", "verify").errors.contains("cannot be believed"))
        // Nor when the database names the forger's key beside ours.
        try tamper(
            "UPDATE setting SET value = '\(forger.verifier)' || char(10) || value WHERE name = 'checkpoint_keys'"
        )
        let found = await world.run("audit", "verify")
        #expect(found.status == .negative)
        #expect(found.errors.contains("is not signed by the key"))
        // And nothing is signed in continuation of it.
        try world.remember { $0.tokenID = TokenID("after") }
        #expect(await world.run("audit", "checkpoint", "--new").errors.contains("not by the installation's key"))
    }

    // MARK: retention

    @Test func `prune lets go at a checkpoint what is older, says so first where asked, and leaves the rest whole`()
        async throws
    {
        _ = await world.run("audit", "checkpoint", "--new")
        let later = AdministrationWorld.now + .days(400)
        #expect(await world.run("audit", "prune", "--yes", at: later).status != .done)
        try world.remember { event in
            event.time = later
            event.tokenID = TokenID("new")
        }
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        let step = try await store.nextUsageStep(limit: 1_000)
        try store.transaction { transaction in
            try transaction.add(step)
            try transaction.store(ClockRecord(mark: later))
        }
        try store.close()
        let dry = try await world.run("audit", "prune", "--before", "30d", "--dry-run", "--json", at: later).json
        #expect(dry["result"] as? String == "would")
        let count = try #require(dry["entries"] as? Int)
        #expect(count >= 5)
        #expect(await world.run("audit", "prune", "--before", "30d", at: later).status == .usage)
        let pruned = await world.run("audit", "prune", "--before", "30d", "--yes", "--json", at: later)
        #expect(pruned.status == .done, "\(pruned.errors)")
        #expect(try pruned.json["begins_after"] as? Int == count)
        let verified = try await world.run("audit", "verify", "--json", at: later).json
        #expect(verified["result"] as? String == "whole", "\(verified)")
        #expect(verified["first"] as? Int == count + 1)
        _ = await world.run("audit", "checkpoint", "--new", at: later)
        #expect(await world.run("audit", "prove", "--sequence", "2", at: later).errors.contains("entry_cut"))
        #expect(await world.run("audit", "prove", "new", at: later).status == .done)
        #expect(await world.run("audit", "export", at: later).output.split(separator: "\n").count == 2)
        let again = try await world.run("audit", "prune", "--before", "30d", "--yes", "--json", at: later).json
        #expect(again["result"] as? String == "nothing")
    }

    // MARK: persons

    @Test func `a person is found by the number on stdin and the key beside the database, and the search is recorded`()
        async throws
    {
        let number = "01019010046"
        let file = try world.file("number", number + "\n")
        let nobody = await world.run("audit", "search", "--person", file, "--json")
        #expect(nobody.status == .done, "\(nobody.errors)")
        #expect((try nobody.json["items"] as? [Any])?.isEmpty == true)
        let recorded = try await world.run("audit", "search", "--event", "person_searched", "--json").json
        let details = (recorded["items"] as? [[String: Any]])?.first?["details"] as? [String: Any]
        let pseudonym = try #require(details?["person"] as? String)
        #expect(details?["found"] as? Int == 0)
        try world.remember { event in
            event.tokenID = TokenID("for-a-person")
            event.details["person"] = .string(pseudonym)
        }
        let found = try await world.run("audit", "search", "--person", file, "--json").json
        let items = try #require(found["items"] as? [[String: Any]])
        // The token that named the person, and the search before.
        #expect(items.compactMap { $0["jti"] as? String } == ["for-a-person"])
        #expect(items.count == 2)
        #expect(!(await world.run("audit", "export").output.contains(number)))
    }
}
