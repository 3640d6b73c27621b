import AuditLedger
import Foundation
import JOSE
import Organisations
@testable import portvakt
import SQLiteStorage
import Synchronization
import Testing
import Vocabulary

@Suite("portvakt org")
struct OrgCommandTests {
    private let world: World

    init() throws { world = try World() }

    // MARK: import

    @Test func `an import counts what it did, as a table, as JSON and again`() async throws {
        let file = try world.file("main.json", World.register)
        let first = await world.run("org", "import", file, "--json")
        #expect(first.status == .done)
        #expect(first.errors == "")
        let members = try first.json()
        #expect(members["schema"] as? String == "portvakt/org-import/v1")
        #expect(members["document"] as? String == "whole_register")
        #expect(members["kinds"] as? [String] == ["main_unit"])
        #expect(members["new"] as? Int == 4)
        #expect(members["invalid"] as? Int == 0)
        let second = await world.run("org", "import", file)
        #expect(second.status == .done)
        #expect(second.output.contains("new\t0\n"))
        #expect(second.output.contains("unchanged\t4\n"))
    }

    @Test func `malformed units are named, and the rest is imported`() async throws {
        let file = try world.file("main.json", "[{},\(World.live),7]")
        let result = await world.run("org", "import", file, "--output", "tsv")
        #expect(result.status == .done)
        #expect(result.output.contains("new\t1\n"))
        #expect(result.output.contains("invalid\t2\n"))
        #expect(!result.output.contains("invalid_units"))
        #expect(
            result.errors == """
                warning: unit 0 at byte 1: `organisasjonsnummer` is missing
                warning: unit 2 at byte \(World.live.utf8.count + 5): not an object

                """
        )
        let again = try await world.run("org", "import", file, "--json", "--quiet").json()
        let named = try #require(again["invalid_units"] as? [[String: Any]])
        #expect(named.map { $0["index"] as? Int } == [0, 2])
        #expect(named.map { $0["reason"] as? String } == ["`organisasjonsnummer` is missing", "not an object"])
    }

    @Test func `a file in which nothing can be read fails, and so does one that is cut off or missing`() async throws {
        let nothing = await world.run("org", "import", try world.file("a.json", "[{}]"), "--json")
        #expect(nothing.status == .failed)
        #expect(nothing.output == "")
        #expect(nothing.errors.contains("\"register_file_unreadable\""))
        let whole = World.register
        let cut = await world.run("org", "import", try world.file("b.json", String(whole.dropLast(5))))
        #expect(cut.status == .failed)
        #expect(
            cut.errors.contains("the JSON ends in the middle, after byte \(whole.utf8.count - 5); nothing was changed")
        )
        let missing = await world.run("org", "import", world.folder + "/missing.json")
        #expect(missing.status == .failed)
        #expect(missing.errors.contains("No such file or directory"))
        let feed = try world.file("c.json", #"{"_embedded":{"oppdaterteEnheter":[]}}"#)
        #expect(await world.run("org", "import", feed).errors.contains("a page of the change feed"))
        #expect(await world.run("org", "check", World.liveNumber).status == .negative)
    }

    @Test func `a dry run changes nothing`() async throws {
        let file = try world.file("main.json", World.register)
        let trial = try await world.run("org", "import", file, "--dry-run", "--json").json()
        #expect(trial["dry_run"] as? Bool == true)
        #expect(trial["new"] as? Int == 4)
        #expect(await world.run("org", "show", World.liveNumber).status == .failed)
    }

    @Test func `an update leaves alone what it does not name, a replacement closes it`() async throws {
        _ = await world.run("org", "import", try world.file("main.json", World.register))
        let one = try world.file("one.json", "[\(World.live)]")
        #expect(try await world.run("org", "import", one, "--update", "--json").json()["closed"] as? Int == 0)
        #expect(try await world.run("org", "import", one, "--json").json()["closed"] as? Int == 2)
    }

    @Test func `an import that closes too many is refused until it is allowed`() async throws {
        let numbers = (0..<102).map { World.number($0) }
        let all = try world.file("all.json", "[\(numbers.map { World.main($0) }.joined(separator: ","))]")
        _ = await world.run("org", "import", all)
        let one = try world.file("one.json", "[\(World.main(numbers[0]))]")
        let refused = await world.run("org", "import", one)
        #expect(refused.status == .failed)
        #expect(
            refused.errors == """
                error: the import would mark 101 of 102 live main units as deleted; nothing was changed [closes_too_many]
                  hint: is the file whole? If it is, repeat with `--allow-closing`

                """
        )
        #expect(try await world.run("org", "import", one, "--allow-closing", "--json").json()["closed"] as? Int == 101)
    }

    @Test func `an import stands in the ledger with who did it`() async throws {
        let file = try world.file("main.json", World.register)
        _ = await world.run("org", "import", file, "--as", "night job", "--reason", "nightly")
        let store = try SQLiteStore(.init(path: world.folder), opening: .requireCurrent)
        let entries = try await store.read { try $0.newestEntries(LedgerQuery(), limit: 10) }
        try store.close()
        #expect(entries.map(\.event.kind) == [.organisationsImported])
        let event = try #require(entries.first?.event)
        #expect(event.actor?.contains("@") == true)
        #expect(event.details["claimed_actor"]?.string == "night job")
        #expect(event.details["reason"]?.string == "nightly")
        #expect(event.details["added"]?.integer == 4)
        #expect(event.details["kinds"]?.strings == ["main_unit"])
    }

    // MARK: show

    @Test func `show tells state, form, parent and place`() async throws {
        _ = await world.run("org", "import", try world.file("main.json", World.register))
        let sub =
            #"[{"organisasjonsnummer":"311263315","navn":"AVD","organisasjonsform":{"kode":"BEDR"},"overordnetEnhet":"\#(World.liveNumber)"}]"#
        _ = await world.run("org", "import", try world.file("sub.json", sub))
        let shown = try await world.run("org", "show", "0192:" + World.liveNumber, "--json").json()
        #expect(shown["organisation_number"] as? String == World.liveNumber)
        #expect(shown["name"] as? String == "RASK ELG AS")
        #expect(shown["status"] as? String == "live")
        #expect(shown["form"] as? String == "AS")
        #expect(shown["address"] as? String == "Storgata 1, 0150 OSLO")
        #expect(shown["units_below"] as? [String] == ["311263315"])
        #expect(shown["clients"] as? [String] == [])
        let below = try await world.run("org", "show", "311 263 315", "--json").json()
        #expect(below["kind"] as? String == "sub_unit")
        #expect(below["parent"] as? String == World.liveNumber)
        #expect(below["parent_name"] as? String == "RASK ELG AS")
        #expect(below["parent_before"] is NSNull || below["parent_before"] == nil)
        // Sold to another, and its main unit bankrupt: both show.
        let moved = sub.replacing(World.liveNumber, with: World.bankruptNumber)
        _ = await world.run("org", "import", try world.file("sub2.json", moved))
        let after = try await world.run("org", "show", "311263315", "--json").json()
        #expect(after["parent"] as? String == World.bankruptNumber)
        #expect(after["parent_before"] as? String == World.liveNumber)
        #expect(after["status"] as? String == "bankrupt since 2024-05-06")
        #expect(after["bankrupt_since"] as? String == "2024-05-06")
    }

    @Test func `show says that a number is unknown or no number`() async {
        let unknown = await world.run("org", "show", World.liveNumber)
        #expect(unknown.status == .failed)
        #expect(unknown.errors.contains("[organisation_not_found]"))
        let malformed = await world.run("org", "show", "310279324")
        #expect(malformed.status == .failed)
        #expect(malformed.errors.contains("`310279324` is no organisation number: fails modulus 11"))
    }

    // MARK: check

    @Test func `check exits 0 when all are valid, known and active, bankrupt ones too`() async throws {
        _ = await world.run("org", "import", try world.file("main.json", World.register))
        let result = await world.run("org", "check", World.liveNumber, World.bankruptNumber)
        #expect(result.status == .done)
        #expect(
            result.output == """
                \(World.liveNumber)\tyes\tyes\tyes\tyes\tlive\tRASK ELG AS\t\t
                \(World.bankruptNumber)\tyes\tyes\tyes\tyes\tbankrupt since 2024-05-06\tSKRAL SEL AS\t\ttokens are marked: \
                `organisation_distress` is `warn`

                """
        )
        #expect(
            result.errors.contains("the configuration cannot be read, so `organisation_distress` is taken to be `warn`")
        )
    }

    @Test(arguments: [("allow", portvakt.ExitStatus.done), ("warn", .done), ("refuse", .negative)])
    func `check goes by the installation's own setting for bankrupt organisations`(
        policy: String,
        status: portvakt.ExitStatus
    ) async throws {
        _ = await world.run("org", "import", try world.file("main.json", World.register))
        _ = try world.file(
            "portvakt.yaml",
            "issuer: https://vakt.example.no/\nenvironment: test\nrevocation: off\norganisation_distress: \(policy)\n"
        )
        let result = await world.run("org", "check", World.bankruptNumber, "--json")
        #expect(result.status == status)
        #expect(!result.errors.contains("cannot be read"))
        let items = try #require(try result.json()["items"] as? [[String: Any]])
        #expect(items.first?["tokens"] as? Bool == (status == .done))
        #expect((items.first?["reason"] as? String)?.contains("is `\(policy)`") == true)
        #expect(items.first?["kind"] as? String == "main_unit")
    }

    @Test func `check takes numbers from a file, names the main unit and tells why a sub-unit gets nothing`()
        async throws
    {
        _ = await world.run("org", "import", try world.file("main.json", World.register))
        let sub = #"""
            [{"organisasjonsnummer":"311263315","navn":"AVD","organisasjonsform":{"kode":"BEDR"},"overordnetEnhet":"\#(World.deletedNumber)"}]
            """#
        _ = await world.run("org", "import", try world.file("sub.json", sub))
        let file = try world.file(
            "numbers.txt",
            "# ours\n\(World.liveNumber.prefix(3)) \(World.liveNumber.dropFirst(3))  # spaced\n\n\"311263315\";AVD\n"
        )
        let result = await world.run("org", "check", "--file", file)
        #expect(result.status == .negative)
        #expect(
            result.output == """
                \(World.liveNumber)\tyes\tyes\tyes\tyes\tlive\tRASK ELG AS\t\t
                311263315\tyes\tyes\tno\tno\tmain unit \(World.deletedNumber) deleted\tAVD\t\(World.deletedNumber)\t\
                a sub-unit gets none when its main unit is deleted

                """
        )
        #expect(await world.run("org", "check", "--file", world.folder + "/missing").status == .failed)
        #expect(await world.run("org", "check", "--file", try world.file("none.txt", "# none\n")).status == .done)
    }

    @Test func `check exits 3 on any no, and says which`() async throws {
        _ = await world.run("org", "import", try world.file("main.json", World.register))
        let result = await world.run(
            "org",
            "check",
            World.liveNumber,
            World.deletedNumber,
            "310279324",
            "12",
            World.number(50)
        )
        #expect(result.status == .negative)
        #expect(
            result.output == """
                \(World.liveNumber)\tyes\tyes\tyes\tyes\tlive\tRASK ELG AS\t\t
                \(World.deletedNumber)\tyes\tyes\tno\tno\tdeleted 2024-02-29\tSOLGT SEL AS\t\tdeleted units get no token
                310279324\tno\tno\tno\tno\tfails modulus 11\t\t\tno organisation has this number
                12\tno\tno\tno\tno\tnot nine digits\t\t\tno organisation has this number
                \(World.number(50))\tyes\tno\tno\tno\tnot in the register\t\t\tthe register here does not know it

                """
        )
        #expect(result.errors.contains("4 of 5 organisations may not get tokens: `\(World.deletedNumber)`"))
        #expect(await world.run("org", "check").status == .usage)
    }

    // MARK: search

    @Test func `search finds by name after an import, and says when the index is behind`() async throws {
        _ = await world.run("org", "import", try world.file("main.json", World.register), "--no-index")
        let behind = await world.run("org", "search", "rask", "elg")
        #expect(behind.status == .done)
        #expect(behind.output == "")
        #expect(behind.errors.contains("`portvakt org index` finishes it"))
        let indexed = try await world.run("org", "index", "--json").json()
        #expect(indexed["units"] as? Int == 4)
        let found = await world.run("org", "search", "rask", "el")
        #expect(found.output == "\(World.liveNumber)\tRASK ELG AS\tAS\tlive\t\tOSLO\n")
        #expect(found.errors == "")
        let both = try await world.run("org", "search", "sel", "--json", "--limit", "1").json()
        #expect(both["more"] as? Bool == true)
        #expect(both["index_complete"] as? Bool == true)
        #expect((both["items"] as? [[String: Any]])?.first?["name"] as? String == "SKRAL SEL AS")
        let last = try await world.run("org", "search", "sel", "--json").json()
        let items = try #require(last["items"] as? [[String: Any]])
        #expect(items.last?["status"] as? String == "deleted 2024-02-29")
        #expect(items.map { $0["match"] as? String } == ["words", "words"])
    }

    @Test func `search takes a number and anything else that is typed, and an import indexes by itself`() async throws {
        _ = await world.run("org", "import", try world.file("main.json", World.register))
        let number = await world.run("org", "search", World.deletedNumber)
        #expect(number.output.hasPrefix("\(World.deletedNumber)\tSOLGT SEL AS"))
        for odd in ["\"", "elg\" OR (", "*", "NEAR(", "name : elg"] {
            #expect(await world.run("org", "search", odd).status == .done, "\(odd)")
        }
        #expect(await world.run("org", "search", "***").errors.contains("nothing to look for"))
        #expect(await world.run("org", "search", "elg", "--kind", "sub").output == "")
        #expect(await world.run("org", "search", "elg", "--kind", "main").output.contains("RASK ELG AS"))
        #expect(await world.run("org", "search", "elg", "--limit", "0").status == .usage)
        #expect(await world.run("org", "search").status == .usage)
    }

    // MARK: generate

    @Test func `generate writes packed files that import and CSV readers take, the same for the same seed`()
        async throws
    {
        let names = [
            "enheter.json.gz", "underenheter.json.gz", "roller.json.gz", "enheter.csv.gz", "underenheter.csv.gz",
        ]
        let out = world.folder + "/made"
        let made = await world.run("org", "generate", "--units", "60", "--seed", "7", "--out", out, "--json")
        #expect(made.status == .done, "\(made.errors)")
        #expect(made.errors == "")
        let files = try #require(try made.json()["items"] as? [[String: Any]])
        #expect(files.compactMap { $0["file"] as? String } == names.map { "\(out)/\($0)" })
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: out)) == Set(names))
        for file in files {
            let path = try #require(file["file"] as? String)
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            #expect(size == file["bytes"] as? Int)
            #expect((size ?? 0) > 100)
        }
        let main = try await world.run("org", "import", "\(out)/enheter.json.gz", "--json").json()
        #expect(main["new"] as? Int == 60)
        #expect(main["invalid"] as? Int == 0)
        let sub = try await world.run("org", "import", "\(out)/underenheter.json.gz", "--json").json()
        #expect(sub["new"] as? Int == 50)
        // The same units, by way of the other format.
        let csv = try await world.run("org", "import", "\(out)/enheter.csv.gz", "--json").json()
        #expect(csv["invalid"] as? Int == 0)
        #expect(csv["new"] as? Int == 0)

        for (seed, isSame) in [("7", true), ("8", false)] {
            let again = world.folder + "/again-" + seed
            _ = await world.run("org", "generate", "--units", "60", "--seed", seed, "--out", again)
            for name in names {
                let same = FileManager.default.contentsEqual(atPath: "\(out)/\(name)", andPath: "\(again)/\(name)")
                #expect(same == isSame, "\(name) of seed \(seed)")
            }
        }
    }

    @Test func `generate draws roles with numbers only where asked`() async throws {
        let (open, authorised) = (world.folder + "/open", world.folder + "/authorised")
        _ = await world.run("org", "generate", "--units", "60", "--out", open)
        _ = await world.run("org", "generate", "--units", "60", "--out", authorised, "--authorised-roles")
        let names = ["enheter.json.gz", "roller.json.gz"].map { name in
            FileManager.default.contentsEqual(atPath: "\(open)/\(name)", andPath: "\(authorised)/\(name)")
        }
        #expect(names == [true, false])
    }

    @Test func `generate says what it cannot do`() async throws {
        #expect(await world.run("org", "generate", "--units", "0", "--out", world.folder + "/x").status == .usage)
        #expect(await world.run("org", "generate", "--units", "4000001", "--out", world.folder + "/x").status == .usage)
        #expect(await world.run("org", "generate").status == .usage)
        #expect(!FileManager.default.fileExists(atPath: world.folder + "/x"))
        let file = try world.file("file", "in the way")
        #expect(await world.run("org", "generate", "--units", "1", "--out", file).status == .failed)
    }

    @Test func `without a data folder every command says so`() async {
        for command in [["import", "x"], ["show", "310279323"], ["check", "310279323"]] {
            let result = await world.run(["org"] + command, data: "/nonexistent")
            #expect(result.status == .failed)
            #expect(result.errors.contains("/nonexistent") || result.errors.contains("`x`"))
        }
    }
}

/// An empty installation and a console that remembers.
private final class World {
    struct Outcome {
        let status: portvakt.ExitStatus
        let output: String
        let errors: String

        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    let folder = FileManager.default.temporaryDirectory.path + "/portvakt-\(UUID().uuidString)"

    init() throws {
        let folder = SQLiteStorage.DataFolder(path: folder)
        try folder.create()
        try SQLiteStore(folder, opening: .migrate).close()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func file(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    func run(_ arguments: String...) async -> Outcome { await run(arguments, data: folder) }

    func run(_ arguments: [String], data: String) async -> Outcome {
        let written = Mutex((output: [UInt8](), errors: [UInt8]()))
        let console = Console(
            surroundings: .init(),
            writer: { stream, bytes in
                written.withLock { written in
                    switch stream {
                    case .output: written.output += bytes
                    case .errors: written.errors += bytes
                    }
                }
            },
            reader: { nil }
        )
        let status = await Console.$current.withValue(console) {
            await Portvakt.run(arguments + ["--data", data])
        }
        return written.withLock {
            Outcome(
                status: status,
                output: String(decoding: $0.output, as: UTF8.self),
                errors: String(decoding: $0.errors, as: UTF8.self)
            )
        }
    }

    // MARK: Texts

    static let liveNumber = "310279323"
    static let bankruptNumber = "310529915"
    static let deletedNumber = "310567620"

    static let live = """
        {"organisasjonsnummer":"\(liveNumber)","navn":"RASK ELG AS","organisasjonsform":{"kode":"AS"},\
        "forretningsadresse":{"adresse":["Storgata 1"],"postnummer":"0150","poststed":"OSLO","landkode":"NO"}}
        """

    static let register = """
        [\(live),
         {"organisasjonsnummer":"\(bankruptNumber)","navn":"SKRAL SEL AS","organisasjonsform":{"kode":"AS"},
          "konkurs":true,"konkursdato":"2024-05-06"},
         {"organisasjonsnummer":"\(deletedNumber)","navn":"SOLGT SEL AS","organisasjonsform":{"kode":"AS"},
          "slettedato":"2024-02-29"},
         \(main(number(7)))]
        """

    static func number(_ index: Int) -> String {
        let number =
            OrganisationNumber(stem: 31_000_000 + 2 * index) ?? OrganisationNumber(stem: 31_000_001 + 2 * index)
        return number.map { "\($0)" } ?? ""
    }

    static func main(_ number: String) -> String {
        #"{"organisasjonsnummer":"\#(number)","navn":"LUR ELG AS","organisasjonsform":{"kode":"AS"}}"#
    }
}
