import AuditLedger
import Clients
import Foundation
import JOSE
import Organisations
import SQLiteStorage
import Scopes
import TestSupport
import Testing
import Vocabulary

@Suite("A withdrawn right gives no new token, at once", .serialized)
struct WithdrawnRightsTests {
    private func form(scope: String = "demo:read", audience: String = LiveServer.issuer) throws -> String {
        let mint = AssertionMint(
            client: World.keyClient,
            audience: audience,
            scope: scope,
            at: SystemClock().now,
            jti: UUID().uuidString,
            kid: "rsa-1"
        )
        return try "\(RefusalCase.grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    /// Asks, lets another process's connection change a fact, asks again, undoes it and asks a third time.
    private func expect(
        _ reason: String,
        after change: @escaping @Sendable (SQLiteTransaction) throws -> Void,
        undoneBy undo: @escaping @Sendable (SQLiteTransaction) throws -> Void,
        form: () throws -> String
    ) async throws {
        try await LiveServer.run { server in
            // Twice, so that the second answer comes from what is remembered.
            for _ in 1...2 {
                let answer = try await server.token(form())
                #expect(answer.status == 200, "\(answer.body)")
            }
            let other = try SQLiteStore(DataFolder(path: server.folder), opening: .requireCurrent)
            try other.transaction { transaction in
                try change(transaction)
                try transaction.raiseRevision()
            }
            let refused = try await server.token(form())
            #expect(try refused.json()["reason"]?.string == reason, "\(refused.body)")
            try other.transaction { transaction in
                try undo(transaction)
                try transaction.raiseRevision()
            }
            let again = try await server.token(form())
            #expect(again.status == 200, "\(again.body)")
            try other.close()
        }
    }

    @Test func `access withdrawn`() async throws {
        let name = try ScopeName(parsing: "demo:read")
        @Sendable func set(_ state: ScopeAccess.State, _ transaction: SQLiteTransaction) throws {
            var access = try #require(try transaction.access(to: name, of: World.consumer))
            access.state = state
            try transaction.put(access)
        }
        try await expect(
            "access_denied",
            after: { try set(.denied, $0) },
            undoneBy: { try set(.approved, $0) },
            form: { try form() }
        )
    }

    @Test func `scope deactivated`() async throws {
        let name = try ScopeName(parsing: "demo:read")
        @Sendable func set(_ active: Bool, _ transaction: SQLiteTransaction) throws {
            var scope = try #require(try transaction.scope(name))
            scope.isActive = active
            try transaction.update(scope)
        }
        try await expect(
            "scope_inactive",
            after: { try set(false, $0) },
            undoneBy: { try set(true, $0) },
            form: { try form() }
        )
    }

    @Test(arguments: ["client_disabled", "key_unknown", "scope_not_on_client"])
    func `client disabled, its key removed, or the scope taken off it`(reason: String) async throws {
        let id = try ClientID(parsing: World.keyClient)
        let kept = ClientBox()
        try await expect(
            reason,
            after: { transaction in
                var client = try #require(try transaction.client(id))
                kept.client = client
                switch reason {
                case "client_disabled": client.isActive = false
                case "key_unknown": client.keys.removeAll { $0.id.rawValue == "rsa-1" }
                default: client.scopes.removeAll { $0.rawValue == "demo:read" }
                }
                try transaction.update(client)
            },
            undoneBy: { try $0.update(try #require(kept.client)) },
            form: { try form() }
        )
    }

    @Test func `compatibility switch turned off`() async throws {
        let id = try ClientID(parsing: World.keyClient)
        try await LiveServer.run { server in
            let other = try SQLiteStore(DataFolder(path: server.folder), opening: .requireCurrent)
            for (isOn, status) in [(true, 200), (false, 400)] {
                try other.transaction { transaction in
                    var client = try #require(try transaction.client(id))
                    client.acceptsTokenEndpointAudience = isOn
                    try transaction.update(client)
                    try transaction.raiseRevision()
                }
                let answer = try await server.token(form(audience: LiveServer.issuer + "token"))
                #expect(answer.status == status, "\(answer.body)")
            }
            try other.close()
            let entry = try #require(try server.entries(of: .tokenIssued).first)
            #expect(entry.details["endpoint_audience"] == true)
        }
    }

    @Test func `organisation deleted in the register`() async throws {
        try await LiveServer.run { server in
            let before = try await server.token(form())
            #expect(before.status == 200)
            let other = try SQLiteStore(DataFolder(path: server.folder), opening: .requireCurrent)
            let importing = SQLiteOrganisationImport(into: other) { _ in
                LedgerEvent(time: SystemClock().now, kind: .organisationsImported)
            }
            let unit = """
                [{"organisasjonsnummer":"\(World.consumer)","navn":"KONSUMENT AS","slettedato":"2026-11-01",
                  "respons_klasse":"SlettetEnhet","organisasjonsform":{"kode":"AS"}}]
                """
            try OrganisationImport(mode: .update).run(MemoryByteSource(Array(unit.utf8)), into: importing)
            try other.close()
            let after = try await server.token(form())
            #expect(try after.json()["reason"] == "organisation_deleted")
        }
    }
}

/// Carries a client from one transaction to the next; the two never run at once.
private final class ClientBox: @unchecked Sendable {
    // INVARIANT: written and read by one test, one transaction after the other.
    var client: Client?
}
