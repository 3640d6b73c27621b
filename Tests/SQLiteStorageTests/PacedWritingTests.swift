import Foundation
@testable import SQLiteStorage
import Testing

@Suite("DESIGN §12: bulk work never holds up a server")
struct PacedWritingTests {
    let world: RegisterWorld

    init() throws { world = try RegisterWorld() }

    @Test func `a transaction takes no further item once its time is used`() throws {
        let lock = try ServeLock(on: world.folder)
        let transactions = try write(30, sleeping: 0.005)
        withExtendedLifetime(lock) {}
        // 20 ms hold four items of 5 ms; a slow machine makes more transactions, never fewer.
        #expect(transactions >= 7)
    }

    @Test func `while nobody serves, a transaction takes more`() throws {
        // Half a second holds 150 ms, unless the machine is very slow.
        #expect(try write(30, sleeping: 0.005) <= 7)
    }

    @Test func `quick items share a transaction`() throws {
        #expect(try write(200, sleeping: 0) <= 20)
    }

    @Test func `the clock is looked at after each 64 quick items, and their tool is made once a transaction`() throws {
        let lock = try ServeLock(on: world.folder)
        var tools = 0
        var items: [Int] = []
        try PacedWriting(store: world.store).write(
            quick: 200,
            preparing: { _ in
                tools += 1
                return tools
            },
            { tool, item in
                #expect(tool == tools)
                items.append(item)
                Thread.sleep(forTimeInterval: 0.001)
            }
        )
        withExtendedLifetime(lock) {}
        #expect(items == Array(0..<200))
        // 64 ms are more than a transaction has: three full runs, and one of eight.
        #expect(tools == 4)
    }

    @Test func `nothing to write is no transaction`() throws {
        #expect(try write(0, sleeping: 0) == 0)
    }

    @Test func `while a server serves, it rests as long as it wrote`() throws {
        let clock = ContinuousClock()
        let lock = try ServeLock(on: world.folder)
        let served = try clock.measure { _ = try write(30, sleeping: 0.005) }
        withExtendedLifetime(lock) {}
        #expect(served >= .milliseconds(2 * 30 * 5))
    }

    @Test func `what fails rolls its own transaction back and stops`() throws {
        struct Stop: Error {}
        var items = 0
        #expect(throws: Stop.self) {
            try PacedWriting(store: world.store).write(Array(0..<10)) { transaction, item in
                if item == 3 { throw Stop() }
                items += 1
                try transaction.raiseRevision()
            }
        }
        #expect(items == 3)
        #expect(try world.revision() == 1)
    }

    /// Writes so many items, each of which takes a while, and counts the transactions.
    private func write(_ count: Int, sleeping seconds: Double) throws -> Int {
        var transactions: [SQLiteTransaction] = []
        var items: [Int] = []
        try PacedWriting(store: world.store).write(Array(0..<count)) { transaction, item in
            // Kept alive, so that no two have the same identity.
            if transactions.last !== transaction { transactions.append(transaction) }
            items.append(item)
            Thread.sleep(forTimeInterval: seconds)
        }
        #expect(items == Array(0..<count))
        return transactions.count
    }
}
