import Administration
import AuditLedger
import Clients
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Scopes
import TestSupport
import Testing
import Vocabulary

@Suite("RFC 7009: tokens are ended by whoever may, at once and for good", .serialized)
struct RevocationTests {
    @Test func `the client, its owner and an owner of the scope end a token; others do nothing`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken()
            for client in [World.strangerClient, World.supplierClient] {
                let answer = try await server.revoke(token, as: client)
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty)
                #expect(try await server.isActive(token))
            }
            for client in [World.keyClient, World.ownedClient, World.providerClient] {
                let token = try await server.accessToken()
                #expect(try await server.isActive(token))
                // The owned client is the supplier's, and no client of the consumer's to speak for it.
                let mayEnd = client != World.ownedClient
                let answer = try await server.revoke(token, as: client)
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty)
                #expect(try await server.isActive(token) != mayEnd, "\(client)")
            }
            #expect(try await server.isActive(token))
        }
    }

    @Test func `a second time changes nothing, and the ledger has it once`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken("demo:read demo:open")
            for _ in 1...2 { #expect(try await server.revoke(token, as: World.keyClient).status == 200) }
            let entries = try server.entries(of: .tokensRevoked)
            #expect(entries.count == 1)
            let entry = try #require(entries.first)
            #expect(entry.tokenID?.rawValue == (try payload(of: token)["jti"]?.string))
            #expect(entry.client?.rawValue == World.keyClient)
            #expect(entry.consumer == World.consumer)
            #expect(entry.scopes.map(\.rawValue) == ["demo:read", "demo:open"])
            #expect(entry.actor == "client \(World.keyClient) of \(World.consumer)")
            #expect(entry.traceID != nil)
        }
    }

    @Test func `what is no token of ours is answered alike, and a hint of another type is no hindrance`() async throws {
        try await LiveServer.run { server in
            for text in ["x", "a.b.c"] {
                let answer = try await server.revoke(text, as: World.keyClient)
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty)
            }
            let token = try await server.accessToken()
            let hinted = try await server.post(
                "revoke",
                "token=\(token)&token_type_hint=refresh_token&\(LiveServer.authentication(World.keyClient))"
            )
            #expect(hinted.status == 200)
            #expect(try await !server.isActive(token))
            #expect(try server.entries(of: .tokensRevoked).count == 1)
            #expect(try await server.post("revoke", "token=\(token)").status == 401)
        }
    }

    @Test func `an ended token stays ended when the server is started again`() async throws {
        let folder = NSTemporaryDirectory() + "portvakt-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try LiveServer.make(folder, at: SystemClock().now)
        var tokens: [String] = []
        try await LiveServer.serve(folder) { server in
            for _ in 1...2 { tokens.append(try await server.accessToken()) }
            #expect(try await server.revoke(tokens[0], as: World.keyClient).status == 200)
        }
        try await LiveServer.serve(folder) { server in
            let isActive = (try await server.isActive(tokens[0]), try await server.isActive(tokens[1]))
            #expect(isActive == (false, true))
        }
    }

    // MARK: By client, consumer and scope

    private enum Whole: String, CaseIterable {
        case client, consumer, scope

        func subject() throws -> TokenRevocation.Subject {
            switch self {
            case .client: .client(try ClientID(parsing: World.keyClient))
            case .consumer: .consumer(World.consumer)
            case .scope: .scope(try ScopeName(parsing: "demo:read"))
            }
        }
    }

    @Test(arguments: ["client", "consumer", "scope"])
    func `all tokens that were issued are ended, none that comes after`(name: String) async throws {
        let whole = try #require(Whole(rawValue: name))
        try await LiveServer.run { server in
            let token = try await server.accessToken("demo:open demo:read")
            let other = try await server.accessToken("demo:open", client: World.strangerClient)
            #expect(try await server.isActive(token))
            let store = try SQLiteStore(DataFolder(path: server.folder), opening: .requireCurrent)
            let now = SystemClock().now
            try store.transaction { transaction in
                let actor = Actor(operatingSystemUser: "test", host: "test")
                let acts = Administration(in: transaction, by: actor, at: now, reason: "a leak")
                let outcome = try acts.revokeTokens(of: whole.subject(), longestLife: 7_200)
                #expect(outcome.hasChanged)
            }
            try store.close()
            #expect(try await !server.isActive(token))
            #expect(try await server.isActive(other))
            #expect(try server.entries(of: .tokensRevoked).first?.details["reason"] == "a leak")
            // Tokens of the very second of the act are ended too.
            while SystemClock().now <= now + 1 { try await Task.sleep(for: .milliseconds(50)) }
            let next = try await server.accessToken("demo:open demo:read")
            #expect(try await server.isActive(next))
        }
    }

    // MARK: What a token rests on

    /// Asks about a token, lets another process change a fact, and asks again.
    private func expectEnded(
        _ token: (LiveServer) async throws -> String,
        after change: (SQLiteTransaction) throws -> Void
    ) async throws {
        try await LiveServer.run { server in
            let token = try await token(server)
            #expect(try await server.isActive(token))
            try server.change(change)
            #expect(try await !server.isActive(token))
        }
    }

    @Test func `a token ends with its client`() async throws {
        try await expectEnded({ try await $0.accessToken() }) { transaction in
            var client = try #require(try transaction.client(.init(parsing: World.keyClient)))
            client.isActive = false
            try transaction.update(client)
        }
    }

    @Test func `a token ends when a scope is taken from its client`() async throws {
        try await expectEnded({ try await $0.accessToken() }) { transaction in
            var client = try #require(try transaction.client(.init(parsing: World.keyClient)))
            client.scopes.removeAll { $0.rawValue == "demo:read" }
            try transaction.update(client)
        }
    }

    @Test func `a token ends with the access of its consumer`() async throws {
        try await expectEnded({ try await $0.accessToken() }) { transaction in
            let name = try ScopeName(parsing: "demo:read")
            var access = try #require(try transaction.access(to: name, of: World.consumer))
            access.state = .denied
            try transaction.put(access)
        }
    }

    @Test func `a token ends with its scope`() async throws {
        try await expectEnded({ try await $0.accessToken("demo:open demo:read") }) { transaction in
            var scope = try #require(try transaction.scope(.init(parsing: "demo:open")))
            scope.isActive = false
            try transaction.update(scope)
        }
    }

    @Test func `a supplier's token ends with the delegation`() async throws {
        try await expectEnded({
            try await $0.accessToken(
                "demo:delegated",
                client: World.supplierClient,
                claims: ["consumer_org": .string("\(World.consumer)")]
            )
        }) { transaction in
            let id = try World.ownResource(of: "delegated")
            let delegation = try #require(try transaction.delegation(of: id, from: World.consumer, to: World.supplier))
            try transaction.revoke(delegation.id, at: SystemClock().now)
        }
    }

    @Test func `a token on behalf of a customer ends with the customer's entry`() async throws {
        try await expectEnded({
            try await $0.accessToken(
                "demo:unproven",
                client: World.supplierClient,
                claims: ["iss_onbehalfof": "customer"]
            )
        }) { transaction in
            var client = try #require(try transaction.client(.init(parsing: World.supplierClient)))
            client.onBehalfOf = []
            try transaction.update(client)
        }
    }
}
