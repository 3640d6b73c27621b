import AuditLedger
import Delegations
import Foundation
import JOSE
import Organisations
import SQLiteStorage
import Scopes
import TestSupport
import Testing
import Vocabulary

@Suite("Tokens of consents (spec/maskinporten §8.2, spec/altinn §7.4)", .serialized)
struct ConsentTokenTests {
    private func ask(
        _ server: LiveServer,
        _ id: String = DetailWorld.consentID,
        from: String? = nil
    ) async throws -> LiveServer.Answer {
        try await server.token(DetailWorld.form(DetailWorld.consent(id, from: from)))
    }

    private func change(_ server: LiveServer, _ body: (inout ConsentRequest) -> Void) throws {
        try DetailWorld.change(server.folder) { transaction in
            var consent = try #require(try transaction.consent(try DetailWorld.uuid(DetailWorld.consentID)))
            body(&consent)
            try transaction.put(consent)
        }
    }

    private func causes(_ answer: LiveServer.Answer) throws -> [String]? {
        try answer.json()["details"]?["causes"]?.strings
    }

    @Test func `the token holds the consent, and its use is an event`() async throws {
        try await DetailWorld.run { server in
            let claims = try DetailWorld.claims(of: try await ask(server))
            let golden = try Golden.normalised(JSONValue.object(claims).text())
                .replacing(/"jti": "[^"]+"/, with: #""jti": "<jti>""#)
            try Golden.expect(golden, equals: "claims/consent.json")
            #expect(try DetailWorld.events(server.folder) == [.used])
            let entry = try #require(try server.entries(of: .tokenIssued).first)
            #expect(entry.details["consent"]?.string == DetailWorld.consentID)
        }
    }

    @Test func `a person is named in the token as in the request, and nowhere else`() async throws {
        try await DetailWorld.run { server in
            let number = try DetailWorld.person().exposed
            let from = "urn:altinn:person:identifier-no:\(number)"
            let claims = try DetailWorld.claims(of: try await ask(server, DetailWorld.personConsentID, from: from))
            #expect(claims["authorization_details"]?.array?.first?["from"]?.string == from)
            let entry = try #require(try server.entries(of: .tokenIssued).first)
            #expect(!JSONValue.object(entry.details).text().contains(number))
            let wrong = try await ask(server, DetailWorld.consentID, from: from)
            #expect(try causes(wrong) == ["consent_from_mismatch"])
            #expect(!wrong.body.contains(number))
        }
    }

    @Test func `revoked, refused at once; given again, served again`() async throws {
        try await DetailWorld.run { server in
            for _ in 1...2 { _ = try DetailWorld.claims(of: try await ask(server)) }
            try change(server) { $0.answer = .revoked }
            let refused = try await ask(server)
            #expect(try refused.json()["reason"]?.string == "consent_revoked", "\(refused.body)")
            #expect(try refused.json()["code"]?.string == "MP-303")
            #expect(try refused.json()["error"]?.string == "invalid_authorization_details")
            try change(server) { $0.answer = .accepted }
            _ = try DetailWorld.claims(of: try await ask(server))
        }
    }

    @Test func `everything that stands against a consent is told together`() async throws {
        try await DetailWorld.run { server in
            try change(server) { $0.answer = .revoked }
            let from = "urn:altinn:organization:identifier-no:\(World.stranger)"
            let both = try await ask(server, from: from)
            #expect(try causes(both) == ["consent_from_mismatch", "consent_revoked"])
            try Golden.expect(try Golden.normalised(both.body), equals: "details/consent-causes.json")
            try change(server) { $0.answer = .created }
            #expect(try causes(await ask(server)) == ["consent_not_accepted"])
            let unknown = try await ask(server, "00000000-0000-4000-8000-000000000000")
            #expect(try causes(unknown) == ["consent_unknown"])
            try Golden.expect(try Golden.normalised(unknown.body), equals: "details/consent-unknown.json")
            // A client of another organisation learns no more of it than of one that there is not.
            try DetailWorld.change(server.folder) { transaction in
                var access = try #require(
                    try transaction.access(to: try ScopeName(parsing: "demo:read"), of: World.bankrupt)
                )
                access.state = .approved
                try transaction.put(access)
            }
            let other = try await server.token(
                DetailWorld.form(DetailWorld.consent(DetailWorld.consentID), client: World.bankruptClient)
            )
            #expect(try causes(other) == ["consent_unknown"])
        }
    }

    @Test func `a one-time consent gives one token, however many ask at once`() async throws {
        try await DetailWorld.run { server in
            let forms = try (1...8).map { _ in try DetailWorld.form(DetailWorld.consent(DetailWorld.oneTimeID)) }
            let answers = try await withThrowingTaskGroup(of: LiveServer.Answer.self) { group in
                for form in forms { group.addTask { try await server.token(form) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            for refused in answers where refused.status != 200 { #expect(try causes(refused) == ["consent_used"]) }
        }
    }

    @Test func `the organisation that consented was deleted: refused at once`() async throws {
        try await DetailWorld.run { server in
            for _ in 1...2 { _ = try DetailWorld.claims(of: try await ask(server)) }
            let store = try SQLiteStore(DataFolder(path: server.folder), opening: .requireCurrent)
            let importing = SQLiteOrganisationImport(into: store) { _ in
                LedgerEvent(time: SystemClock().now, kind: .organisationsImported)
            }
            let unit = """
                [{"organisasjonsnummer":"\(DetailWorld.customer)","navn":"TILBYDER AS","slettedato":"2026-11-01",
                  "respons_klasse":"SlettetEnhet","organisasjonsform":{"kode":"AS"}}]
                """
            try OrganisationImport(mode: .update).run(MemoryByteSource(Array(unit.utf8)), into: importing)
            try store.close()
            let refused = try await ask(server)
            #expect(try refused.json()["reason"]?.string == "organisation_deleted", "\(refused.body)")
        }
    }

    @Test func `a supplier uses the consent of the consumer that delegated the scope to it`() async throws {
        try await DetailWorld.run { server in
            let form = try DetailWorld.form(
                DetailWorld.consent(DetailWorld.consentID),
                client: World.supplierClient,
                ["scope": "demo:delegated", "consumer_org": .string("\(World.consumer)")]
            )
            let claims = try DetailWorld.claims(of: try await server.token(form))
            #expect(claims["consumer"]?["ID"]?.string == World.consumer.iso6523)
            #expect(claims["supplier"]?["ID"]?.string == World.supplier.iso6523)
            let detail = try #require(claims["authorization_details"]?.array?.first)
            #expect(detail["to"]?["ID"]?.string == World.consumer.iso6523)
        }
    }
}
