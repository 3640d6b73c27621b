internal import COpenSSL

/// A private key that signs, immutable: any number of threads may share it, each with a signer of its own.
public final class PrivateKey: Sendable {
    /// The public half.
    public let publicKey: PublicKey

    let handle: KeyHandle

    /// What it is good for.
    public var kind: KeyKind { publicKey.kind }

    /// Imports the numbers of a key, and proves by a signature that public and private half belong together.
    ///
    /// - Throws: `CryptoError.malformedKey`, `.pointNotOnCurve`, `.unsupportedKey`.
    public convenience init(_ components: PrivateKeyComponents) throws(CryptoError) {
        try self.init(importing: components)
        guard isConsistent else { throw .malformedKey("the private and the public numbers do not belong together") }
    }

    /// Imports an Ed25519 key from its seed alone, of which the public half is made (RFC 8032 §5.1.5).
    ///
    /// - Throws: `CryptoError.malformedKey` when it has not 32 bytes.
    public convenience init(ed25519Seed seed: [UInt8]) throws(CryptoError) {
        guard seed.count == 32 else { throw .malformedKey("an Ed25519 seed has 32 bytes") }
        try self.init(importing: KeyHandle(.ed25519(publicKey: [], seed: seed)).privateComponents())
    }

    private init(importing components: PrivateKeyComponents) throws(CryptoError) {
        switch components {
        case .rsa(let numbers):
            // Where the primes are wrong, or are three, libcrypto would fall back on the slow way at each signature.
            guard BigNumber.product(numbers.prime1, numbers.prime2) == numbers.modulus.strippingLeadingZeros() else {
                throw .malformedKey("the modulus is not the product of two primes")
            }
            publicKey = try PublicKey(.rsa(modulus: numbers.modulus, exponent: numbers.publicExponent))
        case .ec(let curve, let x, let y, _): publicKey = try PublicKey(.ec(curve, x: x, y: y))
        case .ed25519(let key, _): publicKey = try PublicKey(.ed25519(key))
        }
        handle = try KeyHandle(components)
    }

    /// Draws a new key; RSA keys have the exponent 65,537.
    ///
    /// - Throws: `CryptoError.unsupportedKey` for RSA of less than 2,048 or more than 8,192 bits, `.operation`.
    public static func generate(_ kind: KeyKind) throws(CryptoError) -> PrivateKey {
        defer { ErrorQueue.clear() }
        let type =
            switch kind {
            case .rsa: "RSA"
            case .ec: "EC"
            case .ed25519: "ED25519"
            }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { throw .operation("no key generator") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { throw .operation("no key generator") }
        switch kind {
        case .rsa(let bits):
            guard KeyWeakness.acceptedModulusBits.contains(bits),
                EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1
            else { throw .unsupportedKey("an RSA key of \(bits) bits") }
        case .ec(let curve):
            guard EVP_PKEY_CTX_set_group_name(context, "\(curve.parameterName)") == 1 else {
                throw .operation("no such curve")
            }
        case .ed25519: break
        }
        var key: OpaquePointer?
        guard EVP_PKEY_generate(context, &key) == 1, let key else { throw .operation("no key was generated") }
        return try PrivateKey(importing: KeyHandle(owning: key).privateComponents())
    }

    /// The secret numbers, to write the key in another form.
    public func privateComponents() throws(CryptoError) -> PrivateKeyComponents { try handle.privateComponents() }

    /// Signs a message.
    ///
    /// A thread that signs often keeps a signer instead (``makeSigner(_:)``).
    ///
    /// - Throws: `CryptoError.unsupportedKey` when the scheme does not fit the key, `.operation`.
    public func sign(_ message: some Collection<UInt8>, scheme: SignatureScheme) throws(CryptoError) -> [UInt8] {
        try makeSigner(scheme).sign(message)
    }

    /// A signer for one thread.
    ///
    /// - Throws: `CryptoError.unsupportedKey` when the scheme does not fit the key, `.operation`.
    public func makeSigner(_ scheme: SignatureScheme) throws(CryptoError) -> ThreadBoundSigner {
        try ThreadBoundSigner(handle, kind, scheme)
    }

    /// Whether a signature by the private half holds for the public one.
    ///
    /// libcrypto's own check of an RSA pair tests its primes, which takes a tenth of a second.
    private var isConsistent: Bool {
        let scheme: SignatureScheme =
            switch kind {
            case .rsa: .rsaPKCS1(.sha256)
            case .ec: .ecdsa(.sha256)
            case .ed25519: .ed25519
            }
        let message = Array("consistency of a key pair".utf8)
        guard let signature = try? sign(message, scheme: scheme) else { return false }
        return publicKey.isValidSignature(signature, of: message, scheme: scheme)
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind, and nothing of the numbers.
    public var description: String { "private key \(publicKey)" }

    /// The kind, and nothing of the numbers.
    public var debugDescription: String { description }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
