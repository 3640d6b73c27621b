internal import COpenSSL
public import Vocabulary

extension PrivateKey {
    /// Reads the one private key of a text.
    ///
    /// PKCS#8 (`PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) and SEC 1 (`EC PRIVATE KEY`), the last
    /// two also in the traditional encrypted form. Certificates and other blocks beside it are passed over.
    ///
    /// - Throws: `CryptoError.malformedPEM`, `.malformedKey`, `.unsupportedKey`, `.passphraseRequired`, `.wrongPassphrase`.
    public convenience init(pem: String, passphrase: Secret? = nil) throws(CryptoError) {
        let blocks = try PEM.read(Array(pem.utf8))
        let keys = blocks.filter { $0.label == "PRIVATE KEY" || $0.label.hasSuffix(" PRIVATE KEY") }
        guard let block = keys.first else {
            let found = blocks.isEmpty ? "no block at all" : blocks.map { "`\($0.label)`" }.joined(separator: ", ")
            throw .malformedPEM("a private key is expected, \(found) found")
        }
        guard keys.count == 1 else { throw .malformedPEM("one private key is expected, \(keys.count) found") }
        try self.init(Self.decode(block, passphrase).privateComponents())
    }

    private static func decode(_ block: PEM.Block, _ passphrase: Secret?) throws(CryptoError) -> KeyHandle {
        // Whatever way this ends, the thread's queue is left clean.
        defer { ErrorQueue.clear() }
        if block.label == "ENCRYPTED PRIVATE KEY" { return try decrypt(block.der, passphrase) }
        if !block.headers.isEmpty { return try decryptTraditional(block, passphrase) }
        switch block.label {
        case "PRIVATE KEY": return try decodePKCS8(block.der)
        case "RSA PRIVATE KEY": return try decode(block.der, EVP_PKEY_RSA)
        case "EC PRIVATE KEY": return try decode(block.der, EVP_PKEY_EC)
        default: throw .unsupportedKey("a block `\(block.label)`")
        }
    }

    /// PKCS#8 in the clear (RFC 5958).
    private static func decodePKCS8(_ der: [UInt8]) throws(CryptoError) -> KeyHandle {
        guard let info = readWhole(der, { d2i_PKCS8_PRIV_KEY_INFO(nil, &$0, $1) }, PKCS8_PRIV_KEY_INFO_free) else {
            throw .malformedKey("not a DER PrivateKeyInfo")
        }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        return try key(of: info)
    }

    private static func key(of info: OpaquePointer) throws(CryptoError) -> KeyHandle {
        guard let key = EVP_PKCS82PKEY(info) else {
            throw .malformedKey("not a private key of a known algorithm")
        }
        return KeyHandle(owning: key)
    }

    /// PKCS#1 or SEC 1 in the clear.
    private static func decode(_ der: [UInt8], _ type: Int32) throws(CryptoError) -> KeyHandle {
        guard let key = readWhole(der, { d2i_PrivateKey(type, nil, &$0, $1) }, EVP_PKEY_free) else {
            throw .malformedKey("not a DER private key of this form")
        }
        return KeyHandle(owning: key)
    }

    /// EncryptedPrivateKeyInfo (RFC 5958 §3).
    private static func decrypt(_ der: [UInt8], _ passphrase: Secret?) throws(CryptoError) -> KeyHandle {
        guard let sealed = readWhole(der, { d2i_X509_SIG(nil, &$0, $1) }, X509_SIG_free) else {
            throw .malformedKey("not a DER EncryptedPrivateKeyInfo")
        }
        defer { X509_SIG_free(sealed) }
        guard let passphrase else { throw .passphraseRequired }
        ErrorQueue.clear()
        let secret = passphrase.exposed
        guard let info = PKCS8_decrypt(sealed, secret, Int32(secret.utf8.count)) else {
            if ErrorQueue.namesUnsupported(ErrorQueue.drain()) {
                throw .unsupportedKey("encrypted by a method that libcrypto no longer has")
            }
            throw .wrongPassphrase
        }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        return try key(of: info)
    }

