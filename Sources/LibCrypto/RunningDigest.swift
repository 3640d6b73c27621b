internal import COpenSSL

/// A digest of what comes bit by bit, such as a large file.
public struct RunningDigest: ~Copyable {
    private let context: OpaquePointer?

    /// A digest of nothing yet.
    public init(_ function: HashFunction) {
        context = EVP_MD_CTX_new()
        // Fails for want of memory alone, where Swift would stop the program too.
        precondition(EVP_DigestInit_ex(context, function.algorithm, nil) == 1, "libcrypto cannot hash")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in what comes next.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        let done = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(done == 1, "libcrypto cannot hash")
    }

    /// The digest of all that was taken in.
    public consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        var length = UInt32(0)
        precondition(EVP_DigestFinal_ex(context, &digest, &length) == 1, "libcrypto cannot hash")
        return Array(digest.prefix(Int(length)))
    }
}
