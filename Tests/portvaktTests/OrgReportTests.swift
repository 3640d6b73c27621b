import Clients
import Delegations
import Foundation
import Organisations
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt org report: what hangs on closed, bankrupt, unknown and moved organisations")
struct OrgReportTests {
    private let world: AdministrationWorld

    private static let owner = AdministrationWorld.owner
    private static let consumer = AdministrationWorld.consumer
    private static let other = AdministrationWorld.other
    private static let sub = AdministrationWorld.number(31_900_000)
    private static let secondSub = AdministrationWorld.number(31_900_010)

    init() async throws {
        world = try await AdministrationWorld()
        await world.prepare()
    }

    private static func main(_ number: OrganisationNumber, _ name: String, _ more: String = "") -> String {
        #"{"organisasjonsnummer":"\#(number)","navn":"\#(name)","organisasjonsform":{"kode":"AS"}\#(more)}"#
    }

    private static func sub(_ number: OrganisationNumber, of parent: OrganisationNumber) -> String {
        """
        {"organisasjonsnummer":"\(number)","navn":"AVD","organisasjonsform":{"kode":"BEDR"},"overordnetEnhet":"\(parent)"}
        """
    }

    private func take(_ units: String..., at now: Timestamp = AdministrationWorld.now) async throws {
        let file = try world.file("update.json", "[" + units.joined(separator: ",") + "]")
        let run = await world.run("org", "import", file, "--update", at: now)
        #expect(run.status == .done, "\(run.errors)")
    }

    private func run(_ arguments: String...) async {
        let run = await world.run(arguments + ["--yes"])
        #expect(run.status == .done, "\(arguments): \(run.errors)")
    }

    private func items(_ arguments: String...) async throws -> [[String: Any]] {
        let run = await world.run(["org", "report", "--json"] + arguments)
        return try #require(try run.json["items"] as? [[String: Any]])
    }

    @Test func `nothing is listed while all organisations live`() async throws {
        #expect(try await items().isEmpty)
        #expect(await world.run("org", "report", "--check").status == .done)
        let table = await world.run("org", "report", terminal: true)
        #expect(table.errors.contains("nothing hangs on a closed, bankrupt, unknown or moved organisation"))
    }

