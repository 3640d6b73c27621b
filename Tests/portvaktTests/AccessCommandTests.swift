import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt access")
struct AccessCommandTests {
    private let consumer = "\(AdministrationWorld.consumer)"
    private let other = "\(AdministrationWorld.other)"
    private let now = AdministrationWorld.now

    @Test func `several organisations are granted at once, and what is granted stays`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let run = await world.run("access", "grant", "acme:a", consumer, "0192:\(other)", "--until", "2027-06-30")
        #expect(run.status == .done)
        #expect(
            run.output
                == "\(consumer)\tacme:a\tgranted\t2027-07-01T00:00:00Z\n\(other)\tacme:a\tgranted\t2027-07-01T00:00:00Z\n"
        )
        let again = await world.run("access", "grant", "acme:a", consumer, other)
        #expect(again.output.contains("\(consumer)\tacme:a\talready\t"))
    }

    @Test func `organisations come from a file too, each once`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let file = try world.file("orgs", "# two\n\(other)\n\n \(consumer) # one\n\(other)\n")
        let run = await world.run("access", "grant", "acme:a", "--from-file", file, "--output", "id")
        #expect(run.output == "\(other)\n\(consumer)\n")
        let bad = await world.run("access", "grant", "acme:a", "--from-file", try world.file("bad", "\(other)\n12\n"))
        #expect(bad.status == .failed)
        #expect(bad.errors.contains("line 2 of `"))
        #expect(await world.run("access", "grant", "acme:a").status == .usage)
    }

    @Test func `one bad organisation grants none`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let stranger = "\(AdministrationWorld.number(31_999_999))"
        let run = await world.run("access", "grant", "acme:a", other, stranger)
        #expect(run.status == .failed)
        #expect(run.errors.contains("[organisation_unknown]"))
        #expect(await world.run("access", "list", "--org", other).output.isEmpty)
    }

    @Test func `times are days or moments, and not past`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        #expect(await world.run("access", "grant", "acme:a", other, "--until", "soon").status == .usage)
        #expect(await world.run("access", "grant", "acme:a", other, "--from", "2027-13-01").status == .usage)
        let past = await world.run("access", "grant", "acme:a", other, "--until", "\(now)")
        #expect(past.errors.contains("[access_ends_in_the_past]"))
        let backwards = await world.run(
            "access",
            "grant",
            "acme:a",
            other,
            "--from",
            "2028-01-01",
            "--until",
            "2027-01-01"
        )
        #expect(backwards.errors.contains("[access_invalid]"))
        #expect(await world.run("access", "grant", "acme:a", other, "--until", "\(now + 1)").status == .done)
    }

    @Test func `revoking asks on a terminal, needs a word without one, and twice is once`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        #expect(await world.run("access", "revoke", "acme:a", consumer).status == .usage)
        #expect(await world.run("access", "revoke", "acme:a", consumer, "--no-input", terminal: true).status == .usage)
        #expect(
            await world.run("access", "revoke", "acme:a", consumer, terminal: true, answers: ["N"]).status == .failed
        )
        #expect(await world.run("access", "list", "--output", "id").output == "acme:a\n")
        let yes = await world.run("access", "revoke", "acme:a", consumer, "--yes", "--reason", "Ended")
        #expect(yes.output == "\(consumer)\tacme:a\trevoked\n")
        #expect(yes.errors == "tokens that were issued before end within 7200 s\n")
        let again = await world.run("access", "revoke", "acme:a", consumer, "--yes")
        #expect(again.status == .done)
        #expect(again.output == "\(consumer)\tacme:a\talready\n")
        #expect(again.errors.isEmpty)
        let row = await world.run("access", "list", "--inactive", "--fields", "state,reason")
        #expect(row.output == "DENIED\tEnded\n")
    }

    @Test func `all can be revoked at once`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        _ = await world.run("access", "grant", "acme:a", other)
        #expect(await world.run("access", "revoke", "acme:a", "--all", other).status == .usage)
        #expect(await world.run("access", "revoke", "acme:a").status == .usage)
        #expect(await world.run("access", "revoke", "acme:x", "--all", "--yes").errors.contains("[scope_not_found]"))
        let run = await world.run("access", "revoke", "acme:a", "--all", "--yes", "--output", "id")
        #expect(run.output.split(separator: "\n").sorted() == [consumer, other].map { $0[...] }.sorted())
        #expect(await world.run("access", "list").output.isEmpty)
    }

    @Test func `a list is by scope, organisation and end`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        _ = await world.run("access", "grant", "acme:a", other, "--until", "\(now + .days(10))", "--reason", "R")
        let all = await world.run("access", "list", terminal: true, environment: ["NO_COLOR": "1"])
        let lines = all.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "SCOPE   CONSUMER   NAME       SINCE                 UNTIL                 ORIGIN")
        #expect(
            await world.run("access", "list", "--org", consumer, "--fields", "consumer_name").output == "KONSUMENT\n"
        )
        #expect(await world.run("access", "list", "--scope", "acme:b").output.isEmpty)
        #expect(await world.run("access", "list", "--expiring", "10d").output.isEmpty)
        #expect(await world.run("access", "list", "--expiring", "11d", "--fields", "consumer_name").output == "ANNEN\n")
        let item = try await world.run("access", "list", "--org", other, "--json").json["items"] as? [[String: Any]]
        #expect(item?.first?["reason"] as? String == "R")
        #expect(item?.first?["origin"] as? String == "cli")
    }
}
