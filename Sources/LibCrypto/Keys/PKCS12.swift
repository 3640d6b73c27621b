internal import COpenSSL
public import Vocabulary

/// A private key with its certificate and chain, as issuers of enterprise certificates hand them out (RFC 7292).
public struct PKCS12: Sendable {
    /// The private key.
    public let key: PrivateKey
    /// The certificate of the key.
    public let certificateDER: [UInt8]
    /// The other certificates, in the order of the file.
    public let chainDER: [[UInt8]]

    /// Opens a container (`.p12`, `.pfx`).
    ///
    /// Containers of old tools (RC2, triple DES) open too, where Debian's legacy provider is installed.
    ///
    /// - Throws: `CryptoError.malformedPKCS12`, `.wrongPassphrase`, `.unsupportedKey`, or what makes its key unusable.
    public init(der: [UInt8], passphrase: Secret) throws(CryptoError) {
        defer { ErrorQueue.clear() }
        let content: Content
        switch try Self.open(der, passphrase, in: nil) {
        case .opened(let found): content = found
        case .unsupported:
            guard let legacy = LegacyLibrary.shared,
                case .opened(let found) = try Self.open(der, passphrase, in: legacy)
            else { throw .malformedPKCS12("encrypted by a method that libcrypto no longer has; export it again") }
            content = found
        }
        key = try PrivateKey(content.key.privateComponents())
        certificateDER = content.certificate
        chainDER = content.chain
    }

    /// Makes a container: AES-256-CBC, PBKDF2 and a MAC with SHA-256, libcrypto's present defaults.
    ///
    /// - Throws: `CryptoError.malformedPKCS12` when the bytes are no certificates, or the first is not that of the key;
    ///   `.operation`.
    public static func make(
        key: PrivateKey,
        certificateDER: [UInt8],
        chainDER: [[UInt8]],
        passphrase: Secret
    ) throws(CryptoError) -> [UInt8] {
        defer { ErrorQueue.clear() }
        guard let certificate = readCertificate(certificateDER) else { throw .malformedPKCS12("not a certificate") }
        defer { X509_free(certificate) }
        guard X509_check_private_key(certificate, key.handle.pointer) == 1 else {
            throw .malformedPKCS12("the certificate is not that of the key")
        }
        guard let chain = OPENSSL_sk_new_null() else { throw .operation("no memory for a container") }
        defer {
            while let last = OPENSSL_sk_pop(chain) { X509_free(OpaquePointer(last)) }
            OPENSSL_sk_free(chain)
        }
        for der in chainDER {
            guard let link = readCertificate(der) else { throw .malformedPKCS12("not a certificate in the chain") }
            OPENSSL_sk_push(chain, UnsafeRawPointer(link))
        }
        let name: String? = nil
        guard
            let container = PKCS12_create(
                passphrase.exposed,
                name,
                key.handle.pointer,
                certificate,
                chain,
                0,
                0,
                iterations,
                iterations,
                0
            )
        else { throw .operation("no container was made") }
        defer { PKCS12_free(container) }
        guard let der = OwnedBytes.copy({ i2d_PKCS12(container, &$0) }) else { throw .operation("no DER was made") }
        return der
    }

    private struct Content {
        let key: KeyHandle
        let certificate: [UInt8]
        let chain: [[UInt8]]
    }

    private enum Attempt {
        case opened(Content)
        case unsupported
    }

    private static let iterations: Int32 = 100_000

    private static func open(
        _ der: [UInt8],
        _ passphrase: Secret,
        in library: LegacyLibrary?
    ) throws(CryptoError) -> Attempt {
        ErrorQueue.clear()
        guard let container = read(der, in: library) else { throw .malformedPKCS12("not a DER container") }
        defer { PKCS12_free(container) }
        let secret = passphrase.exposed
        // An empty pass phrase and none at all give different keys (RFC 7292 §B.1): either may have been meant.
        guard PKCS12_mac_present(container) == 1 else { throw .malformedPKCS12("it has no MAC") }
        guard
            PKCS12_verify_mac(container, secret, Int32(secret.utf8.count)) == 1
                || secret.isEmpty && PKCS12_verify_mac(container, nil, 0) == 1
        else {
            if ErrorQueue.namesUnsupported(ErrorQueue.drain()) { return .unsupported }
            throw .wrongPassphrase
        }
        ErrorQueue.clear()
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        let parsed = PKCS12_parse(container, secret, &key, &certificate, &others)
        defer {
            X509_free(certificate)
            while let others, let last = OPENSSL_sk_pop(others) { X509_free(OpaquePointer(last)) }
            OPENSSL_sk_free(others)
        }
        let owned = key.map(KeyHandle.init(owning:))
        guard parsed == 1 else {
            if ErrorQueue.namesUnsupported(ErrorQueue.drain()) { return .unsupported }
            throw .malformedPKCS12("its parts cannot be read")
        }
        guard let owned else { throw .malformedPKCS12("it holds no private key") }
        guard let certificate, let leaf = OwnedBytes.copy({ i2d_X509(certificate, &$0) }) else {
            throw .malformedPKCS12("it holds no certificate of its key")
        }
        let chain = (0..<max(OPENSSL_sk_num(others), 0)).compactMap { index in
            OwnedBytes.copy { i2d_X509(OPENSSL_sk_value(others, index).map { OpaquePointer($0) }, &$0) }
        }
        return .opened(Content(key: owned, certificate: leaf, chain: chain))
    }

    private static func read(_ der: [UInt8], in library: LegacyLibrary?) -> OpaquePointer? {
        var target: OpaquePointer?
        if let library {
            // The empty container carries the library context into the decoder.
            target = PKCS12_init_ex(NID_pkcs7_data, library.context, nil)
            guard target != nil else { return nil }
        }
        return der.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            // On failure the decoder frees the target that it was given.
            guard let container = d2i_PKCS12(&target, &position, bytes.count) else { return nil }
            guard let start = bytes.baseAddress, let end = position, end - start == bytes.count else {
                PKCS12_free(container)
                return nil
            }
            return container
        }
    }

    private static func readCertificate(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            return d2i_X509(nil, &position, bytes.count)
        }
    }
}

/// A context of libcrypto apart from the program's own, in which the algorithms of old containers still exist.
private final class LegacyLibrary: @unchecked Sendable {
    // INVARIANT: made once, never changed; libcrypto locks what a context holds.
    let context: OpaquePointer

    /// Nil where the legacy provider is not installed.
    static let shared = LegacyLibrary()

    private init?() {
        guard let context = OSSL_LIB_CTX_new() else { return nil }
        guard OSSL_PROVIDER_load(context, "default") != nil, OSSL_PROVIDER_load(context, "legacy") != nil else {
            OSSL_LIB_CTX_free(context)
            ErrorQueue.clear()
            return nil
        }
        self.context = context
    }

    deinit { OSSL_LIB_CTX_free(context) }
}
