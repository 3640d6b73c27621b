import AsyncHTTPClient
import Foundation
import JOSE
import LibCrypto
import NIOSSL
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("RFC 8705: a client that shows a certificate")
struct ClientCertificateTests {
    private static let authority = Result { try CertificateAuthority(.buypass, keys: .small, at: Sample.now) }
    private static let passphrase = Secret("open sesame")

    private let folder: TemporaryFolder
    private let issued: IssuedCertificate
    private let thumbprint: String

    init() throws {
        folder = try TemporaryFolder()
        issued = try Self.certificate(TestKeys.rsa)
        thumbprint = Base64URL.encode(HashFunction.sha256.digest(issued.der))
        try folder.write(issued.chainPEM, to: "chain.pem")
        try folder.write(TestKeys.rsa.pem(), to: "key.pem")
    }

    private static func certificate(_ key: PrivateKey) throws -> IssuedCertificate {
        let owner = try #require(OrganisationNumber(stem: 31_000_000))
        return try authority.get().issue(
            EnterpriseCertificateRequest(organisation: owner, name: "KONSUMENT AS", key: key)
        )
    }

    private func fromPEM() throws -> ClientCertificate {
        try ClientCertificate(certificates: folder.path("chain.pem"), key: folder.path("key.pem"))
    }

    private func container() throws -> String {
        let bytes = try PKCS12.make(
            key: TestKeys.rsa,
            certificateDER: issued.der,
            chainDER: Array(issued.chain.dropFirst()),
            passphrase: Self.passphrase
        )
        try Data(bytes).write(to: folder.url.appending(path: "certificate.p12"))
        return folder.path("certificate.p12")
    }

    // MARK: Files

    @Test func `PEM and PKCS#12 give the same certificate, named by the SHA-256 of its DER`() throws {
        #expect(try fromPEM().thumbprint == thumbprint)
        #expect(try ClientCertificate(pkcs12: container(), passphrase: Self.passphrase).thumbprint == thumbprint)
    }

    @Test func `a client's connections show the chain, and its other settings stay`() throws {
        let container = try container()
        for certificate in [
            try fromPEM(), try ClientCertificate(pkcs12: container, passphrase: Self.passphrase),
        ] {
            var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
            settings.tlsConfiguration = .makeClientConfiguration()
            settings.tlsConfiguration?.minimumTLSVersion = .tlsv13
            certificate.show(in: &settings)
            let tls = try #require(settings.tlsConfiguration)
            #expect(tls.certificateChain.count == 2)
            #expect(tls.privateKey != nil)
            #expect(tls.minimumTLSVersion == .tlsv13)
        }
    }

    @Test func `files that make no certificate say which and why`() throws {
        let missing = folder.path("missing.pem")
        #expect(throws: ClientCertificate.Fault.file(missing)) {
            try ClientCertificate(certificates: missing, key: folder.path("key.pem"))
        }
        #expect(throws: ClientCertificate.Fault.file(missing)) {
            try ClientCertificate(pkcs12: missing, passphrase: Self.passphrase)
        }
        let empty = try folder.write("nothing", to: "empty.pem")
        #expect(throws: ClientCertificate.Fault.content("`\(empty)` holds no certificate in PEM")) {
            try ClientCertificate(certificates: empty, key: folder.path("key.pem"))
        }
        #expect(throws: ClientCertificate.Fault.content("`\(empty)` holds no private key in PEM")) {
            try ClientCertificate(certificates: folder.path("chain.pem"), key: empty)
        }
        let container = try container()
        #expect(
            throws: ClientCertificate.Fault.content(
                "`\(container)` is no PKCS#12 container, or the pass phrase is not its"
            )
        ) {
            try ClientCertificate(pkcs12: container, passphrase: Secret("wrong"))
        }
    }

    // MARK: Tokens

    private func configuration(_ certificate: ClientCertificate) -> ClientConfiguration {
        var configuration = Sample.configuration()
        configuration.grantStyle = certificate.grantStyle
        return configuration
    }

    @Test func `§2.1: the request names the client, and nothing is signed`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        let request = try TokenRequest(parsing: "b:two a:one") { $0.resource = ["https://a.example.no"] }
        let client = try Sample.client(configuration(fromPEM()), transport, FakeClock())
        _ = try await client.token(for: request)
        let sent = try #require(transport.requests.first)
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == "grant_type=client_credentials&client_id=\(Sample.clientID)&scope=a%3Aone%20b%3Atwo"
                + "&resource=https%3A%2F%2Fa.example.no"
        )
    }

    @Test func `acting for others and persons exist only in what is signed`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        let client = try Sample.client(configuration(fromPEM()), transport, FakeClock())
        var request = Sample.request
        request.consumerOrganisation = try OrganisationNumber(parsing: "991825827")
        let error = await #expect(throws: TokenError.self) { try await client.token(for: request) }
        #expect(error?.kind == .configuration)
        #expect(transport.requests.isEmpty)
    }

    @Test func `a cache keeps the tokens of two certificates apart, and those of one together`() async throws {
        let other = try Self.certificate(TestKeys.otherRSA)
        try folder.write(other.chainPEM, to: "other.pem")
        try folder.write(TestKeys.otherRSA.pem(), to: "other-key.pem")
        let second = try ClientCertificate(certificates: folder.path("other.pem"), key: folder.path("other-key.pem"))
        let first = try fromPEM()
        #expect(second.thumbprint != first.thumbprint)
        let cache = TokenCache()
        let clock = FakeClock()
        let transport = ScriptedTransport { _, number in Sample.token("t\(number)") }
        var values: [String] = []
        for certificate in [first, second, first, try fromPEM(), second] {
            let client = Sample.client(configuration(certificate), transport, clock, cache: cache)
            values.append(try await client.token(for: Sample.request).value)
        }
        #expect(values == ["t1", "t2", "t1", "t1", "t2"])
        // A client that signs its grants shares no token with one that shows a certificate.
        let signing = Sample.client(Sample.configuration(), transport, clock, cache: cache)
        #expect(try await signing.token(for: Sample.request).value == "t3")
    }
}
