import AuditLedger
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt explain")
struct ExplainCommandTests {
    private let consumer = "\(AdministrationWorld.consumer)"

    private func prepared() async throws -> (AdministrationWorld, client: String) {
        let world = try await AdministrationWorld()
        await world.prepare()
        try world.configure()
        let made = await world.run("client", "create", "--org", consumer, "--name", "C", "--scope", "acme:a", "--json")
        #expect(made.status == .done, "\(made.errors)")
        return (world, try #require(try made.json["client_id"] as? String))
    }

    @Test func `yes, condition by condition, and the ledger remembers that it was asked`() async throws {
        let (world, client) = try await prepared()
        let run = await world.run("explain", client, "--scope", "acme:a", "--fields", "condition,scope,result")
        #expect(run.status == .done, "\(run.errors)")
        try CommandGolden.expect(run.output, equals: "explain/yes.tsv")
        #expect(try world.events().last?.kind == .explanationGiven)
        #expect(try world.events().last?.client?.rawValue == client)
    }

    @Test func `no, with everything that is lacking and who can mend it; exit 3`() async throws {
        let (world, client) = try await prepared()
        _ = await world.run("access", "revoke", "acme:a", consumer, "--yes")
        _ = await world.run("client", "disable", client, "--yes")
        let run = await world.run("explain", client, "--scope", "acme:a", terminal: true)
        #expect(run.status == .negative)
        #expect(run.errors.contains("no: PV-0"))
        try CommandGolden.expect(run.output, equals: "explain/no.txt")
        let json = await world.run("explain", client, "--scope", "acme:a", "--json")
        try CommandGolden.expect(json.output.replacing(client, with: "CLIENT"), equals: "explain/no.json")
    }

    @Test func `at another time, and for what is no question`() async throws {
        let (world, client) = try await prepared()
        _ = await world.run("access", "grant", "acme:a", consumer, "--until", "2027-06-30")
        for (time, status) in [("2027-06-30T23:59:59Z", ExitStatus.done), ("2027-07-01T00:00:00Z", .negative)] {
            #expect(await world.run("explain", client, "--scope", "acme:a", "--at", time).status == status)
        }
        #expect(await world.run("explain", client).status == .usage)
        #expect(await world.run("explain", client, "--scope", "acme:a", "--at", "soon").status == .usage)
        #expect(await world.run("explain", client, "--scope", "acme:a", "--scope", "acme:a").status == .usage)
    }
}
