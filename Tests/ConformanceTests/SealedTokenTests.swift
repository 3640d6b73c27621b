import AuditLedger
import Foundation
import JOSE
import LibCrypto
import SQLiteStorage
import Scopes
import Server
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@Suite("Electronic seals and client certificates at the token endpoint, over a socket", .serialized)
struct SealedTokenTests {
    private func ask(
        _ server: LiveServer,
        scope: String = "demo:customs",
        certificate: (inout EnterpriseCertificateRequest) -> Void = { _ in },
        grant: (inout AssertionMint) -> Void = { _ in }
    ) async throws -> LiveServer.Answer {
        try await server.token(
            RefusalCase.sealedForm(
                issuer: LiveServer.issuer,
                now: SystemClock().now,
                scope: scope,
                certificate: certificate,
                grant: grant
            )
        )
    }

    @Test func `spec §8.7: a token of the European consumer, whom nobody has registered`() async throws {
        try await LiveServer.run { server in
            var chain: [String] = []
            let answer = try await ask(
                server,
                scope: "demo:customs demo:tariffs",
                certificate: { $0.seal?.units = ["Logistik"] },
                grant: { chain = $0.header["x5c"]?.strings ?? [] }
            )
            #expect(answer.status == 200, "\(answer.body)")
            let token = try #require(try answer.json()["access_token"]?.string)
            var claims = try payload(of: token)
            let leaf = try Certificate(der: Base64.decode(#require(chain.first)))
            #expect(claims["client_id"] == .string("eidas-\(leaf.serialNumber.hexadecimal)"))
            claims["jti"] = "<jti>"
            claims["client_id"] = "eidas-<serial>"
            try Golden.expect(
                Golden.normalised(String(decoding: claims.encoded(), as: UTF8.self)),
                equals: "claims/seal.json"
            )
            // Two issuers may have given one number: the ledger knows it by the SHA-256 of its certificate.
            let entry = try #require(try server.entries(of: .tokenIssued).first)
            let thumbprint = leaf.thumbprint.map { String(format: "%02x", $0) }.joined()
            #expect(entry.client?.rawValue == thumbprint)
        }
    }

    @Test func `a seal that is not qualified says so in client_amr`() async throws {
        try await LiveServer.run { server in
            let answer = try await ask(server, certificate: { $0.seal?.isQualified = false })
            let claims = try payload(of: #require(try answer.json()["access_token"]?.string))
            #expect(claims["client_amr"] == "CForESeal")
        }
    }

    @Test func `its assertion is used up, whatever iss says the second time it is minted`() async throws {
        try await LiveServer.run { server in
            let form = try RefusalCase.sealedForm(issuer: LiveServer.issuer, now: SystemClock().now)
            #expect(try await server.token(form).status == 200)
            let again = try await server.token(form)
            #expect(again.status == 400)
            #expect(try again.json()["code"] == "MP-012")
            let known = try await ask(server, grant: { $0.claims["iss"] = .string(World.certificateClient) })
            // A client of ours is not taken for a stranger by a foreign certificate.
            #expect(try known.json()["reason"] == "certificate_untrusted")
        }
    }

    @Test(arguments: ["altinn", "portvakt", "krr", "idporten"])
    func `reserved scopes are never a seal's, whatever flag stands in the store`(prefix: String) async throws {
        try await LiveServer.run { server in
            let name = try ScopeName(parsing: "\(prefix):european")
            try server.change { transaction in
                let now = SystemClock().now
                try transaction.insert(
                    ScopePrefixAssignment(
                        prefix: try ScopePrefix(parsing: prefix),
                        owner: World.provider,
                        created: now,
                        lastUpdated: now
                    )
                )
                var scope = Scope(
                    name: name,
                    owner: World.provider,
                    description: "reserved",
                    created: now,
                    origin: "cli"
                )
                scope.supportsEuropeanBusinesses = true
                try transaction.insert(scope)
            }
            for scopes in ["\(name)", "demo:customs \(name)"] {
                let answer = try await ask(server, scope: scopes)
                #expect(answer.status == 400)
                #expect(try answer.json()["code"] == "MP-100")
                #expect(try answer.json()["reason"] == "client_unknown")
            }
        }
    }

    /// An enterprise certificate of the consumer, as a proxy hands it on.
    private static func clientCertificate() throws -> [UInt8] {
        let request = EnterpriseCertificateRequest(
            organisation: World.consumer,
            name: "KONSUMENT AS",
            key: TestKeys.rsa
        )
        return try World.authority.get().issue(request).der
    }

    @Test func `RFC 9440: from a trusted proxy the field binds the token, and one of another form is refused`()
        async throws
    {
        try await LiveServer.run(settings: [.clientCertificates: "proxy", .trustedProxies: "127.0.0.1"]) { server in
            let leaf = try Self.clientCertificate()
            let form = "grant_type=client_credentials&client_id=\(World.certificateClient)&scope=demo:bound"
            let answer = try await server.post("token", form, [("Client-Cert", ":\(Base64.encode(leaf)):")])
            #expect(answer.status == 200, "\(answer.body)")
            let claims = try payload(of: #require(try answer.json()["access_token"]?.string))
            let thumbprint = Base64URL.encode(HashFunction.sha256.digest(leaf))
            #expect(claims["cnf"] == ["x5t#S256": .string(thumbprint)])
            let malformed = try await server.post("token", form, [("Client-Cert", "MAECAw==")])
            #expect(malformed.status == 400)
            try Golden.expect(Golden.normalised(malformed.body), equals: "errors/client-certificate-malformed.json")
        }
    }

    @Test func `the field of somebody who is no proxy is as if it had not been sent`() async throws {
        try await LiveServer.run(settings: [.clientCertificates: "proxy", .trustedProxies: "192.0.2.1"]) { server in
            let leaf = try Self.clientCertificate()
            let form = "grant_type=client_credentials&client_id=\(World.certificateClient)&scope=demo:read"
            let answer = try await server.post("token", form, [("Client-Cert", ":\(Base64.encode(leaf)):")])
            #expect(answer.status == 401)
            #expect(try answer.json()["reason"] == "client_certificate_missing")
        }
    }
}
