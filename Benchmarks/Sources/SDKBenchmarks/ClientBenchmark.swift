import CAllocationCount
import JOSE
import LibCrypto
import PortvaktClient
import Vocabulary

/// What a token in the client library's cache costs.
enum ClientBenchmark {
    /// DESIGN budget: a token in the cache, in microseconds.
    static let mostMicroseconds = 2.0
    /// DESIGN budget: nothing is allocated but the result, which is not allocated either.
    static let mostAllocations = 0.0

    static func rows() async throws -> [Row] {
        let client = try self.client()
        let request = try TokenRequest(parsing: "exampledir:register.read exampledir:register.write") { request in
            request.resource = ["https://api.example.no/v1"]
            request.consumerOrganisation = try? OrganisationNumber(parsing: "991825827")
        }
        let small = try TokenRequest(parsing: "exampledir:register.read")
        _ = try await client.token(for: request)
        _ = try await client.token("exampledir:register.read")
        let times = try await Measurement.microseconds(
            { _ = try await client.token(for: small) },
            { _ = try await client.token("exampledir:register.read") },
            { _ = try await client.token(for: request) }
        )
        let allocations = try await self.allocations { _ = try await client.token(for: request) }
        let name = "Client SDK, token in cache"
        return [
            Row("\(name): one scope", times[0], "µs", atMost: mostMicroseconds),
            Row("\(name): one scope, by its text", times[1], "µs", atMost: mostMicroseconds),
            Row("\(name): two scopes, resource, consumer", times[2], "µs", atMost: mostMicroseconds),
            Row("\(name): allocations", allocations, "a call", atMost: mostAllocations),
        ]
    }

    /// How often a piece of work allocates, after it has run.
    @inline(never)
    private static func allocations(of work: () async throws -> Void) async throws -> Double {
        let runs = 10_000
        // A counter that counts nothing would praise anything.
        allocation_count_start()
        let text = String(repeating: "x", count: Int.random(in: 100...200))
        guard allocation_count_stop() > 0, !text.isEmpty else { throw CountsNothing() }
        try await work()
        allocation_count_start()
        for _ in 0..<runs { try await work() }
        return Double(allocation_count_stop()) / Double(runs)
    }

    private struct CountsNothing: Error {}

    private static func client() throws -> TokenClient {
        let issuer = try Issuer(parsing: "https://maskinporten.no/")
        let configuration = ClientConfiguration(
            clientID: try ClientID(parsing: "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11"),
            server: .explicit(issuer: issuer, tokenEndpoint: "https://maskinporten.no/token"),
            signer: try KeySigner(.generate(.ec(.p256)), keyReference: .keyID("key-1"))
        )
        return TokenClient(configuration, transport: OneToken())
    }
}

/// Gives a token that outlives the measurement.
private struct OneToken: TokenTransport {
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let body = #"{"access_token":"eyJhbGciOiJSUzI1NiJ9.e30.c2ln","token_type":"Bearer","expires_in":3600}"#
        return TransportResponse(status: 200, body: Array(body.utf8))
    }
}
