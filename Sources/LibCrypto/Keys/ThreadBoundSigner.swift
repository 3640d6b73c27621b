internal import COpenSSL

/// Signs with one key by one scheme, as often as wanted, on the thread that owns it.
///
/// Its context is made ready once: by far the cheapest form, and the reason that it is not `Sendable`.
public final class ThreadBoundSigner {
    /// The scheme that it signs by.
    public let scheme: SignatureScheme

    private let key: KeyHandle
    private let kind: KeyKind
    private let context: SignatureContext?
    private var buffer = [UInt8](repeating: 0, count: ThreadBoundSigner.maximumSignatureLength)

    init(_ key: KeyHandle, _ kind: KeyKind, _ scheme: SignatureScheme) throws(CryptoError) {
        guard kind.fits(scheme) else { throw .unsupportedKey("a key of kind \(kind) cannot sign by this scheme") }
        self.key = key
        self.kind = kind
        self.scheme = scheme
        if scheme == .ed25519 {
            context = nil
        } else {
            guard let context = SignatureContext(.signing, scheme, with: key) else {
                throw .operation("no context for a signature")
            }
            self.context = context
        }
    }

    /// Signs a message; ECDSA signatures come as r and s side by side.
    ///
    /// - Throws: `CryptoError.operation` when libcrypto cannot.
    public func sign(_ message: some Collection<UInt8>) throws(CryptoError) -> [UInt8] {
        guard let context, let hash = scheme.hash else { return try signEdwards(Array(message)) }
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

    private func signEdwards(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
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
