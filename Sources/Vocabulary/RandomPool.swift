#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

import Synchronization

/// The system's random numbers, fetched from the kernel for many draws at once: the same bits as of
/// `SystemRandomNumberGenerator`, which makes a system call for each draw.
package final class RandomPool: Sendable {
    private let words = Mutex<[UInt64]>([])

    /// The most that `getentropy` gives at once, 256 bytes.
    private static let capacity = 32

    /// An empty pool.
    package init() {}

    /// 64 bits that nobody else gets.
    package func next() -> UInt64 { words.withLock { Self.draw(from: &$0) } }

    /// Several times 64 bits, drawn together.
    package func next(_ count: Int) -> [UInt64] {
        words.withLock { words in (0..<count).map { _ in Self.draw(from: &words) } }
    }

    private static func draw(from words: inout [UInt64]) -> UInt64 {
        if words.isEmpty {
            words = [UInt64](unsafeUninitializedCapacity: capacity) { buffer, count in
                let failed = getentropy(buffer.baseAddress, capacity * MemoryLayout<UInt64>.size)
                precondition(failed == 0, "the kernel has no random bytes")
                count = capacity
            }
        }
        return words.removeLast()
    }
}
