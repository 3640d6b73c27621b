import JOSE
import LibCrypto
import TestAuthority
import TestTokens
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite(
    "A client's key in a PKCS#11 token",
    .serialized,
    .enabled(if: SoftHSM.isInstalled, Comment(rawValue: SoftHSM.absence))
)
struct PKCS11SignerTests {
    @Test(arguments: [("rsa", JWSAlgorithm.rs256), ("rsa", .ps256), ("ec", .es256), ("ec384", .es384)])
    func `an assertion signed in the token holds`(label: String, algorithm: JWSAlgorithm) async throws {
        let location = try SoftHSM.shared().location(label)
        var configuration = Sample.configuration()
        configuration.signer = try PKCS11Signer(location, pin: SoftHSM.pin, keyID: "k1", algorithm: algorithm)
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        _ = try await Sample.client(configuration, transport, FakeClock()).token(for: Sample.request)
        let assertion = try #require(transport.requests.first).assertion
        #expect(assertion.header["alg"]?.string == algorithm.rawValue)
        #expect(assertion.header["kid"] == "k1")
        let key = try PKCS11Key(location, pin: SoftHSM.pin)
        #expect(
            key.publicKey.isValidSignature(
                assertion.signature,
                of: Array(assertion.signingInput),
                scheme: algorithm.scheme
            )
        )
    }

    @Test func `without a kid the certificate in the token names the key`() async throws {
        let token = try SoftHSM.shared()
        let location = token.location("ec")
        #expect(throws: KeyLoadingError.unnamed) { try PKCS11Signer(location, pin: SoftHSM.pin) }
        let key = try PKCS11Key(location, pin: SoftHSM.pin)
        let authority = try CertificateAuthority(.buypass, at: Timestamp(seconds: 1_795_000_000))
        var request = EnterpriseCertificateRequest(
            organisation: try OrganisationNumber(parsing: "310000124"),
            name: "Prøve AS"
        )
        request.publicKey = key.publicKey.spkiDER
        let issued = try authority.issue(request)
        try token.write(certificate: issued.der, label: "ec", id: "02")
        defer { try? token.remove("cert", id: "02") }
        #expect(try PKCS11Signer(location, pin: SoftHSM.pin).keyReference == .certificates([issued.der]))
        // A text takes the place of the token's, and brings the issuers.
        let signer = try PKCS11Signer(location, pin: SoftHSM.pin, certificates: issued.chainPEM)
        guard case .certificates(let chain) = signer.keyReference else {
            Issue.record("no certificates")
            return
        }
        #expect(chain.first == issued.der)
        #expect(chain.count > 1)
    }

    @Test func `a key, algorithm or certificate that does not fit is told`() throws {
        let location = try SoftHSM.shared().location("ec")
        #expect(throws: KeyLoadingError.algorithm(.rs256, .ec(.p256))) {
            try PKCS11Signer(location, pin: SoftHSM.pin, keyID: "k", algorithm: .rs256)
        }
        let missing = try SoftHSM.shared().location("nobody")
        #expect(throws: KeyLoadingError.self) { try PKCS11Signer(missing, pin: SoftHSM.pin, keyID: "k") }
    }

    @Test func `a signer never prints the PIN`() throws {
        let signer = try PKCS11Signer(SoftHSM.shared().location("rsa"), pin: SoftHSM.pin, keyID: "k")
        var text = "\(signer)\(String(reflecting: signer))"
        dump(signer, to: &text)
        #expect(!text.contains(SoftHSM.pin.exposed))
        #expect(text.contains("RSA-2048 key `rsa` in the token `prøve token`"))
    }
}
