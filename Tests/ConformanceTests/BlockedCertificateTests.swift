import Administration
import AuditLedger
import Foundation
import JOSE
import LibCrypto
import SQLiteStorage
import TestAuthority
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@Suite("A certificate that an incident is about proves nobody, from the next request on", .serialized)
struct BlockedCertificateTests {
    /// Declares an incident about the certificate, in a process of its own while the server runs.
    private func declare(_ thumbprint: String, on server: LiveServer) throws -> [IncidentMeasure] {
        try act(on: server) { administration in
            try administration.declareIncident(
                .certificate(thumbprint),
                since: SystemClock().now - 60,
                longestLife: IssuancePolicy.highestLifetime
            ).measures
        }
    }

    private func act<Result>(
        on server: LiveServer,
        _ body: (Administration<SQLiteTransaction>) throws -> Result
    ) throws -> Result {
        let store = try SQLiteStore(DataFolder(path: server.folder), opening: .requireCurrent)
        defer { try? store.close() }
        return try store.transaction { transaction in
            let actor = Actor(operatingSystemUser: "kari", host: "vakt")
            return try body(Administration(in: transaction, by: actor, at: SystemClock().now))
        }
    }

    private static func thumbprint(_ der: [UInt8]) -> String {
        HashFunction.sha256.digest(der).map { String(format: "%02x", $0) }.joined()
    }

    private static func header(_ chain: [[UInt8]]) -> JSONValue { .array(chain.map { .string(Base64.encode($0)) }) }

    /// A grant of the client that authenticates by certificate.
    private static func form(_ chain: [[UInt8]]) throws -> String {
        var mint = AssertionMint(
            client: World.certificateClient,
            audience: LiveServer.issuer,
            scope: "demo:read",
            at: SystemClock().now,
            jti: UUID().uuidString
        )
        mint.header["x5c"] = header(chain)
        return try "\(RefusalCase.grantType)&assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    /// The same client asking about a token.
    private static func authentication(_ chain: [[UInt8]]) throws -> String {
        var mint = AssertionMint(
            client: World.certificateClient,
            audience: LiveServer.issuer,
            scope: nil,
            at: SystemClock().now,
            jti: UUID().uuidString
        ).with(claims: ["sub": .string(World.certificateClient)])
        mint.header["x5c"] = header(chain)
        return try "\(LiveServer.assertionType)&client_assertion=\(mint.signed(by: TestKeys.rsa))"
    }

    @Test func `an enterprise certificate, at every endpoint, until it is let in again; another one is not concerned`()
        async throws
    {
        func issue(_ name: String) throws -> IssuedCertificate {
            try World.authority.get().issue(
                EnterpriseCertificateRequest(organisation: World.consumer, name: name, key: TestKeys.rsa)
            )
        }
        let stolen = try issue("KONSUMENT AS")
        let other = try issue("KONSUMENT I NY DRAKT AS")
        try await LiveServer.run { server in
            // Twice, so that the second answer comes from what is remembered.
            for _ in 1...2 { #expect(try await server.token(Self.form(stolen.chain)).status == 200) }
            #expect(try await server.post("introspect", "token=x&\(Self.authentication(stolen.chain))").status == 200)
            let thumbprint = Self.thumbprint(stolen.der)
            #expect(try declare(thumbprint, on: server).map(\.kind) == [.certificateBlocked, .tokensRevoked])

            let refused = try await server.token(Self.form(stolen.chain))
            #expect(refused.status == 400)
            #expect(try refused.json()["code"] == "MP-120")
            #expect(try refused.json()["reason"] == "certificate_blocked")
            // Whoever tries is in the ledger: it is what an operator looks for after an incident.
            let entry = try #require(try server.entries(of: .tokenRefused).first)
            #expect(entry.reason == "certificate_blocked")
            #expect(entry.client?.rawValue == World.certificateClient)
            let asking = try await server.post("introspect", "token=x&\(Self.authentication(stolen.chain))")
            #expect(asking.status == 401)
            #expect(try asking.json()["reason"] == "certificate_blocked")
            #expect(try await server.token(Self.form(other.chain)).status == 200)

            let wasBlocked = try act(on: server) { try $0.unblockCertificate(thumbprint) }
            #expect(wasBlocked)
            #expect(try await server.token(Self.form(stolen.chain)).status == 200)
        }
    }

    @Test func `a European organisation's seal, which is nobody's client`() async throws {
        let authority = try World.european.get()
        let seal = try authority.issue(
            EnterpriseCertificateRequest(identifier: "NTRSE-5560000001", name: "Svensk Handel AB", key: TestKeys.rsa)
        )
        try await LiveServer.run { server in
            func ask() async throws -> LiveServer.Answer {
                try await server.token(
                    RefusalCase.sealedForm(
                        issuer: LiveServer.issuer,
                        now: SystemClock().now,
                        grant: { $0.header["x5c"] = Self.header(seal.chain) }
                    )
                )
            }
            for _ in 1...2 { #expect(try await ask().status == 200) }
            let thumbprint = Self.thumbprint(seal.der)
            // Its tokens rest on nothing that could be ended: they live until `exp`.
            #expect(try declare(thumbprint, on: server).map(\.kind) == [.certificateBlocked])
            let refused = try await ask()
            #expect(refused.status == 400)
            #expect(try refused.json()["reason"] == "certificate_blocked")
            let wasBlocked = try act(on: server) { try $0.unblockCertificate(thumbprint) }
            #expect(wasBlocked)
            #expect(try await ask().status == 200)
        }
    }
}
