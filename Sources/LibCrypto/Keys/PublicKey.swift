internal import COpenSSL

/// A public key that signatures are checked with: RSA, ECDSA on a curve of NIST, or Ed25519.
///
/// Two keys are equal when their numbers are. A key may be weak: see ``weakness``.
public final class PublicKey: Sendable {
    /// What it is good for.
    public let kind: KeyKind

    /// The numbers that make it, integers in their shortest form.
    public let components: PublicKeyComponents

    /// The key as SubjectPublicKeyInfo in DER (RFC 5280 §4.1).
    public let spkiDER: [UInt8]

    let handle: KeyHandle
    private let contexts = VerificationContexts()

    /// Imports the numbers of a key.
    ///
    /// - Throws: `CryptoError.malformedKey` for numbers that are no key, `.pointNotOnCurve`, `.unsupportedKey` for an
    ///   RSA modulus of more than 16,384 bits, which libcrypto would refuse at each use.
    public init(_ components: PublicKeyComponents) throws(CryptoError) {
        switch components {
        case .rsa(let modulus, let exponent):
            let modulus = modulus.strippingLeadingZeros()
            let exponent = exponent.strippingLeadingZeros()
            guard let first = modulus.first, !exponent.isEmpty, exponent.count <= modulus.count else {
                throw .malformedKey("not the numbers of an RSA key")
            }
            let bits = modulus.count * 8 - first.leadingZeroBitCount
            guard bits <= Self.maximumModulusBits else {
                throw .unsupportedKey("an RSA modulus of more than \(Self.maximumModulusBits) bits")
            }
            kind = .rsa(bits: bits)
            self.components = .rsa(modulus: modulus, exponent: exponent)
        case .ec(let curve, let x, let y):
            guard x.count == curve.coordinateLength, y.count == curve.coordinateLength else {
                throw .malformedKey("a coordinate on this curve has \(curve.coordinateLength) bytes")
            }
            kind = .ec(curve)
            self.components = components
        case .ed25519(let key):
            guard key.count == 32 else { throw .malformedKey("an Ed25519 key has 32 bytes") }
            guard Edwards25519.holds(key) else { throw .pointNotOnCurve }
            kind = .ed25519
            self.components = components
        }
        handle = try KeyHandle(self.components)
        spkiDER = SubjectPublicKeyInfo.encode(self.components)
    }

    /// Reads SubjectPublicKeyInfo, as certificates hold it (RFC 5280 §4.1.2.7).
    ///
    /// - Throws: `CryptoError.malformedKey`, `.pointNotOnCurve`, `.unsupportedKey`.
    public convenience init(spkiDER: some Collection<UInt8>) throws(CryptoError) {
        try self.init(SubjectPublicKeyInfo.components(Array(spkiDER)))
    }

    /// Reads one `PUBLIC KEY` or `RSA PUBLIC KEY` block.
    ///
    /// - Throws: `CryptoError.malformedPEM`, or as ``init(spkiDER:)``.
    public convenience init(pem: String) throws(CryptoError) {
        let blocks = try PEM.blocks(in: pem)
        guard let block = blocks.first, blocks.count == 1 else {
            throw .malformedPEM("one block is expected, \(blocks.count) found")
        }
        switch block.label {
        case "PUBLIC KEY": try self.init(spkiDER: block.der)
        case "RSA PUBLIC KEY": try self.init(SubjectPublicKeyInfo.rsaPublicKey(block.der))
        default: throw .malformedPEM("a `PUBLIC KEY` block is expected, `\(block.label)` found")
        }
    }

    /// The key as a `PUBLIC KEY` block.
    public var pem: String { PEM.encode(spkiDER, label: "PUBLIC KEY") }

    /// Whether the holder of the private key signed the message.
    ///
    /// - Returns: false, without distinction, also for a signature of the wrong length or out of range, and for a
    ///   scheme that does not fit the key.
    public func isValidSignature(
        _ signature: some Collection<UInt8>,
        of message: some Collection<UInt8>,
        scheme: SignatureScheme
    ) -> Bool {
        guard kind.fits(scheme) else { return false }
        let signature = Array(signature)
        switch (kind, scheme.hash) {
        case (.rsa(let bits), let hash?):
            // RFC 8017 §8.1.2, §8.2.2: exactly as long as the modulus.
            guard signature.count == (bits + 7) / 8 else { return false }
            return contexts.verify(signature, of: hash.digest(message), with: handle, scheme)
        case (.ec(let curve), let hash?):
            guard let encoded = ECDSASignature.der(ofRaw: signature, on: curve) else { return false }
            return contexts.verify(encoded, of: hash.digest(message), with: handle, scheme)
        case (.ed25519, nil):
            guard signature.count == 64 else { return false }
            return Self.verifyEdwards(signature, of: Array(message), with: handle)
        case (.rsa, nil), (.ec, nil), (.ed25519, _?): return false
        }
    }

    private static func verifyEdwards(_ signature: [UInt8], of message: [UInt8], with handle: KeyHandle) -> Bool {
        // Ed25519 hashes the message twice inside and has no context to keep.
        guard let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ErrorQueue.clear()
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, handle.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    private static let maximumModulusBits = 16_384
}

extension PublicKey: Hashable {
    /// Whether both have the same numbers.
    public static func == (left: PublicKey, right: PublicKey) -> Bool { left.spkiDER == right.spkiDER }

    /// Hashes the encoded key.
    public func hash(into hasher: inout Hasher) { hasher.combine(spkiDER) }
}

extension PublicKey: CustomStringConvertible {
    /// The kind and the beginning of the SHA-256 of the encoded key.
    public var description: String {
        let fingerprint = HashFunction.sha256.digest(of: spkiDER).prefix(8)
        return "\(kind) \(fingerprint.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined())"
    }
}
