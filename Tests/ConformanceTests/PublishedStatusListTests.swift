import AuditLedger
import Clients
import Foundation
import JOSE
import NIOHTTP1
import PortvaktProvider
import SQLiteStorage
import Server
import StatusLists
import TestSupport
import Testing
import Vocabulary

@Suite("Token Status List: providers that check offline learn of ended tokens", .serialized)
struct PublishedStatusListTests {
    /// The claims of a published list, its signature proved.
    private func list(_ number: Int, of server: LiveServer) async throws -> (StatusListToken, LiveServer.Answer) {
        let answer = try await server.send(.GET, "statuslists/\(number)")
        try #require(answer.status == 200, "\(answer.body)")
        let jws = try CompactJWS(parsing: answer.body, maximumLength: 65_536)
        #expect(jws.header["typ"] == "statuslist+jwt")
        let keys = try JWKSet(parsing: Array(try await server.send(.GET, "jwk").body.utf8))
        let key = try #require(keys.keys.first { $0.keyID == jws.header["kid"]?.string })
        #expect(jws.isSigned(by: key.publicKey, algorithm: .rs256))
        return (try StatusListToken(payload: try jws.payloadObject(), maximumSize: 16_384), answer)
    }

    private func reference(in token: String) throws -> StatusReference {
        try StatusReference(claim: try #require(try payload(of: token)["status"]))
    }

    /// Waits until the list says that of a token; the server looks once a second.
    private func expect(_ status: UInt8, of token: String, at server: LiveServer) async throws {
        let reference = try reference(in: token)
        let end = ContinuousClock.now + .seconds(60)
        while try await list(0, of: server).0.list.status(at: reference.index) != status {
            try #require(ContinuousClock.now < end, "the list does not say so")
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test func `is signed, says how long it counts, and stands where tokens and metadata say`() async throws {
        try await LiveServer.run(settings: [.statusListTimeToLive: "5s"]) { server in
            let (token, answer) = try await list(0, of: server)
            #expect(token.uri == LiveServer.issuer + "statuslists/0")
            #expect(token.timeToLive == 5)
            #expect(token.expires == token.issuedAt + 100)
            #expect(token.list.count == 131_072)
            #expect(token.list.bytes.allSatisfy { $0 == 0 })
            #expect(answer.fields["content-type"] == ["application/statuslist+jwt"])
            #expect(answer.fields["cache-control"] == ["public, max-age=5"])
            let tag = try #require(answer.fields["etag"].first)
            let known = try await server.send(.GET, "statuslists/0", [("if-none-match", tag)])
            #expect(known.status == 304)
            let metadata = try await server.send(.GET, ".well-known/oauth-authorization-server").json()
            #expect(metadata["status_list_aggregation_endpoint"]?.string == LiveServer.issuer + "statuslists")
            let all = try await server.send(.GET, "statuslists").json()
            #expect(all["status_lists"]?.strings?.first == token.uri)
        }
    }

    @Test func `is negotiated, and has one spelling of its address`() async throws {
        try await LiveServer.run { server in
            for accept in ["application/statuslist+jwt", "*/*", "application/*;q=0.5", "text/html, */*;q=0.1"] {
                #expect(try await server.send(.GET, "statuslists/0", [("accept", accept)]).status == 200, "\(accept)")
            }
            for accept in ["application/statuslist+cwt", "application/statuslist+jwt;q=0"] {
                let answer = try await server.send(.GET, "statuslists/0", [("accept", accept)])
                #expect(answer.status == 406)
                #expect(try answer.json()["code"] == "PV-027")
            }
            for path in [
                "statuslists/00", "statuslists/-1", "statuslists/9", "statuslists/", "statuslists/0/", "statuslists/+0",
            ] {
                #expect(try await server.send(.GET, path).status == 404, "\(path)")
            }
        }
    }

    @Test func `only tokens of scopes that ask for it have a place, each its own`() async throws {
        try await LiveServer.run { server in
            let plain = try await server.accessToken()
            #expect(try payload(of: plain)["status"] == nil)
            var places: Set<Int> = []
            for scope in ["demo:listed", "demo:read demo:listed"] {
                let reference = try reference(in: try await server.accessToken(scope))
                #expect(reference.uri == LiveServer.issuer + "statuslists/0")
                places.insert(reference.index)
            }
            #expect(places.count == 2)
        }
    }

    @Test func `says that a token was ended by itself, with its client, or with what it rests on`() async throws {
        try await LiveServer.run { server in
            let kept = try await server.accessToken("demo:listed", client: World.keyClient)
            let one = try await server.accessToken("demo:listed")
            #expect(try await server.revoke(one, as: World.keyClient).status == 200)
            try await expect(1, of: one, at: server)
            let place = try reference(in: kept).index
            #expect(try await list(0, of: server).0.list.status(at: place) == 0)
            // Nobody ends it: its right is withdrawn, and given back. What was told does not become untrue.
            func set(_ isActive: Bool) throws {
                try server.change { transaction in
                    var client = try #require(try transaction.client(.init(parsing: World.keyClient)))
                    client.isActive = isActive
                    try transaction.update(client)
                }
            }
            try set(false)
            try await expect(1, of: kept, at: server)
            try set(true)
            let next = try await server.accessToken("demo:listed")
            try await expect(0, of: next, at: server)
            #expect(try await list(0, of: server).0.list.status(at: place) == 1)
            #expect(try await !server.isActive(kept))
            #expect(try await server.isActive(next))
        }
    }

    @Test func `remembers places and ends when the server is started again`() async throws {
        let folder = NSTemporaryDirectory() + "portvakt-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try LiveServer.make(folder, at: SystemClock().now)
        var ended = ""
        var alive = ""
        try await LiveServer.serve(folder) { server in
            ended = try await server.accessToken("demo:listed")
            alive = try await server.accessToken("demo:listed")
            #expect(try await server.revoke(ended, as: World.keyClient).status == 200)
        }
        try await LiveServer.serve(folder) { server in
            try await expect(1, of: ended, at: server)
            try await expect(0, of: alive, at: server)
            let next = try await server.accessToken("demo:listed")
            let places = try [ended, alive, next].map { try reference(in: $0).index }
            #expect(Set(places).count == 3)
        }
    }

    @Test func `the provider SDK learns of it within the ttl`() async throws {
        try await LiveServer.run(settings: [.statusListTimeToLive: "1s"]) { server in
            let issuer = try Issuer(parsing: LiveServer.issuer)
            let transport = Elsewhere(base: server.base)
            let keys = try await RemoteKeySet(loading: .issuer(issuer), transport: transport)
            var policy = VerificationPolicy(issuer: issuer)
            policy.status = .required
            let verifier = TokenVerifier(
                policy: policy,
                keys: keys,
                statuses: RemoteStatusLists(issuer: issuer, keys: keys, transport: transport)
            )
            let token = try await server.accessToken("demo:listed")
            _ = try await verifier.verifyBearer(token)
            let plain = try await server.accessToken()
            await #expect(throws: VerificationError.statusMissing) { try await verifier.verifyBearer(plain) }
            #expect(try await server.revoke(token, as: World.providerClient).status == 200)
            let end = ContinuousClock.now + .seconds(60)
            while true {
                do throws(VerificationError) {
                    _ = try await verifier.verifyBearer(token)
                } catch {
                    #expect(error == .revoked(status: 1))
                    break
                }
                try #require(ContinuousClock.now < end, "the provider never learns of it")
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Fetches the issuer's documents from where it listens in the test.
    private struct Elsewhere: KeyTransport {
        let base: String
        let inner = HTTPKeyTransport()

        func fetch(_ request: KeyRequest) async throws(KeyTransportError) -> KeyResponse {
            try await inner.fetch(
                KeyRequest(
                    url: base + request.url.dropFirst(LiveServer.issuer.count),
                    entityTag: request.entityTag,
                    timeout: request.timeout,
                    maximumSize: request.maximumSize,
                    accept: request.accept
                )
            )
        }
    }
}
