import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import LibCrypto
import TestSupport
import TestTokens
import Testing
import TokenIssuance
import Vocabulary

@testable import AdminAPI

@Suite("RFC 8705 §3: tokens bound to a client certificate at the admin listener")
struct CertificateGateTests {
    private static let certificate = Base64URL.encode(HashFunction.sha256.digest([0x30, 1, 1]))
    private static let other = Base64URL.encode(HashFunction.sha256.digest([0x30, 1, 2]))

    private let world: AdminWorld
    private let gate: TokenGate

    init() throws {
        world = try AdminWorld()
        gate = TokenGate(
            keys: world.keys,
            issuer: try Issuer(parsing: AdminWorld.issuer),
            audience: AdminWorld.adminURL,
            proofs: ProofGate(
                base: AdminWorld.adminURL,
                rules: BoundTokenRules(nonces: world.nonces)
            ),
            standing: { _, _ in true }
        )
    }

    /// A portal's token for the director, bound as `confirmation` says.
    private func token(_ confirmation: JSONValue?) throws -> String {
        var claims = world.claims(
            [AdministrativeScope.portal.rawValue, "altinn:accessmanagement/authorizedparties"],
            pid: AdminWorld.director
        )
        claims["token_type"] = "Bearer"
        claims["cnf"] = confirmation
        return try world.mint(claims)
    }

    private func reason(
        _ token: String,
        showing certificate: String?,
        scheme: String = "Bearer"
    ) throws -> String? {
        do {
            _ = try gate.token(of: "\(scheme) \(token)", showing: certificate, at: AdminWorld.now)
            return nil
        } catch let problem as Problem { return problem.reason }
    }

    @Test func `a portal's token counts over the connection of its certificate alone`() throws {
        let bound = try token(["x5t#S256": .string(Self.certificate)])
        let accepted = try gate.token(of: "Bearer \(bound)", showing: Self.certificate, at: AdminWorld.now)
        #expect(accepted.isBound)
        try AccessDemand.person().check(accepted)
        for shown in [Self.other, nil, "", Self.certificate + "="] {
            #expect(try reason(bound, showing: shown) == "access_token_bound")
        }
    }

    @Test func `a portal's token without a binding opens nothing for a person, whatever certificate is shown`() throws {
        let unbound = try gate.token(of: "Bearer \(token(nil))", showing: Self.certificate, at: AdminWorld.now)
        #expect(!unbound.isBound)
        let problem = #expect(throws: Problem.self) { try AccessDemand.person().check(unbound) }
        #expect(problem?.reason == "portal_unbound")
    }

    @Test func `a binding of another kind or form, or two of them, are refused`() throws {
        let good = JSONValue.string(Self.certificate)
        for confirmation: JSONValue in [
            ["x5t": good], ["jkt": good], ["x5t#S256": good, "jkt": good], ["x5t#S256": [good]], [:], good,
        ] {
            #expect(try reason(token(confirmation), showing: Self.certificate) == "access_token_bound")
        }
    }

    @Test func `over the listener a connection without a certificate opens nothing`() async throws {
        let bound = try token(["x5t#S256": .string(Self.certificate)])
        let answer = try await world.send(
            .get,
            "/accessmanagement/api/v1/enduser/authorizedparties",
            token: bound,
            headers: [.authenticationLevel: "3"]
        )
        #expect(answer.status == .unauthorized)
        #expect(try answer.object()["reason"] == "access_token_bound")
    }
}
