import JOSE
import PortvaktProvider
import Synchronization
import Testing
import Vocabulary

@Suite("PortvaktProvider's IntrospectionClient at the server's own endpoint, over a socket", .serialized)
struct IntrospectionClientOnServerTests {
    private func client(
        _ server: LiveServer,
        credentials: @escaping IntrospectionCredentials
    ) throws -> IntrospectionClient {
        var options = IntrospectionOptions()
        options.cacheTime = .zero
        options.timeout = .seconds(30)
        options.patience = .seconds(30)
        return IntrospectionClient(
            issuer: try Issuer(parsing: LiveServer.issuer),
            endpoint: server.base + "introspect",
            options: options,
            credentials: credentials
        )
    }

    @Test func `the owner of the scope is told what the token holds, and at once that it was ended`() async throws {
        try await LiveServer.run { server in
            let own = try await server.accessToken("demo:open", client: World.providerClient)
            let client = try client(server) { _, _ in [("Authorization", "Bearer \(own)")] }
            let token = try await server.accessToken("demo:read demo:open")
            guard case .active(let told) = try await client.introspect(token) else {
                Issue.record("it is inactive")
                return
            }
            #expect(told.consumer.organisation == World.consumer)
            #expect(told.clientID == World.keyClient)
            #expect(told.scopes.count == 2)
            #expect(try told.tokenID == payload(of: token)["jti"]?.string)
            try told.require(.scope(ScopeName(parsing: "demo:read")))
            #expect(try await server.revoke(token, as: World.keyClient).status == 200)
            guard case .inactive = try await client.introspect(token) else {
                Issue.record("it is active still")
                return
            }
        }
    }

    @Test func `a stranger learns nothing, and whoever proves nothing is refused`() async throws {
        try await LiveServer.run { server in
            let token = try await server.accessToken()
            let foreign = try await server.accessToken("demo:open", client: World.strangerClient)
            guard
                case .inactive = try await client(
                    server,
                    credentials: { _, _ in [("Authorization", "Bearer \(foreign)")] }
                )
                .introspect(token)
            else {
                Issue.record("a stranger is told of it")
                return
            }
            let nobody = try client(server) { _, _ in [] }
            let error = await #expect(throws: IntrospectionError.self) { try await nobody.introspect(token) }
            guard case .refused(status: 401, error: _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `a provider's token that has ended is replaced by another one`() async throws {
        try await LiveServer.run { server in
            let ended = try await server.accessToken("demo:open", client: World.providerClient)
            #expect(try await server.revoke(ended, as: World.providerClient).status == 200)
            let own = try await server.accessToken("demo:open", client: World.providerClient)
            let attempts = Mutex<[Int]>([])
            let client = try client(server) { _, attempt in
                attempts.withLock { $0.append(attempt) }
                return [("Authorization", "Bearer \(attempt == 1 ? ended : own)")]
            }
            let token = try await server.accessToken()
            guard case .active = try await client.introspect(token) else {
                Issue.record("it is inactive")
                return
            }
            #expect(attempts.withLock { $0 } == [1, 2])
        }
    }
}
