import Foundation
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt client report")
struct ClientReportTests {
    private static let consumer = AdministrationWorld.consumer
    private static let other = AdministrationWorld.other

    private func world() async throws -> AdministrationWorld {
        let world = try await AdministrationWorld()
        await world.prepare()
        for line in [
            ["client", "create", "--org", "\(Self.consumer)", "--name", "Lønn", "--scope", "acme:a"],
            ["client", "create", "--org", "\(Self.consumer)", "--name", "Gammel"],
            ["scope", "create", "acme:all", "--description", "Åpen", "--accessible-for-all"],
            ["client", "create", "--org", "\(Self.other)", "--name", "| *Pynt*", "--scope", "acme:all"],
            ["access", "revoke", "acme:a", "\(Self.consumer)", "--yes"],
        ] {
            let run = await world.run(line)
            #expect(run.status == .done, "\(line): \(run.errors)")
        }
        return world
    }

    @Test func `each client is listed with what its owner should see to`() async throws {
        let world = try await world()
        let items = try #require(try await world.run("client", "report", "--json").json["items"] as? [[String: Any]])
        let attention = Dictionary(
            uniqueKeysWithValues: items.map { ($0["client_name"] as? String ?? "", $0["attention"] as? [String] ?? []) }
        )
        #expect(attention["Lønn"] == ["`acme:a` gives no token: access_denied", "it has never got a token"])
        #expect(attention["Gammel"] == ["it holds no scope", "it has never got a token"])
        #expect(attention["| *Pynt*"] == ["it has never got a token"])
        // A unit that is closed afterwards still owns its clients, and that is told.
        let gone = try world.file(
            "gone.json",
            #"[{"organisasjonsnummer":"\#(Self.other)","navn":"ANNEN","organisasjonsform":{"kode":"AS"},"slettedato":"2026-10-01"}]"#
        )
        #expect(await world.run("org", "import", gone, "--update").status == .done)
        let later = await world.run("client", "report", "--org", "\(Self.other)", "--json")
        let told = try #require(try later.json["items"] as? [[String: Any]]).first?["attention"] as? [String]
        #expect(told?.first == "its owner is deleted in the register")
    }

    @Test func `a page for each organisation, in which nobody's text becomes markup`() async throws {
        let world = try await world()
        let folder = world.scratch.path + "/reports"
        let run = await world.run("client", "report", "--out", folder)
        #expect(run.status == .done, "\(run.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                == ["\(Self.other).md", "\(Self.consumer).md"].sorted()
        )
        let page = try String(contentsOfFile: "\(folder)/\(Self.consumer).md", encoding: .utf8)
        #expect(page.hasPrefix("# Clients of KONSUMENT (\(Self.consumer))\n"))
        #expect(page.contains("Lønn") && page.contains("Gammel") && !page.contains("Pynt"))
        let other = try String(contentsOfFile: "\(folder)/\(Self.other).md", encoding: .utf8)
        #expect(other.contains(#"\| \*Pynt\*"#))
        let all = await world.run("client", "report", "--markdown").output
        #expect(all.contains("# Clients of ANNEN") && all.contains("# Clients of KONSUMENT"))
    }
}
