import LibCrypto
import Testing
import Vocabulary

@Suite("RFC 7292: PKCS#12 containers")
struct PKCS12Tests {
    private let passphrase = Secret("correct")

    private func error(of base64: String, _ passphrase: String) -> CryptoError? {
        error(of: container(base64), passphrase)
    }

    private func error(of der: [UInt8], _ passphrase: String) -> CryptoError? {
        do throws(CryptoError) {
            _ = try PKCS12(der: der, passphrase: Secret(passphrase))
            return nil
        } catch {
            return error
        }
    }

    private func der(_ pem: String) throws -> [UInt8] { try #require(try PEM.blocks(in: pem).first).der }

    @Test(arguments: [Named("AES-256", KeyFixture.modernPKCS12), Named("RC2", KeyFixture.oldPKCS12)])
    func `gives key, certificate and chain`(file: Named) throws {
        let opened = try PKCS12(der: container(file.text), passphrase: passphrase)
        #expect(opened.key.publicKey.pem == KeyFixture.ecPublic + "\n")
        #expect(opened.certificateDER == (try der(KeyFixture.certificate)))
        #expect(opened.chainDER == [try der(KeyFixture.issuerCertificate)])
        let signature = try opened.key.sign([1], scheme: .ecdsa(.sha256))
        #expect(opened.key.publicKey.isValidSignature(signature, of: [1], scheme: .ecdsa(.sha256)))
    }

    @Test func `an empty pass phrase is one`() throws {
        let opened = try PKCS12(der: container(KeyFixture.emptyPassphrasePKCS12), passphrase: Secret(""))
        #expect(opened.key.kind == .ec(.p256))
        #expect(opened.chainDER.isEmpty)
        #expect(error(of: KeyFixture.emptyPassphrasePKCS12, "x") == .wrongPassphrase)
    }

    @Test func `one without a MAC is refused`() {
        #expect(error(of: KeyFixture.unsealedPKCS12, "correct") == .malformedPKCS12("it has no MAC"))
    }

    @Test func `a wrong pass phrase is told from a broken file`() {
        #expect(error(of: KeyFixture.modernPKCS12, "wrong") == .wrongPassphrase)
        #expect(error(of: KeyFixture.modernPKCS12, "") == .wrongPassphrase)
        #expect(error(of: KeyFixture.oldPKCS12, "wrong") == .wrongPassphrase)
        #expect(error(of: [], "correct") == .malformedPKCS12("not a DER container"))
        #expect(error(of: Array("PK".utf8), "correct") == .malformedPKCS12("not a DER container"))
        let whole = container(KeyFixture.modernPKCS12)
        #expect(error(of: Array(whole.dropLast()), "correct") == .malformedPKCS12("not a DER container"))
        #expect(error(of: whole + [0], "correct") == .malformedPKCS12("not a DER container"))
    }

    @Test func `one without a key is refused`() {
        #expect(error(of: KeyFixture.keylessPKCS12, "correct") == .malformedPKCS12("it holds no private key"))
    }

    @Test func `any changed byte is refused, or changes nothing that counts`() throws {
        let whole = container(KeyFixture.modernPKCS12)
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<150 {
            var changed = whole
            changed[Int.random(in: changed.indices, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            guard let opened = try? PKCS12(der: changed, passphrase: passphrase) else { continue }
            #expect(opened.key.publicKey.pem == KeyFixture.ecPublic + "\n")
        }
    }

    @Test func `what it makes it opens`() throws {
        let key = try PrivateKey(pem: KeyFixture.ecPKCS8, passphrase: nil)
        let made = try PKCS12.make(
            key: key,
            certificateDER: try der(KeyFixture.certificate),
            chainDER: [try der(KeyFixture.issuerCertificate)],
            passphrase: Secret("æøå")
        )
        let opened = try PKCS12(der: made, passphrase: Secret("æøå"))
        #expect(opened.key.publicKey == key.publicKey)
        #expect(opened.certificateDER == (try der(KeyFixture.certificate)))
        #expect(opened.chainDER == [try der(KeyFixture.issuerCertificate)])
        #expect(error(of: made, "aoa") == .wrongPassphrase)
    }

    @Test func `makes none of a key with another's certificate`() throws {
        let certificate = try der(KeyFixture.certificate)
        #expect(throws: CryptoError.malformedPKCS12("the certificate is not that of the key")) {
            try PKCS12.make(key: SampleKey.p256, certificateDER: certificate, chainDER: [], passphrase: passphrase)
        }
        #expect(throws: CryptoError.malformedPKCS12("not a certificate")) {
            try PKCS12.make(key: SampleKey.p256, certificateDER: [1, 2], chainDER: [], passphrase: passphrase)
        }
        let key = try PrivateKey(pem: KeyFixture.ecPKCS8, passphrase: nil)
        #expect(throws: CryptoError.malformedPKCS12("not a certificate in the chain")) {
            try PKCS12.make(key: key, certificateDER: certificate, chainDER: [[0]], passphrase: passphrase)
        }
    }
}
