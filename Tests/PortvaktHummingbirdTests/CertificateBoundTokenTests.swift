import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import LibCrypto
import PortvaktHummingbird
import PortvaktProvider
import Testing

@Suite("RFC 8705 §3: tokens that are bound to a client certificate")
struct CertificateBoundTokenTests {
    private static let certificate: [UInt8] = [0x30, 3, 2, 1, 1]
    private static let other: [UInt8] = [0x30, 3, 2, 1, 2]

    private static func thumbprint(_ der: [UInt8]) -> String {
        Base64URL.encode(HashFunction.sha256.digest(der))
    }

    private static func boundToken(_ confirmation: JSONValue? = nil) throws -> String {
        try Sample.token { $0["cnf"] = confirmation ?? ["x5t#S256": .string(thumbprint(certificate))] }
    }

    /// What an API answers whose proxy hands on these values of `Client-Cert`.
    private func answer(_ token: String, _ fields: [String], asks: Bool = true) async throws -> TestResponse {
        let router = Router(context: BasicTokenRequestContext.self)
        let authentication =
            asks
            ? TokenAuthentication<BasicTokenRequestContext>(
                Sample.verifier,
                certificate: { request, _ in CertificateThumbprint.handedOn(in: request.headers) }
            ) : TokenAuthentication(Sample.verifier)
        router.group().add(middleware: authentication).add(middleware: Require(.scope(Sample.read)))
            .get("units") { _, _ in "in" }
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        let name = try #require(HTTPField.Name("Client-Cert"))
        for value in fields { headers.append(HTTPField(name: name, value: value)) }
        let sent = headers
        return try await Application(router: router, logger: Sample.silent).test(.router) { client in
            try await client.execute(uri: "/units", method: .get, headers: sent)
        }
    }

    private func field(_ der: [UInt8]) -> String { ":\(Base64.encode(der)):" }

    @Test func `the certificate that it is bound to opens, and no other, none, two or a malformed one`() async throws {
        let token = try Self.boundToken()
        #expect(try await answer(token, [field(Self.certificate)]).status == .ok)
        for fields in [
            [field(Self.other)], [], [field(Self.certificate), field(Self.certificate)],
            [Base64.encode(Self.certificate)], [":\(Base64.encode(Self.certificate))"], ["::"], [":%30:"],
        ] {
            let refused = try await answer(token, fields)
            #expect(refused.status == .unauthorized, "\(fields)")
            #expect(refused.challenge?.contains(#"error="invalid_token""#) == true, "\(refused.challenge ?? "")")
        }
    }

    @Test func `an API that looks at no certificate refuses every bound token`() async throws {
        #expect(try await answer(Self.boundToken(), [field(Self.certificate)], asks: false).status == .unauthorized)
    }

    @Test func `a token that is bound to nothing opens whatever certificate is shown`() async throws {
        #expect(try await answer(Sample.token(), [field(Self.other)]).status == .ok)
        #expect(try await answer(Sample.token(), []).status == .ok)
    }

    @Test func `a binding of an unknown kind or form is refused, with the certificate too`() async throws {
        let bound = JSONValue.string(Self.thumbprint(Self.certificate))
        for confirmation: JSONValue in [
            ["x5t": bound], ["x5t#S256": bound, "kid": "k"], ["x5t#S256": 1], ["x5t#S256": [bound]], [:], "x",
        ] {
            let refused = try await answer(Self.boundToken(confirmation), [field(Self.certificate)])
            #expect(refused.status == .unauthorized, "\(confirmation)")
        }
    }
}
