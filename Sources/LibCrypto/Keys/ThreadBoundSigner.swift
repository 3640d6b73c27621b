internal import COpenSSL

/// Signs with one key by one scheme, as often as wanted, on the thread that owns it.
///
/// Its context is made ready once: by far the cheapest form, and the reason that it is not `Sendable`.
public final class ThreadBoundSigner {
    /// The scheme that it signs by.
    public let scheme: SignatureScheme

    private enum Means {
        /// libcrypto, with a context made ready.
        case context(SignatureContext, KeyHandle)
        /// libcrypto, which has no contexts of that sort for Ed25519.
        case edwards(KeyHandle)
        /// A token, in a session that nobody else has meanwhile.
        case token(PKCS11Key)
    }

    private let means: Means
    private let kind: KeyKind
    private var buffer = [UInt8](repeating: 0, count: ThreadBoundSigner.maximumSignatureLength)

    init(_ key: KeyHandle, _ kind: KeyKind, _ scheme: SignatureScheme) throws(CryptoError) {
        guard kind.fits(scheme) else { throw .unsupportedKey("a key of kind \(kind) cannot sign by this scheme") }
        self.kind = kind
        self.scheme = scheme
        if scheme == .ed25519 {
            means = .edwards(key)
        } else {
            guard let context = SignatureContext(.signing, scheme, with: key) else {
                throw .operation("no context for a signature")
            }
            means = .context(context, key)
        }
    }

    init(_ key: PKCS11Key, _ scheme: SignatureScheme) throws(CryptoError) {
        guard key.kind.fits(scheme) else {
            throw .unsupportedKey("a key of kind \(key.kind) cannot sign by this scheme")
        }
        kind = key.kind
        self.scheme = scheme
        means = .token(key)
    }

    /// Signs a message; ECDSA signatures come as r and s side by side.
    ///
    /// - Throws: `CryptoError.operation` when libcrypto cannot, `.token` when the token that holds the key cannot.
    public func sign(_ message: some Collection<UInt8>) throws(CryptoError) -> [UInt8] {
        let context: SignatureContext
        switch means {
        case .context(let prepared, _): context = prepared
        case .edwards(let key): return try signEdwards(Array(message), with: key)
        case .token(let key):
            do throws(PKCS11Error) { return try key.sign(message, scheme: scheme) } catch { throw .token(error) }
        }
        guard let hash = scheme.hash else { throw .operation("a scheme without a hash") }
        let digest = hash.digest(message)
        var length = buffer.count
        guard EVP_PKEY_sign(context.pointer, &buffer, &length, digest, digest.count) == 1 else {
            ErrorQueue.clear()
            throw .operation("no signature was made")
        }
        let signature = Array(buffer[..<length])
        guard case .ec(let curve) = kind else { return signature }
        guard let raw = ECDSASignature.raw(ofDER: signature, on: curve) else {
            throw .operation("the signature is not of the curve")
        }
        return raw
    }

    private func signEdwards(_ message: [UInt8], with key: KeyHandle) throws(CryptoError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .operation("no memory for a signature") }
        defer { EVP_MD_CTX_free(context) }
        var length = buffer.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
            EVP_DigestSign(context, &buffer, &length, message, message.count) == 1
        else {
            ErrorQueue.clear()
            throw .operation("no signature was made")
        }
        return Array(buffer[..<length])
    }

    /// Of RSA with 16,384 bits, the longest key that libcrypto takes.
    private static let maximumSignatureLength = 2_048
}

@available(*, unavailable)
extension ThreadBoundSigner: Sendable {}
