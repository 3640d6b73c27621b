import JOSE
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Keys: JWK, PEM and PKCS#12, named by kid or by certificate")
struct KeySignerTests {
    private static let rsa = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    private static let enterprise = Result {
        let now = Timestamp(seconds: 1_795_000_000)
        let authority = try CertificateAuthority(.buypass, at: now)
        let organisation = try OrganisationNumber(parsing: "310000124")
        return try authority.issue(EnterpriseCertificateRequest(organisation: organisation, name: "Prøve AS"))
    }

    /// Signs with the signer and checks with the key, as a server would.
    private func signs(_ signer: KeySigner, for key: PublicKey) async throws -> Bool {
        let message = Array("message".utf8)
        let signature = try await signer.sign(message)
        return key.isValidSignature(signature, of: message, scheme: signer.algorithm.scheme)
    }

    @Test(arguments: [KeyKind.ec(.p256), .ec(.p384), .ec(.p521), .ed25519])
    func `a JWK signs by the algorithm that its kind prefers`(kind: KeyKind) async throws {
        let key = try PrivateKey.generate(kind)
        let jwk = try JWK.Private(key, keyID: "k1", algorithm: nil).secretObject().encoded()
        let signer = try KeySigner(jwk: jwk)
        #expect(signer.keyReference == .keyID("k1"))
        #expect(signer.algorithm == .preferred(for: kind))
        #expect(try await signs(signer, for: key.publicKey))
    }

    @Test func `a JWK's own algorithm is kept, a given kid wins over its own`() async throws {
        let key = try Self.rsa.get()
        let jwk = try JWK.Private(key, keyID: "k1", algorithm: .ps256).secretObject().encoded()
        let signer = try KeySigner(jwk: jwk, keyID: "registered")
        #expect(signer.algorithm == .ps256)
        #expect(signer.keyReference == .keyID("registered"))
        #expect(try await signs(signer, for: key.publicKey))
        #expect(try KeySigner(jwk: jwk, algorithm: .rs512).algorithm == .rs512)
    }

    @Test func `a PEM key signs, encrypted or not, on several lines or on one`() async throws {
        let key = try Self.rsa.get()
        let plain = try key.pem()
        for pem in [plain, plain.replacing("\n", with: "\\n"), "subject=x\n" + plain] {
            let signer = try KeySigner(pem: pem, keyID: "k1")
            #expect(signer.algorithm == .rs256)
            #expect(signer.keyReference == .keyID("k1"))
            #expect(try await signs(signer, for: key.publicKey))
        }
        let sealed = try key.pem(encryptedWith: Secret("open sesame"))
        let signer = try KeySigner(pem: sealed, passphrase: Secret("open sesame"), keyID: "k1")
        #expect(try await signs(signer, for: key.publicKey))
        #expect(throws: KeyLoadingError.key(.passphraseRequired)) { try KeySigner(pem: sealed, keyID: "k1") }
        #expect(throws: KeyLoadingError.key(.wrongPassphrase)) {
            try KeySigner(pem: sealed, passphrase: Secret("sesame"), keyID: "k1")
        }
    }

    @Test func `certificates come from the same text or another, the key's own first, the root left out`() throws {
        let issued = try Self.enterprise.get()
        let key = try #require(issued.key)
        let chain = issued.chain
        let pems = chain.map { PEM.encode($0, label: "CERTIFICATE") }
        let expected = KeyReference.certificates(
            [issued.der]
                + chain.filter { der in
                    guard let certificate = try? Certificate(der: der) else { return false }
                    return der != issued.der && !certificate.isSelfSigned
                }
        )
        let together = try KeySigner(pem: key.pem() + pems.reversed().joined())
        #expect(together.keyReference == expected)
        let apart = try KeySigner(pem: key.pem(), certificates: pems.joined())
        #expect(apart.keyReference == expected)
    }

    @Test func `PKCS#12 brings its certificate, and a kid takes its place`() async throws {
        let issued = try Self.enterprise.get()
        let key = try #require(issued.key)
        let container = try PKCS12.make(
            key: key,
            certificateDER: issued.der,
            chainDER: issued.chain.filter { $0 != issued.der },
            passphrase: Secret("p12")
        )
        let signer = try KeySigner(pkcs12: container, passphrase: Secret("p12"))
        guard case .certificates(let chain) = signer.keyReference else {
            Issue.record("no certificate is named")
            return
        }
        #expect(chain.first == issued.der)
        #expect(try await signs(signer, for: key.publicKey))
        let registered = try KeySigner(pkcs12: container, passphrase: Secret("p12"), keyID: "k1")
        #expect(registered.keyReference == .keyID("k1"))
        #expect(throws: KeyLoadingError.key(.wrongPassphrase)) {
            try KeySigner(pkcs12: container, passphrase: Secret("p13"))
        }
    }

    @Test func `with a certificate the assertion carries x5c and no kid`() async throws {
        let issued = try Self.enterprise.get()
        let signer = try KeySigner(pem: try #require(issued.key).pem(), certificates: issued.pem)
        var configuration = Sample.configuration()
        configuration.signer = signer
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        _ = try await Sample.client(configuration, transport, FakeClock()).token(for: Sample.request)
        let header = try #require(transport.requests.first).assertion.header
        #expect(header["kid"] == nil)
        #expect(header["x5c"]?.strings == [Base64.encode(issued.der)])
        #expect(header["alg"] == "RS256")
    }

    @Test func `a certificate of another key is refused before anything is sent`() throws {
        let issued = try Self.enterprise.get()
        #expect(throws: KeyLoadingError.certificateOfAnotherKey) {
            try KeySigner(pem: Self.rsa.get().pem(), certificates: issued.pem)
        }
        #expect(throws: KeyLoadingError.certificateOfAnotherKey) {
            try KeySigner(Self.rsa.get(), keyReference: .certificates([issued.der]))
        }
    }

    @Test func `a key that nobody can name, or whose algorithm does not fit, is refused`() throws {
        let key = Sample.key
        #expect(throws: KeyLoadingError.unnamed) { try KeySigner(pem: key.pem()) }
        #expect(throws: KeyLoadingError.unnamed) {
            try KeySigner(jwk: JWK.Private(key, keyID: nil, algorithm: nil).secretObject().encoded())
        }
        #expect(throws: KeyLoadingError.algorithm(.rs256, .ec(.p256))) {
            try KeySigner(key, keyReference: .keyID("k"), algorithm: .rs256)
        }
        #expect(throws: KeyLoadingError.jwk("not a JSON object")) { try KeySigner(jwk: Array("[]".utf8)) }
        let publicOnly = JWK(key.publicKey, keyID: "k", algorithm: nil).object.encoded()
        #expect(throws: KeyLoadingError.jwk("`d` is missing")) { try KeySigner(jwk: publicOnly) }
    }

    @Test func `a signer never prints its key`() throws {
        let signer = Sample.signer
        var dumped = ""
        dump(signer, to: &dumped)
        #expect("\(signer)" == "ES256 key `key-1`")
        guard case .ec(_, _, _, let scalar) = try Sample.key.privateComponents() else { return }
        #expect(!dumped.contains(Base64URL.encode(scalar)) && !dumped.contains("\(scalar)"))
    }
}
