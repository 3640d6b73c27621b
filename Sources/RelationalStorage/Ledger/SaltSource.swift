#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

internal import AuditLedger

/// Random bytes for entries, fetched from the kernel for many at once: the same bytes as of `SystemRandomNumberGenerator`,
/// which makes two system calls for each salt.
package struct SaltSource {
    private var pool: [UInt8] = []

    /// A source that has fetched nothing yet.
    package init() {}

    /// The most that `getentropy` gives at once.
    private static let poolLength = 256

    /// The next salt.
    package mutating func next() -> [UInt8] {
        if pool.isEmpty { refill() }
        let salt = Array(pool.suffix(LedgerEntry.saltLength))
        pool.removeLast(LedgerEntry.saltLength)
        return salt
    }

    private mutating func refill() {
        pool = [UInt8](unsafeUninitializedCapacity: Self.poolLength) { buffer, count in
            let failed = getentropy(buffer.baseAddress, buffer.count)
            precondition(failed == 0, "the kernel has no random bytes")
            count = buffer.count
        }
    }
}
