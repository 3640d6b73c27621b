import Administration
import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Scopes
import TestSupport
import Testing
import Vocabulary

@Suite("Tokens for another organisation, over a socket", .serialized)
struct ActingForOthersTests {
    private func form(
        client: String = World.supplierClient,
        scope: String = "demo:delegated",
        _ claims: [String: JSONValue] = [:]
    ) throws -> String {
        var mint = AssertionMint(
            client: client,
            audience: LiveServer.issuer,
            scope: scope,
            at: SystemClock().now,
            jti: UUID().uuidString,
            kid: "rsa-1"
        )
        for (name, value) in claims { mint.claims[name] = value }
        return try "\(RefusalCase.grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    private var delegated: [String: JSONValue] { ["consumer_org": .string("\(World.consumer)")] }

    /// The claims of an answer's token, as golden files have them.
    private func claims(of answer: LiveServer.Answer) throws -> String {
        #expect(answer.status == 200, "\(answer.body)")
        let token = try CompactJWS(parsing: try #require(try answer.json()["access_token"]?.string))
        var claims = try token.payloadObject()
        claims["jti"] = "<jti>"
        return try Golden.normalised(String(decoding: JSONValue.object(claims).encoded(), as: UTF8.self))
    }

    /// An act of the operator in a process of its own, while the server runs.
    @discardableResult
    private func act<Result>(
        on server: LiveServer,
        _ body: (Administration<SQLiteTransaction>) throws -> Result
    ) throws -> Result {
        let store = try SQLiteStore(DataFolder(path: server.folder), opening: .requireCurrent)
        defer { try? store.close() }
        return try store.transaction { transaction in
            try body(
                Administration(
                    in: transaction,
                    by: Actor(operatingSystemUser: "kari", host: "vakt"),
                    at: SystemClock().now
                )
            )
        }
    }

    @Test func `consumer_org: the token names consumer, supplier and register, the ledger the delegation`() async throws
    {
        try await LiveServer.run { server in
            let claims = try claims(of: try await server.token(form(delegated)))
            try Golden.expect(claims, equals: "claims/delegated.json")
            let event = try #require(try server.entries(of: .tokenIssued).last)
            #expect(event.consumer == World.consumer)
            #expect(event.supplier == World.supplier)
            let id = try act(on: server) { administration in
                try administration.transaction.delegation(
                    of: try World.ownResource(of: "delegated"),
                    from: World.consumer,
                    to: World.supplier
                )
            }
            #expect(event.details["delegations"] == [.string("\(try #require(id).id)")])
            #expect(try #require(id).lastUsed != nil)
        }
    }

    @Test func `a revoked delegation gives no token at once, a new one does again`() async throws {
        try await LiveServer.run { server in
            let resource = try World.ownResource(of: "delegated")
            // Twice, so that the second answer comes from what is remembered.
            for _ in 1...2 {
                let answer = try await server.token(form(delegated))
                #expect(answer.status == 200, "\(answer.body)")
            }
            try act(on: server) {
                try $0.revokeDelegation(of: resource, from: World.consumer, to: World.supplier, by: .operatorsAct)
            }
            let refused = try await server.token(form(delegated))
            #expect(refused.status == 403)
            #expect(try refused.json()["error"] == "forbidden")
            #expect(try refused.json()["code"] == "MP-251")
            #expect(try refused.json()["reason"] == "delegation_missing")
            // Nobody else loses anything.
            let direct = try await server.token(form(client: World.keyClient, scope: "demo:read"))
            #expect(direct.status == 200, "\(direct.body)")
            try act(on: server) {
                try $0.giveDelegation(of: resource, from: World.consumer, to: World.supplier, by: .operatorsAct)
            }
            let again = try await server.token(form(delegated))
            #expect(again.status == 200, "\(again.body)")
        }
    }

    @Test func `an end date and the consumer's access take effect at the next request`() async throws {
        try await LiveServer.run { server in
            let resource = try World.ownResource(of: "delegated")
            let scope = try ScopeName(parsing: "demo:delegated")
            #expect(try await server.token(form(delegated)).status == 200)
            let end = SystemClock().now + 1
            try act(on: server) {
                try $0.giveDelegation(
                    of: resource,
                    from: World.consumer,
                    to: World.supplier,
                    until: end,
                    by: .operatorsAct
                )
            }
            while SystemClock().now < end { try await Task.sleep(for: .milliseconds(50)) }
            let ended = try await server.token(form(delegated))
            #expect(try ended.json()["reason"] == "delegation_ended", "\(ended.body)")
            try act(on: server) { administration in
                try administration.giveDelegation(
                    of: resource,
                    from: World.consumer,
                    to: World.supplier,
                    by: .operatorsAct
                )
                try administration.revokeAccess(to: scope, for: World.consumer)
            }
            let withdrawn = try await server.token(form(delegated))
            #expect(try withdrawn.json()["code"] == "MP-250", "\(withdrawn.body)")
        }
    }

    @Test func `iss_onbehalfof and a supplier's client: both organisations, no delegation source`() async throws {
        try await LiveServer.run { server in
            let entry = try claims(
                of: try await server.token(form(scope: "demo:unproven", ["iss_onbehalfof": "customer"]))
            )
            try Golden.expect(entry, equals: "claims/on-behalf-of.json")
            let owned = try claims(
                of: try await server.token(form(client: World.ownedClient, scope: "demo:unproven"))
            )
            try Golden.expect(owned, equals: "claims/supplier-client.json")
            try act(on: server) {
                try $0.removeOnBehalfOf("customer", from: try ClientID(parsing: World.supplierClient))
            }
            let removed = try await server.token(form(scope: "demo:unproven", ["iss_onbehalfof": "customer"]))
            #expect(try removed.json()["code"] == "PV-023", "\(removed.body)")
        }
    }
}
