import LibCrypto
import Testing
import Vocabulary

@Suite("Private keys from PEM: RFC 5958, RFC 8017, SEC 1")
struct PrivateKeyTests {
    private let passphrase = Secret("correct")

    private func error(of pem: String, _ passphrase: Secret? = nil) -> CryptoError? {
        do throws(CryptoError) {
            _ = try PrivateKey(pem: pem, passphrase: passphrase)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            Named("SEC 1", KeyFixture.ecSEC1), Named("PKCS#8", KeyFixture.ecPKCS8),
            Named("explicit curve", KeyFixture.ecExplicit),
        ]
    ) func `every form of an EC key is the same key`(pem: Named) throws {
        let key = try PrivateKey(pem: pem.text, passphrase: nil)
        #expect(key.kind == .ec(.p256))
        #expect(key.publicKey.pem == KeyFixture.ecPublic + "\n")
        let signature = try key.sign([1, 2, 3], scheme: .ecdsa(.sha256))
        #expect(key.publicKey.isValidSignature(signature, of: [1, 2, 3], scheme: .ecdsa(.sha256)))
    }

    @Test(
        arguments: [
            Named("SEC 1", KeyFixture.ecSEC1Encrypted), Named("PKCS#8", KeyFixture.ecPKCS8Encrypted),
            Named("PKCS#1", KeyFixture.rsaPKCS1Encrypted),
        ]
    ) func `an encrypted key opens with its pass phrase and with no other`(fixture: Named) throws {
        let pem = fixture.text
        let key = try PrivateKey(pem: pem, passphrase: passphrase)
        let expected = key.kind == .ec(.p256) ? KeyFixture.ecPublic : KeyFixture.rsaPublic
        #expect(key.publicKey.pem == expected + "\n")
        #expect(error(of: pem) == .passphraseRequired)
        // Many wrong ones: once in 256 the padding looks right, and only the content is nonsense.
        for number in 0..<300 { #expect(error(of: pem, Secret("wrong \(number)")) == .wrongPassphrase) }
        #expect(error(of: pem, Secret("")) == .wrongPassphrase)
    }

    @Test func `an RSA key in PKCS#1`() throws {
        let key = try PrivateKey(pem: KeyFixture.rsaPKCS1, passphrase: nil)
        #expect(key.kind == .rsa(bits: 2048))
        #expect(key.publicKey.pem == KeyFixture.rsaPublic + "\n")
    }

    @Test func `an Ed25519 key in PKCS#8`() throws {
        let key = try PrivateKey(pem: KeyFixture.ed25519, passphrase: nil)
        #expect(key.kind == .ed25519)
        #expect(key.publicKey.pem == KeyFixture.ed25519Public + "\n")
        #expect(try key.pem() == KeyFixture.ed25519 + "\n")
    }

    @Test func `a pass phrase for a key in the clear is ignored`() throws {
        #expect(try PrivateKey(pem: KeyFixture.ecPKCS8, passphrase: passphrase).kind == .ec(.p256))
    }

    @Test func `certificates beside the key are passed over`() throws {
        let text = KeyFixture.certificate + "\n" + KeyFixture.ecPKCS8 + "\n" + KeyFixture.issuerCertificate
        #expect(try PrivateKey(pem: text, passphrase: nil).kind == .ec(.p256))
    }

    @Test func `says what it found instead of one key`() {
        #expect(error(of: "") == .malformedPEM("a private key is expected, no block at all found"))
        #expect(error(of: KeyFixture.ecPublic) == .malformedPEM("a private key is expected, `PUBLIC KEY` found"))
        #expect(
            error(of: KeyFixture.ecPKCS8 + "\n" + KeyFixture.ed25519)
                == .malformedPEM("one private key is expected, 2 found")
        )
    }

    @Test func `keys of other kinds are refused`() {
        #expect(error(of: KeyFixture.ed448) == .unsupportedKey("neither RSA, EC nor Ed25519"))
        #expect(
            error(of: KeyFixture.secp256k1)
                == .unsupportedKey("an EC key on another curve than P-256, P-384 and P-521")
        )
        #expect(error(of: KeyFixture.rsaPSS) == .unsupportedKey("an RSA key bound to PSS (id-RSASSA-PSS)"))
        #expect(
            error(of: KeyFixture.rsaThreePrimes)
                == .malformedKey("the modulus is not the product of two primes")
        )
        #expect(
            error(of: KeyFixture.ecPKCS8OldEncryption, passphrase)
                == .unsupportedKey("encrypted by a method that libcrypto no longer has")
        )
    }

    @Test func `garbage under every label is a malformed key`() {
        func armoured(_ label: String) -> String { PEM.encode([0x30, 0x03, 0x02, 0x01, 0x00], label: label) }
        #expect(error(of: armoured("PRIVATE KEY")) == .malformedKey("not a DER PrivateKeyInfo"))
        #expect(error(of: armoured("RSA PRIVATE KEY")) == .malformedKey("not a DER private key of this form"))
        #expect(error(of: armoured("EC PRIVATE KEY")) == .malformedKey("not a DER private key of this form"))
        #expect(
            error(of: armoured("ENCRYPTED PRIVATE KEY"), passphrase)
                == .malformedKey("not a DER EncryptedPrivateKeyInfo")
        )
        #expect(error(of: armoured("DSA PRIVATE KEY")) == .unsupportedKey("a block `DSA PRIVATE KEY`"))
    }

    @Test func `bytes after the key are refused`() throws {
        let der = try #require(try PEM.blocks(in: KeyFixture.ecPKCS8).first).der
        #expect(error(of: PEM.encode(der + [0], label: "PRIVATE KEY")) == .malformedKey("not a DER PrivateKeyInfo"))
    }
}

