import Synchronization
import Testing

@testable import Server

@Suite("Memory after a crowd of connections")
struct MemoryReleaseTests {
    /// How often memory was given back while the number of connections went as told.
    private func releases(_ connections: [Int]) -> Int {
        let count = Mutex(0)
        let memory = MemoryRelease { count.withLock { $0 += 1 } }
        for number in connections { memory.look(connections: number) }
        return count.withLock { $0 }
    }

    @Test func `is given back when half of a crowd has left, and once more`() {
        #expect(releases([0, 10_000, 5_001]) == 0)
        #expect(releases([0, 10_000, 5_000]) == 1)
        #expect(releases([0, 10_000, 5_000, 5_000]) == 2)
        #expect(releases([0, 10_000, 5_000, 5_000, 5_000, 5_000]) == 2)
        #expect(releases([0, 10_000, 0, 0, 0, 0]) == 2)
    }

    @Test func `is left alone when there was no crowd`() {
        #expect(releases([0, 511, 0, 0]) == 0)
        #expect(releases([0, 512, 0, 0]) == 2)
    }
}
