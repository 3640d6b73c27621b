internal import COpenSSL

/// A member of the SHA-2 family (FIPS 180-4).
public enum HashFunction: Sendable, Hashable, CaseIterable {
    /// 32 bytes.
    case sha256
    /// 48 bytes.
    case sha384
    /// 64 bytes.
    case sha512

    /// The length of a digest, in bytes.
    public var digestLength: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The digest of all the bytes.
    public func digest(_ bytes: some Collection<UInt8>) -> [UInt8] { digest(of: Array(bytes)) }

    /// The keyed digest HMAC (RFC 2104), for pseudonyms and checks between parts of one installation.
    public func authenticationCode(of bytes: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        // The array with one spare byte gives an empty key an address: HMAC reads a null key as "the one before".
        let key = Array(key)
        let spare = key + [0]
        let bytes = Array(bytes)
        return Array(unsafeUninitializedCapacity: digestLength) { output, count in
            var length = UInt32(0)
            let made = HMAC(algorithm, spare, Int32(key.count), bytes, bytes.count, output.baseAddress, &length)
            precondition(made != nil && Int(length) == digestLength, "libcrypto cannot hash")
            count = digestLength
        }
    }

    func digest(of bytes: [UInt8]) -> [UInt8] {
        Array(unsafeUninitializedCapacity: digestLength) { output, count in
            // Fails for want of memory alone, where Swift would stop the program too.
            let done = EVP_Digest(bytes, bytes.count, output.baseAddress, nil, algorithm, nil)
            precondition(done == 1, "libcrypto cannot hash")
            count = digestLength
        }
    }

    /// The `EVP_MD`, which lives as long as the program.
    var algorithm: OpaquePointer? {
        switch self {
        case .sha256: FetchedDigest.sha256.pointer
        case .sha384: FetchedDigest.sha384.pointer
        case .sha512: FetchedDigest.sha512.pointer
        }
    }
}

/// A digest fetched once: OpenSSL 3 looks the names of `EVP_sha256()` up again at each use.
private final class FetchedDigest: @unchecked Sendable {
    // INVARIANT: set once, read-only, counted by libcrypto; an `EVP_MD` may be used by any thread.
    let pointer: OpaquePointer?

    static let sha256 = FetchedDigest("SHA256")
    static let sha384 = FetchedDigest("SHA384")
    static let sha512 = FetchedDigest("SHA512")

    private init(_ name: String) { pointer = EVP_MD_fetch(nil, name, nil) }
    deinit { EVP_MD_free(pointer) }
}

/// Compares secrets in a time that depends on the lengths alone.
public func constantTimeEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    let left = Array(left)
    let right = Array(right)
    return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
