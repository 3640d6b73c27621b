import AuditLedger
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt access request, approve, deny, accept-terms, agree")
struct AccessRequestCommandTests {
    private let consumer = "\(AdministrationWorld.consumer)"
    private let other = "\(AdministrationWorld.other)"

    @Test func `a request is made, listed, approved for fewer days, and gone from the list`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let asked = await world.run("access", "request", "acme:a", other, "--purpose", "Statistics")
        #expect(asked.status == .done, "\(asked.errors)")
        let listed = await world.run("access", "requests")
        #expect(listed.output == "acme:a\t\(other)\tREQUESTED\t\(AdministrationWorld.now)\t\t\tStatistics\n")
        let approved = await world.run("access", "approve", "acme:a", other, "--until", "2027-06-30", "--json")
        #expect(try approved.json["until"] as? String == "2027-07-01T00:00:00Z")
        #expect(try approved.json["result"] as? String == "granted")
        #expect(await world.run("access", "requests").output.isEmpty)
        #expect(await world.run("access", "requests", "--all").output.contains("\tAPPROVED\t"))
        #expect(await world.run("access", "approve", "acme:a", other).status == .conflict)
    }

    @Test func `a denial wants a reason, a withdrawal none`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        _ = await world.run("access", "request", "acme:a", other, "--purpose", "Statistics")
        #expect(await world.run("access", "deny", "acme:a", other).status == .usage)
        let denied = await world.run("access", "deny", "acme:a", other, "--reason", "No basis", "--json")
        #expect(try denied.json["answer"] as? String == "No basis")
        _ = await world.run("access", "request", "acme:a", other, "--purpose", "Statistics")
        #expect(await world.run("access", "withdraw", "acme:a", other).status == .done)
        #expect(await world.run("access", "withdraw", "acme:a", other, "--json").output.contains("already"))
        #expect(await world.run("access", "request", "acme:a", other).status == .usage)
    }

    @Test func `terms and agreements have their commands`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let terms = await world.run("access", "accept-terms", "acme:a", consumer, "2")
        #expect(terms.errors.contains("[access_terms]"))
        let agreed = await world.run("access", "agree", "acme:a", consumer, other, "--reference", "Case 14")
        #expect(agreed.status == .done, "\(agreed.errors)")
        #expect(await world.run("access", "agreements", "--org", consumer).output.contains("Case 14"))
        #expect(await world.run("access", "disagree", "acme:a", consumer, other).status == .usage)
        #expect(await world.run("access", "disagree", "acme:a", consumer, other, "--yes").status == .done)
        #expect(await world.run("access", "agreements").output.isEmpty)
    }

    @Test func `never used are those on which the ledger remembers no token`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        _ = await world.run("access", "grant", "acme:a", other)
        try world.remember { event in
            event.kind = .tokenIssued
            event.consumer = AdministrationWorld.consumer
            event.scopes = [try ScopeName(parsing: "acme:a")]
        }
        let unused = await world.run("access", "list", "--never-used", "--fields", "consumer_orgno,last_token")
        #expect(unused.output == "\(other)\t\n")
        let all = await world.run("access", "list", "--last-token", "--fields", "consumer_orgno,last_token")
        #expect(all.output.contains("\(consumer)\t\(AdministrationWorld.now)\n"))
        #expect(await world.run("access", "list", "--fields", "last_token").status == .usage)
    }
}
