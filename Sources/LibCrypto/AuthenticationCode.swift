internal import COpenSSL

/// The keyed digest HMAC (RFC 2104) under one key, for many texts: the key is prepared once.
///
/// Used by one thread at a time.
public final class AuthenticationCode {
    private let context: OpaquePointer
    private let length: Int

    /// Prepares a key.
    public init(_ function: HashFunction, key: [UInt8]) {
        length = function.digestLength
        var name: [CChar] =
            switch function {
            case .sha256: "SHA2-256".utf8CString.map { $0 }
            case .sha384: "SHA2-384".utf8CString.map { $0 }
            case .sha512: "SHA2-512".utf8CString.map { $0 }
            }
        let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
        defer { EVP_MAC_free(algorithm) }
        let context = EVP_MAC_CTX_new(algorithm)
        let done = name.withUnsafeMutableBufferPointer { name in
            let parameters = [
                OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            return EVP_MAC_init(context, key, key.count, parameters)
        }
        // Fails for want of memory alone, where Swift would stop the program too.
        guard let context, done == 1 else { preconditionFailure("libcrypto cannot hash") }
        self.context = context
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// The keyed digest of a text.
    public func of(_ text: [UInt8]) -> [UInt8] { of(text) { Array($0) } }

    /// Gives the keyed digest of a text to `body`, without making an array of it.
    public func of<Result>(_ text: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { output in
            var count = 0
            // Without a key the one from before is used again.
            let done =
                EVP_MAC_init(context, nil, 0, nil) == 1 && EVP_MAC_update(context, text, text.count) == 1
                && EVP_MAC_final(context, output.baseAddress, &count, output.count) == 1
            precondition(done && count == length, "libcrypto cannot hash")
            return body(UnsafeRawBufferPointer(output))
        }
    }
}
