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
        let clock = SteppedClock()
        try await LiveServer.run(instant: { clock.now }) { server in
            // Whoever is served spends nothing, however often.
            for _ in 0..<5 { #expect(try await server.token(form()).status == 200) }
            let counts = try await flood(server, "grant_type=nonsense", limit: 4_000) { ($0[429] ?? 0) > 0 }
            #expect(counts[429, default: 0] > 0)
            // What was in work together may overdraw.
            #expect((Self.burst..<Self.burst + 50).contains(counts[400, default: 0]))
            #expect(Set(counts.keys) == [400, 429])

            let refused = try await server.token(form())
            #expect(refused.status == 429)
            #expect(refused.fields.first(name: "retry-after") == "1")
            let body = try refused.json()
            #expect(body["code"]?.string == "PV-007")
            #expect(body["reason"]?.string == "too_many_requests")
            #expect(try await server.send(.GET, "jwk").status == 200)
            #expect(try await server.send(.GET, "health/ready").status == 200)
            // One sign of it can be looked up; nothing of it stands in the ledger.
            #expect(try server.entries(of: .tokenRefused).isEmpty)

            clock.advance(by: .seconds(1))
            #expect(try await server.token(form()).status == 200)
        }
    }

    @Test func `a client's refusals after authentication cost its address nothing`() async throws {
        let clock = SteppedClock()
        try await LiveServer.run(instant: { clock.now }) { server in
            let used = try form()
            #expect(try await server.token(used).status == 200)
            // More than the address's whole budget: a replay is found after authentication.
            let counts = try await flood(server, used, limit: 3_000) { _ in false }
            #expect(Set(counts.keys) == [400, 429])
            // Its own budget, and what was in work together.
            #expect((1_000..<1_050).contains(counts[400, default: 0]))
            // Whatever the client has spent, its address has spent nothing.
            let unknown = try await server.token("grant_type=nonsense")
            #expect(unknown.status == 400)
        }
    }
}
