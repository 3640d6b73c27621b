import AsyncHTTPClient
import AuditLedger
import Foundation
import JOSE
import NIOCore
import NIOHTTP1
import TestSupport
import Testing
import Vocabulary

/// The budgets that a server has by default, spent over the socket; each server counts for itself.
@Suite("Admission, over a socket, with the limits of a fresh installation", .serialized)
struct AdmissionOverSocketTests {
    private static let burst = 2_000

    private func form() throws -> String {
        let mint = AssertionMint(
            client: World.keyClient,
            audience: LiveServer.issuer,
            scope: "demo:read",
            at: SystemClock().now,
            jti: UUID().uuidString,
            kid: "rsa-1"
        )
        return try "\(RefusalCase.grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    /// Sends the same form from many connections until `isEnough`, or `limit` requests were sent; how many there were of each
    /// status.
    private func flood(
        _ server: LiveServer,
        _ form: String,
        limit: Int,
        until isEnough: @escaping @Sendable ([Int: Int]) -> Bool
    ) async throws -> [Int: Int] {
        var counts: [Int: Int] = [:]
        var sent = 0
        while sent < limit, !isEnough(counts) {
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { try await server.token(form).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for status in statuses { counts[status, default: 0] += 1 }
            sent += statuses.count
        }
        return counts
    }

    @Test func `an address gets 2,000 refusals, then 429, while keys and health stay; a token later costs nothing`()
        async throws
    {
        try await LiveServer.run { server in
            // Whoever is served spends nothing, however often.
            for _ in 0..<5 { #expect(try await server.token(form()).status == 200) }
            let counts = try await flood(server, "grant_type=nonsense", limit: 40_000) { ($0[429] ?? 0) > 0 }
            #expect(counts[429, default: 0] > 0)
            #expect(counts[400, default: 0] >= Self.burst)
            #expect(Set(counts.keys) == [400, 429])

            var refused = try await server.token(form())
            // A slow machine earns refusals meanwhile; the next ones spend them.
            while refused.status != 429 {
                _ = try await flood(server, "grant_type=nonsense", limit: 400) { ($0[429] ?? 0) > 10 }
                refused = try await server.token(form())
            }
            #expect(refused.fields.first(name: "retry-after") == "1")
            let body = try refused.json()
            #expect(body["code"]?.string == "PV-007")
            #expect(body["reason"]?.string == "too_many_requests")
            #expect(try await server.send(.GET, "jwk").status == 200)
            #expect(try await server.send(.GET, "health/ready").status == 200)
            // One sign of it can be looked up; nothing of it stands in the ledger.
            #expect(try server.entries(of: .tokenRefused).isEmpty)

            let later = ContinuousClock.now + .seconds(30)
            var answer = refused
            while answer.status != 200, ContinuousClock.now < later {
                try await Task.sleep(for: .milliseconds(100))
                answer = try await server.token(form())
            }
            #expect(answer.status == 200)
        }
    }

    @Test func `a client's refusals after authentication cost its address nothing`() async throws {
        try await LiveServer.run { server in
            let used = try form()
            #expect(try await server.token(used).status == 200)
            // More than the address's whole budget: a replay is found after authentication.
            let counts = try await flood(server, used, limit: 3_000) { _ in false }
            #expect(Set(counts.keys).isSubset(of: [400, 429]))
            #expect(counts[400, default: 0] >= 1_000)
            // Whatever the client has spent, its address has spent nothing.
            let unknown = try await server.token("grant_type=nonsense")
            #expect(unknown.status == 400)
        }
    }
}