    @Test func `each thing that hangs on a closed unit is listed with since when and what to do, and stays`()
        async throws
    {
        await run("client", "create", "--org", "\(Self.consumer)", "--name", "K", "--scope", "acme:a")
        await run("scope", "create", "acme:b", "--description", "B", "--delegation-source", "internal")
        await run("access", "grant", "acme:b", "\(Self.consumer)")
        await run("delegation", "grant", "\(Self.consumer)", "\(Self.other)", "acme:b")
        await run("accesslist", "set", "\(Self.owner):lesere", "Lesere")
        await run("accesslist", "add", "\(Self.owner):lesere", "\(Self.consumer)")
        try await take(Self.main(Self.consumer, "KONSUMENT", #","slettedato":"2026-10-01""#))
        let before = try await items()
        #expect(Set(before.compactMap { $0["organisation_number"] as? String }) == ["\(Self.consumer)"])
        #expect(Set(before.compactMap { $0["state"] as? String }) == ["closed"])
        #expect(Set(before.compactMap { $0["since"] as? String }) == ["2026-10-01"])
        let kinds = before.compactMap { $0["kind"] as? String }
        #expect(kinds == ["access", "access", "access_list_member", "client", "delegation", "supplier"])
        #expect(before.first?["to_do"] as? String == "`portvakt access revoke acme:a \(Self.consumer)`")
        let check = await world.run("org", "report", "--check")
        #expect(check.status == .attention)
        #expect(check.errors.contains("6 things hang on 1 organisations"))
        try CommandGolden.expect(
            await world.run("org", "report", terminal: true, environment: ["NO_COLOR": "1"]).output,
            equals: "org-report/closed.txt"
        )
        try CommandGolden.expect(await world.run("org", "report", "--json").output, equals: "org-report/closed.json")
        // What is listed is there until somebody takes it away.
        await run("access", "revoke", "acme:a", "\(Self.consumer)")
        #expect(try await items().count == 5)
        // A unit that lives again is off the list, with all that it had.
        try await take(Self.main(Self.consumer, "KONSUMENT"))
        #expect(try await items().isEmpty)
    }

    @Test func `bankruptcy is listed as something to decide, of a main unit and of its sub-unit`() async throws {
        try await take(Self.sub(Self.sub, of: Self.consumer))
        await run("access", "grant", "acme:a", "\(Self.sub)")
        try await take(Self.main(Self.consumer, "KONSUMENT", #","konkurs":true,"konkursdato":"2026-09-09""#))
        let found = try await items()
        #expect(found.map { $0["organisation_number"] as? String }.count == 2)
        #expect(found.allSatisfy { $0["state"] as? String == "bankrupt" && $0["since"] as? String == "2026-09-09" })
        #expect(found.allSatisfy { ($0["to_do"] as? String)?.contains("organisation_distress") == true })
        #expect(try await items("--org", "\(Self.sub)").count == 1)
    }

    @Test func `a merger shows the unit that took the sub-units over, and a sub-unit its new main unit`() async throws {
        try await take(Self.sub(Self.sub, of: Self.consumer), Self.sub(Self.secondSub, of: Self.consumer))
        await run("access", "grant", "acme:a", "\(Self.sub)")
        try await take(Self.sub(Self.sub, of: Self.other), Self.sub(Self.secondSub, of: Self.other))
        let moved = try await items()
        #expect(moved.map { $0["state"] as? String } == ["moved"])
        #expect(moved.first?["status"] as? String == "under \(Self.other), before \(Self.consumer)")
        #expect(moved.first?["seen"] as? String != nil)
        try await take(Self.main(Self.consumer, "KONSUMENT", #","slettedato":"2026-10-02""#))
        let merged = try await items("--org", "\(Self.consumer)")
        #expect(merged.first?["successors"] as? [String] == ["\(Self.other) (2 units)"])
        // A move is news for so long only; a closing until it is seen to.
        let later = AdministrationWorld.now + .days(91)
        let after = await world.run(["org", "report", "--json"], at: later)
        let states = try #require(try after.json["items"] as? [[String: Any]]).compactMap { $0["state"] as? String }
        #expect(states == ["closed"])
        let wider = await world.run(["org", "report", "--json", "--moved-within", "100d"], at: later)
        #expect(try #require(try wider.json["items"] as? [[String: Any]]).count == 2)
    }

    @Test func `a unit that is missing from the register's file has no day, but when it was seen`() async throws {
        let rest = [Self.main(Self.owner, "EIER"), Self.main(Self.other, "ANNEN")].joined(separator: ",")
        let file = try world.file("rest.json", "[\(rest)]")
        #expect(await world.run("org", "import", file).status == .done)
        let found = try await items()
        #expect(found.map { $0["since"] as? String } == ["seen \(CalendarDate(of: AdministrationWorld.now))"])
    }

    @Test func `a sub-unit whose main unit is closed is listed with it`() async throws {
        try await take(Self.sub(Self.sub, of: Self.other))
        await run("access", "grant", "acme:a", "\(Self.sub)")
        try await take(Self.main(Self.other, "ANNEN", #","slettedato":"2026-10-03""#))
        let found = try await items()
        #expect(found.map { $0["state"] as? String } == ["main_unit_closed"])
        #expect(found.first?["status"] as? String == "main unit \(Self.other) deleted")
        #expect(found.first?["since"] as? String == "2026-10-03")
    }

    @Test func `what the register does not know is listed as such`() async throws {
        let stranger = AdministrationWorld.number(31_990_000)
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        try store.transaction { transaction in
            try transaction.insert(
                Client(
                    id: try ClientID(parsing: "stranger"),
                    owner: stranger,
                    name: "S",
                    scopes: [],
                    created: AdministrationWorld.now
                )
            )
        }
        try store.close()
        let found = try await items()
        #expect(found.map { $0["state"] as? String } == ["unknown"])
        #expect(found.first?["id"] as? String == "stranger")
    }
}
