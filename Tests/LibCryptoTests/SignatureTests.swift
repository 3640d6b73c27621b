import LibCrypto
import Testing

@Suite("Signatures")
struct SignatureTests {
    static let all: [(PrivateKey, SignatureScheme)] = [
        (SampleKey.rsa, .rsaPKCS1(.sha256)), (SampleKey.rsa, .rsaPKCS1(.sha384)), (SampleKey.rsa, .rsaPKCS1(.sha512)),
        (SampleKey.rsa, .rsaPSS(.sha256)), (SampleKey.rsa, .rsaPSS(.sha384)), (SampleKey.rsa, .rsaPSS(.sha512)),
        (SampleKey.p256, .ecdsa(.sha256)), (SampleKey.p384, .ecdsa(.sha384)), (SampleKey.p521, .ecdsa(.sha512)),
        (SampleKey.ed25519, .ed25519),
    ]

    private let message = Array("a message".utf8)

    @Test(arguments: all) func `hold for the key, the message and the scheme, and for nothing else`(
        key: PrivateKey,
        scheme: SignatureScheme
    ) throws {
        let signature = try key.sign(message, scheme: scheme)
        #expect(key.publicKey.isValidSignature(signature, of: message, scheme: scheme))
        #expect(!key.publicKey.isValidSignature(signature, of: message + [0], scheme: scheme))
        #expect(!key.publicKey.isValidSignature(signature, of: [], scheme: scheme))
        let other = try PrivateKey.generate(key.kind).publicKey
        #expect(!other.isValidSignature(signature, of: message, scheme: scheme))
        for (otherKey, otherScheme) in Self.all where otherScheme != scheme {
            #expect(!key.publicKey.isValidSignature(signature, of: message, scheme: otherScheme))
            if otherKey.kind != key.kind {
                #expect(!otherKey.publicKey.isValidSignature(signature, of: message, scheme: scheme))
            }
        }
        // The contexts that the refusals used are still sound.
        #expect(key.publicKey.isValidSignature(signature, of: message, scheme: scheme))
    }

    @Test(arguments: all) func `fail when any byte is changed, and in every other length`(
        key: PrivateKey,
        scheme: SignatureScheme
    ) throws {
        let signature = try key.sign(message, scheme: scheme)
        for index in signature.indices {
            var changed = signature
            changed[index] ^= UInt8(1 << (index % 8))
            #expect(!key.publicKey.isValidSignature(changed, of: message, scheme: scheme), "byte \(index)")
        }
        for length in [0, 1, signature.count - 1] {
            #expect(!key.publicKey.isValidSignature(signature.prefix(length), of: message, scheme: scheme))
        }
        #expect(!key.publicKey.isValidSignature([0] + signature, of: message, scheme: scheme))
        #expect(!key.publicKey.isValidSignature(signature + [0], of: message, scheme: scheme))
    }

    @Test(arguments: all) func `one signer signs many messages`(key: PrivateKey, scheme: SignatureScheme) throws {
        let signer = try key.makeSigner(scheme)
        #expect(signer.scheme == scheme)
        for number in 0..<20 {
            let message = Array("message \(number)".utf8)
            let signature = try signer.sign(message)
            #expect(key.publicKey.isValidSignature(signature, of: message, scheme: scheme))
        }
    }

    @Test(
        arguments: [
            (SampleKey.p256, SignatureScheme.ecdsa(.sha256), 64), (SampleKey.p384, .ecdsa(.sha384), 96),
            (SampleKey.p521, .ecdsa(.sha512), 132), (SampleKey.ed25519, .ed25519, 64),
            (SampleKey.rsa, .rsaPSS(.sha256), 256),
        ]
    ) func `have the length of the standard`(key: PrivateKey, scheme: SignatureScheme, length: Int) throws {
        // Many times, as a half of an ECDSA signature begins with a zero once in 256.
        for _ in 0..<40 { #expect(try key.sign(message, scheme: scheme).count == length) }
    }

    @Test func `a scheme that does not fit is no signature but an error`() {
        #expect(throws: CryptoError.unsupportedKey("a key of kind P-256 cannot sign by this scheme")) {
            try SampleKey.p256.sign(message, scheme: .rsaPKCS1(.sha256))
        }
        #expect(throws: CryptoError.unsupportedKey("a key of kind Ed25519 cannot sign by this scheme")) {
            try SampleKey.ed25519.makeSigner(.ecdsa(.sha256))
        }
        #expect(throws: CryptoError.unsupportedKey("a key of kind RSA-2048 cannot sign by this scheme")) {
            try SampleKey.rsa.makeSigner(.ed25519)
        }
    }

    /// CVE-2022-21449, and the neighbourhood of the group's order.
    @Test func `ECDSA halves out of range are refused`() {
        let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let zero = [UInt8](repeating: 0, count: 32)
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let aboveOrder = order.dropLast() + [order[31] + 1]
        let top = [UInt8](repeating: 0xFF, count: 32)
        let halves = [zero, one, order, Array(aboveOrder), top]
        for r in halves {
            for s in halves {
                #expect(!SampleKey.p256.publicKey.isValidSignature(r + s, of: message, scheme: .ecdsa(.sha256)))
            }
        }
    }

    @Test(
        arguments: [[1], [2], [3], [4], [0x80, 0], [0xFF, 0xFF], [UInt8](repeating: 0xFE, count: 256)] as [[UInt8]]
    ) func `RSA numbers of no use make a key that nothing holds for`(modulus: [UInt8]) throws {
        for exponent in [[1], [2], [3], modulus] as [[UInt8]] {
            guard let key = try? PublicKey(.rsa(modulus: modulus, exponent: exponent)) else { continue }
            #expect(key.weakness != nil)
            for value in [0, 1, 0xFF] as [UInt8] {
                let signature = [UInt8](repeating: value, count: modulus.count)
                for scheme in [SignatureScheme.rsaPKCS1(.sha256), .rsaPSS(.sha512)] {
                    #expect(!key.isValidSignature(signature, of: message, scheme: scheme))
                }
            }
        }
    }

    @Test func `PSS demands a salt as long as the hash`() throws {
        // Signatures with other salts come from Wycheproof; here, that the hash of scheme and signature must agree.
        let signature = try SampleKey.rsa.sign(message, scheme: .rsaPSS(.sha256))
        #expect(!SampleKey.rsa.publicKey.isValidSignature(signature, of: message, scheme: .rsaPSS(.sha512)))
        #expect(!SampleKey.rsa.publicKey.isValidSignature(signature, of: message, scheme: .rsaPKCS1(.sha256)))
    }

    @Test func `many threads may check and sign with one key`() async throws {
        let signature = try SampleKey.rsa.sign(message, scheme: .rsaPKCS1(.sha256))
        let message = message
        let results = await withTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    (0..<25).allSatisfy { round in
                        let key = SampleKey.rsa.publicKey
                        let isForged = (task + round).isMultiple(of: 3)
                        let sent = isForged ? Array(signature.reversed()) : signature
                        guard let own = try? SampleKey.rsa.sign(message, scheme: .rsaPSS(.sha256)) else { return false }
                        return key.isValidSignature(sent, of: message, scheme: .rsaPKCS1(.sha256)) != isForged
                            && key.isValidSignature(own, of: message, scheme: .rsaPSS(.sha256))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 16)
        #expect(results.allSatisfy { $0 })
    }
}