    /// The form of before PKCS#8: `Proc-Type: 4,ENCRYPTED` and `DEK-Info` above the base64 (RFC 1421 §4.6.1).
    private static func decryptTraditional(_ block: PEM.Block, _ passphrase: Secret?) throws(CryptoError) -> KeyHandle {
        guard block.headers.contains(where: { $0.hasPrefix("Proc-Type:") && $0.hasSuffix("ENCRYPTED") }) else {
            throw .malformedPEM("headers that no key has")
        }
        guard let passphrase else { throw .passphraseRequired }
        let text = Array(block.text.utf8)
        guard let source = BIO_new_mem_buf(text, Int32(text.count)) else { throw .operation("no memory for a key") }
        defer { BIO_free(source) }
        ErrorQueue.clear()
        // Without a callback libcrypto takes the last argument for the pass phrase itself.
        let key = passphrase.exposed.withCString { secret in
            PEM_read_bio_PrivateKey(source, nil, nil, UnsafeMutableRawPointer(mutating: secret))
        }
        guard let key else {
            let entries = ErrorQueue.drain()
            if entries.contains(where: { $0.library == ERR_LIB_PEM && $0.reason == PEM_R_UNSUPPORTED_ENCRYPTION }) {
                throw .unsupportedKey("encrypted by a method that libcrypto does not have")
            }
            // A wrong pass phrase mostly breaks the padding and sometimes only the key inside.
            throw .wrongPassphrase
        }
        return KeyHandle(owning: key)
    }

    /// Reads one DER value that must fill the bytes.
    private static func readWhole(
        _ der: [UInt8],
        _ read: (inout UnsafePointer<UInt8>?, Int) -> OpaquePointer?,
        _ free: (OpaquePointer?) -> Void
    ) -> OpaquePointer? {
        der.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            guard let value = read(&position, bytes.count) else { return nil }
            guard let start = bytes.baseAddress, let end = position, end - start == bytes.count else {
                free(value)
                return nil
            }
            return value
        }
    }

    /// The key as PKCS#8 in the clear (`PRIVATE KEY`).
    ///
    /// - Throws: `CryptoError.operation`.
    public func pem() throws(CryptoError) -> String {
        defer { ErrorQueue.clear() }
        guard let info = EVP_PKEY2PKCS8(handle.pointer) else { throw .operation("no PKCS#8 was made") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        return try Self.armoured("PRIVATE KEY") { i2d_PKCS8_PRIV_KEY_INFO(info, &$0) }
    }

    /// The key as encrypted PKCS#8: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256 (RFC 8018 §6.2).
    ///
    /// - Throws: `CryptoError.operation`.
    public func pem(encryptedWith passphrase: Secret) throws(CryptoError) -> String {
        defer { ErrorQueue.clear() }
        guard let info = EVP_PKEY2PKCS8(handle.pointer) else { throw .operation("no PKCS#8 was made") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        let secret = passphrase.exposed
        // -1 with a cipher asks for PBES2, whose pseudo-random function is HMAC-SHA-256; salt and vector are drawn.
        guard
            let sealed = PKCS8_encrypt(
                -1,
                EVP_aes_256_cbc(),
                secret,
                Int32(secret.utf8.count),
                nil,
                0,
                Self.iterations,
                info
            )
        else { throw .operation("no encrypted PKCS#8 was made") }
        defer { X509_SIG_free(sealed) }
        return try Self.armoured("ENCRYPTED PRIVATE KEY") { i2d_X509_SIG(sealed, &$0) }
    }

    private static func armoured(
        _ label: String,
        _ write: (inout UnsafeMutablePointer<UInt8>?) -> Int32
    ) throws(CryptoError) -> String {
        guard let der = OwnedBytes.copy(write) else { throw .operation("no DER was made") }
        return PEM.encode(der, label: label)
    }

    /// Rounds of PBKDF2: about a tenth of a second for whoever guesses a pass phrase.
    private static let iterations: Int32 = 210_000
}

/// Bytes that libcrypto allocates for its caller.
enum OwnedBytes {
    /// Calls an `i2d_` function with a null target, and takes what it allocated.
    static func copy(_ write: (inout UnsafeMutablePointer<UInt8>?) -> Int32) -> [UInt8]? {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = write(&bytes)
        guard count > 0, let bytes else { return nil }
        defer { CRYPTO_clear_free(bytes, Int(count), #file, #line) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
}
