import LibCrypto
import Testing

@Suite("RFC 5280 §4.1.2.7: public keys")
struct PublicKeyTests {
    private func error(of der: [UInt8]) -> CryptoError? {
        do throws(CryptoError) {
            _ = try PublicKey(spkiDER: der)
            return nil
        } catch {
            return error
        }
    }

    private func error(of components: PublicKeyComponents) -> CryptoError? {
        do throws(CryptoError) {
            _ = try PublicKey(components)
            return nil
        } catch {
            return error
        }
    }

    private func spki(_ pem: String) throws -> [UInt8] { try #require(try PEM.blocks(in: pem).first).der }

    @Test(
        arguments: [
            (Named("RSA", KeyFixture.rsaPublic), KeyKind.rsa(bits: 2048)),
            (Named("P-256", KeyFixture.ecPublic), .ec(.p256)), (Named("Ed25519", KeyFixture.ed25519Public), .ed25519),
        ]
    ) func `reads and writes what another tool wrote`(fixture: Named, kind: KeyKind) throws {
        let pem = fixture.text
        let key = try PublicKey(pem: pem)
        #expect(key.kind == kind)
        #expect(key.pem == pem + "\n")
        #expect(key.spkiDER == (try spki(pem)))
        #expect(try PublicKey(key.components) == key)
    }

    @Test func `reads PKCS#1 as the same key`() throws {
        #expect(try PublicKey(pem: KeyFixture.rsaPublicPKCS1) == PublicKey(pem: KeyFixture.rsaPublic))
    }

    @Test func `another block is refused by name`() {
        #expect(
            throws: CryptoError.malformedPEM("a `PUBLIC KEY` block is expected, `CERTIFICATE` found")
        ) { try PublicKey(pem: KeyFixture.certificate) }
        #expect(throws: CryptoError.malformedPEM("one block is expected, 0 found")) { try PublicKey(pem: "") }
        #expect(throws: CryptoError.malformedPEM("one block is expected, 2 found")) {
            try PublicKey(pem: KeyFixture.ecPublic + "\n" + KeyFixture.rsaPublic)
        }
    }

    @Test func `a curve spelled out in full is refused`() throws {
        // CVE-2020-0601: such parameters may differ from the named curve in the generator alone.
        #expect(
            error(of: try spki(KeyFixture.ecPublicExplicit)) == .unsupportedKey("an EC key whose curve is not named")
        )
    }

    @Test func `a compressed point is refused`() throws {
        #expect(
            error(of: try spki(KeyFixture.ecPublicCompressed))
                == .unsupportedKey("an EC point that is not in the uncompressed form")
        )
    }

    @Test func `refuses one changed byte of the encoding's frame, and every cut`() throws {
        let der = try spki(KeyFixture.ecPublic)
        for end in 0..<der.count { #expect(error(of: Array(der[..<end])) != nil) }
        #expect(error(of: der + [0]) == .malformedKey("not a DER SubjectPublicKeyInfo"))
        // All but the algorithm's OID body and the point: tags, lengths, unused bits.
        for index in [0, 1, 2, 3, 4, 5, 13, 14, 23, 24, 25, 26] {
            var changed = der
            changed[index] ^= 0x01
            #expect(error(of: changed) != nil, "byte \(index)")
        }
    }

    @Test func `a long form of a short length is refused`() throws {
        let der = try spki(KeyFixture.ecPublic)
        #expect(error(of: [0x30, 0x81, der[1]] + der[2...]) == .malformedKey("not a DER SubjectPublicKeyInfo"))
    }

    @Test func `integers of an RSA key are in the shortest form and positive`() throws {
        let prefix = bytes("300d06092a864886f70d0101010500")
        func key(_ numbers: String) -> [UInt8] {
            let inner = bytes(numbers)
            let bits: [UInt8] = [0x03, UInt8(inner.count + 3), 0x00, 0x30, UInt8(inner.count)] + inner
            return [0x30, UInt8(prefix.count + bits.count)] + prefix + bits
        }
        #expect(error(of: key("0202 7fed 0201 05")) == nil)
        #expect(error(of: key("0203 007fed 0201 05")) == .malformedKey("not a DER RSAPublicKey"))
        #expect(error(of: key("0202 8fed 0201 05")) == .malformedKey("not a DER RSAPublicKey"))
        #expect(error(of: key("0202 7fed 0201 00")) == .malformedKey("not a DER RSAPublicKey"))
        #expect(error(of: key("0202 7fed 0200")) == .malformedKey("not a DER RSAPublicKey"))
        #expect(error(of: key("0202 7fed 0201 05 0500")) == .malformedKey("not a DER RSAPublicKey"))
    }

    @Test(arguments: EllipticCurve.allCases) func `a point off the curve is refused`(curve: EllipticCurve) throws {
        let key = try PrivateKey.generate(.ec(curve)).publicKey
        guard case .ec(_, let x, var y) = key.components else {
            Issue.record("not an EC key")
            return
        }
        #expect(error(of: .ec(curve, x: x, y: y)) == nil)
        y[y.count - 1] ^= 1
        #expect(error(of: .ec(curve, x: x, y: y)) == .pointNotOnCurve)
        let zero = [UInt8](repeating: 0, count: curve.coordinateLength)
        #expect(error(of: .ec(curve, x: zero, y: zero)) == .pointNotOnCurve)
        let top = [UInt8](repeating: 0xFF, count: curve.coordinateLength)
        #expect(error(of: .ec(curve, x: top, y: y)) == .pointNotOnCurve)
        let length = CryptoError.malformedKey("a coordinate on this curve has \(curve.coordinateLength) bytes")
        #expect(error(of: .ec(curve, x: [0] + x, y: y)) == length)
        #expect(error(of: .ec(curve, x: x, y: [])) == length)
    }

    @Test func `Ed25519 takes 32 bytes that are the one encoding of a point`() throws {
        guard case .ed25519(let key) = SampleKey.ed25519.publicKey.components else {
            Issue.record("not an Ed25519 key")
            return
        }
        #expect(error(of: .ed25519(key)) == nil)
        #expect(error(of: .ed25519(Array(key.dropLast()))) == .malformedKey("an Ed25519 key has 32 bytes"))
        #expect(error(of: .ed25519(key + [0])) == .malformedKey("an Ed25519 key has 32 bytes"))
        // y = 2 belongs to no point; y = p + 3 is a second spelling of 3.
        #expect(error(of: .ed25519([2] + [UInt8](repeating: 0, count: 31))) == .pointNotOnCurve)
        #expect(error(of: .ed25519([3] + [UInt8](repeating: 0, count: 31))) == nil)
        #expect(error(of: .ed25519([0xF0] + [UInt8](repeating: 0xFF, count: 30) + [0x7F])) == .pointNotOnCurve)
        // y = 1 is the neutral element, whose x is 0 and has no negative.
        #expect(error(of: .ed25519([1] + [UInt8](repeating: 0, count: 30) + [0x80])) == .pointNotOnCurve)
    }

    @Test func `RSA numbers that make no key are refused`() {
        #expect(error(of: .rsa(modulus: [], exponent: [1])) == .malformedKey("not the numbers of an RSA key"))
        #expect(error(of: .rsa(modulus: [0, 0], exponent: [1])) == .malformedKey("not the numbers of an RSA key"))
        #expect(error(of: .rsa(modulus: [5], exponent: [])) == .malformedKey("not the numbers of an RSA key"))
        #expect(error(of: .rsa(modulus: [5], exponent: [1, 1])) == .malformedKey("not the numbers of an RSA key"))
        let long = [UInt8](repeating: 0xFF, count: 2_048)
        #expect(error(of: .rsa(modulus: long, exponent: [1, 0, 1])) == nil)
        #expect(
            error(of: .rsa(modulus: [1] + long, exponent: [1, 0, 1]))
                == .unsupportedKey("an RSA modulus of more than 16384 bits")
        )
    }

    @Test func `leading zeros make no other key`() throws {
        guard case .rsa(let modulus, let exponent) = SampleKey.rsa.publicKey.components else {
            Issue.record("not an RSA key")
            return
        }
        let padded = try PublicKey(.rsa(modulus: [0, 0] + modulus, exponent: [0] + exponent))
        #expect(padded == SampleKey.rsa.publicKey)
        #expect(padded.hashValue == SampleKey.rsa.publicKey.hashValue)
        #expect(padded != SampleKey.otherRSA.publicKey)
    }
}
