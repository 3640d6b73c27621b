import Foundation
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt scope export")
struct ScopeExportTests {
    private func world() async throws -> AdministrationWorld {
        let world = try await AdministrationWorld()
        let file = try world.file(
            "acme.yaml",
            """
            prefix: acme
            owner_orgno: "\(AdministrationWorld.owner)"
            scopes:
              - subscope: catch/reports.read
                description: Les "fangst"
                descriptions: {en: Read catches}
                long_description: "Linje 1\\nLinje 2"
                enforced_aud_for_access_token: https://api.example.no/catch
                access:
                  - orgno: "\(AdministrationWorld.consumer)"
                    until: 2030-06-30
                    reason: "Avtale: 1 # x"
              - subscope: open
                description: Åpen
                accessible_for_all: true
              - subscope: hidden
                description: Skjult
                visibility: PRIVATE
              - subscope: gone
                description: Borte
                active: false
            """
        )
        #expect(await world.run("scope", "apply", file, "--yes").status == .done)
        return world
    }

    @Test func `a scope file that is written from the store differs in nothing`() async throws {
        let world = try await world()
        let run = await world.run("scope", "export", "--prefix", "acme")
        #expect(run.status == .done)
        let file = try world.file("again.yaml", run.output)
        let diff = await world.run("scope", "diff", file, "--prune", "--output", "table")
        #expect(diff.output == "0 to add, 0 to change, 0 to remove\n")
        #expect(run.output.contains(#"reason: "Avtale: 1 # x""#))
        #expect(await world.run("scope", "export").status == .usage)
        #expect(await world.run("scope", "export", "--prefix", "nobody").errors.contains("[prefix_unassigned]"))
    }

    @Test func `public scopes are described as data services`() async throws {
        let world = try await world()
        let run = await world.run("scope", "export", "--format", "dcat", "--contact", "api@example.no")
        #expect(run.status == .done, "\(run.errors)")
        #expect(
            run.output.contains(
                """
                <https://vakt.example.no/scopes/acme:catch%2Freports.read>
                    a dcat:DataService ;
                    dct:identifier "acme:catch/reports.read" ;
                    dct:title "Les \\"fangst\\""@nb,
                        "Read catches"@en ;
                    dct:description "Linje 1\\nLinje 2"@nb ;
                    dct:publisher <https://data.brreg.no/enhetsregisteret/api/enheter/\(AdministrationWorld.owner)> ;
                    dcat:endpointURL <https://api.example.no/catch> ;
                    dct:accessRights <http://publications.europa.eu/resource/authority/access-right/RESTRICTED> ;
                    dcat:contactPoint [ a vcard:Organization ; vcard:hasEmail <mailto:api@example.no> ] .
                """
            ),
            "\(run.output)"
        )
        #expect(run.output.contains("access-right/PUBLIC"))
        #expect(!run.output.contains("hidden") && !run.output.contains("gone"))
        let json = try await world.run("scope", "export", "--format", "dcat-jsonld").json
        #expect((json["@graph"] as? [[String: Any]])?.count == 3)
        for contact in ["a b@c", "x", "https://a b", "a@b@c", "a<b@c"] {
            #expect(await world.run("scope", "export", "--format", "dcat", "--contact", contact).status == .usage)
        }
    }
}