@Suite("Private keys: made, written, read back")
struct PrivateKeyWritingTests {
    static let keys = [SampleKey.rsa, SampleKey.p256, SampleKey.p384, SampleKey.p521, SampleKey.ed25519]

    @Test(arguments: keys) func `PKCS#8 in the clear`(key: PrivateKey) throws {
        let pem = try key.pem()
        #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(try PrivateKey(pem: pem, passphrase: nil).publicKey == key.publicKey)
    }

    @Test(arguments: keys) func `PKCS#8 under a pass phrase`(key: PrivateKey) throws {
        let pem = try key.pem(encryptedWith: Secret("påskeegg"))
        #expect(pem.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
        #expect(try PrivateKey(pem: pem, passphrase: Secret("påskeegg")).publicKey == key.publicKey)
        #expect(throws: CryptoError.wrongPassphrase) { try PrivateKey(pem: pem, passphrase: Secret("påskeeg")) }
        #expect(throws: CryptoError.passphraseRequired) { try PrivateKey(pem: pem, passphrase: nil) }
    }

    @Test(arguments: keys) func `its numbers`(key: PrivateKey) throws {
        let again = try PrivateKey(try key.privateComponents())
        #expect(again.publicKey == key.publicKey)
        #expect(again.kind == key.kind)
    }

    @Test func `numbers that do not belong together are refused`() throws {
        let mismatch = CryptoError.malformedKey("the private and the public numbers do not belong together")
        guard case .ec(let curve, _, _, let scalar) = try SampleKey.p256.privateComponents(),
            case .ec(_, let x, let y) = try PrivateKey.generate(.ec(.p256)).publicKey.components,
            case .ed25519(let publicKey, _) = try SampleKey.ed25519.privateComponents(),
            case .rsa(let one) = try SampleKey.rsa.privateComponents(),
            case .rsa(let other) = try SampleKey.otherRSA.privateComponents()
        else {
            Issue.record("keys of other kinds")
            return
        }
        #expect(throws: mismatch) { try PrivateKey(.ec(curve, x: x, y: y, scalar: scalar)) }
        #expect(throws: mismatch) {
            try PrivateKey(.ed25519(publicKey: publicKey, seed: [UInt8](repeating: 7, count: 32)))
        }
        func mixed(modulus: [UInt8]) -> RSAPrivateNumbers {
            RSAPrivateNumbers(
                modulus: modulus,
                publicExponent: one.publicExponent,
                privateExponent: other.privateExponent,
                prime1: one.prime1,
                prime2: one.prime2,
                exponent1: other.exponent1,
                exponent2: other.exponent2,
                coefficient: one.coefficient
            )
        }
        #expect(throws: mismatch) { try PrivateKey(.rsa(mixed(modulus: one.modulus))) }
        #expect(throws: CryptoError.malformedKey("the modulus is not the product of two primes")) {
            try PrivateKey(.rsa(mixed(modulus: other.modulus)))
        }
    }

    @Test(arguments: [1_024, 2_047, 8_193, 16_384]) func `weak and excessive sizes are not made`(bits: Int) {
        #expect(throws: CryptoError.unsupportedKey("an RSA key of \(bits) bits")) {
            try PrivateKey.generate(.rsa(bits: bits))
        }
    }

    @Test func `new RSA keys have the exponent 65,537`() {
        guard case .rsa(let modulus, let exponent) = SampleKey.rsa.publicKey.components else {
            Issue.record("not an RSA key")
            return
        }
        #expect(exponent == [1, 0, 1])
        #expect(modulus.count == 256)
    }

    @Test func `nothing of a private key is printed`() throws {
        guard case .ec(_, _, _, let scalar) = try SampleKey.p256.privateComponents() else {
            Issue.record("not an EC key")
            return
        }
        let printed = [
            "\(SampleKey.p256)", String(reflecting: SampleKey.p256), "\(try SampleKey.p256.privateComponents())",
            String(reflecting: try SampleKey.rsa.privateComponents()),
        ]
        #expect(printed[0].hasPrefix("private key P-256 "))
        #expect(printed.allSatisfy { !$0.contains("\(scalar[0]), \(scalar[1])") })
        #expect(printed[2] == "<redacted>")
        #expect(printed[3] == "<redacted>")
    }
}
