internal import COpenSSL
internal import Synchronization

/// Owns one `EVP_PKEY_CTX`, made ready for one scheme and used as often as wanted.
///
/// Making it ready costs libcrypto 3.0 about 2 µs, as much as a tenth of an RSA verification.
final class SignatureContext: @unchecked Sendable {
    // INVARIANT: used by one thread at a time: the signer that owns it, or whoever took it out of the pool.
    let pointer: OpaquePointer
    let scheme: SignatureScheme

    /// What the context will do.
    enum Purpose {
        case signing
        case verification
    }

    init?(_ purpose: Purpose, _ scheme: SignatureScheme, with key: KeyHandle) {
        guard let hash = scheme.hash, let pointer = EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil) else {
            ErrorQueue.clear()
            return nil
        }
        self.pointer = pointer
        self.scheme = scheme
        let began = purpose == .signing ? EVP_PKEY_sign_init(pointer) : EVP_PKEY_verify_init(pointer)
        guard began == 1, setPadding(), EVP_PKEY_CTX_set_signature_md(pointer, hash.algorithm) == 1 else {
            ErrorQueue.clear()
            return nil
        }
    }

    deinit { EVP_PKEY_CTX_free(pointer) }

    private func setPadding() -> Bool {
        switch scheme {
        case .rsaPKCS1: EVP_PKEY_CTX_set_rsa_padding(pointer, RSA_PKCS1_PADDING) == 1
        case .rsaPSS:
            // RFC 7518 §3.5: the salt is as long as the hash; for verification this demands exactly that length.
            EVP_PKEY_CTX_set_rsa_padding(pointer, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(pointer, RSA_PSS_SALTLEN_DIGEST) == 1
        case .ecdsa: true
        case .ed25519: false
        }
    }
}

/// The contexts of one public key that nobody uses at the moment.
final class VerificationContexts: Sendable {
    private let idle = Mutex<[SignatureContext]>([])

    /// As many threads as verify with one key at the same time without making a context.
    private static let capacity = 4

    func verify(_ signature: [UInt8], of digest: [UInt8], with key: KeyHandle, _ scheme: SignatureScheme) -> Bool {
        guard let context = take(scheme) ?? SignatureContext(.verification, scheme, with: key) else { return false }
        let result = EVP_PKEY_verify(context.pointer, signature, signature.count, digest, digest.count)
        if result != 1 { ErrorQueue.clear() }
        giveBack(context)
        return result == 1
    }

    private func take(_ scheme: SignatureScheme) -> SignatureContext? {
        idle.withLock { idle in
            guard let index = idle.lastIndex(where: { $0.scheme == scheme }) else { return nil }
            return idle.remove(at: index)
        }
    }

    private func giveBack(_ context: SignatureContext) {
        idle.withLock { idle in
            guard idle.count < Self.capacity else { return }
            idle.append(context)
        }
    }
}
