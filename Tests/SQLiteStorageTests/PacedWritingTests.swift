import Foundation
@testable import SQLiteStorage
import TestSupport
import Testing

@Suite("DESIGN §12: bulk work never holds up a server")
struct PacedWritingTests {
    let world: RegisterWorld
    /// Writing takes as long as an item says, on any machine.
    let clock = SteppedClock()

    init() throws { world = try RegisterWorld() }

    @Test func `a transaction takes no further item once its time is used`() throws {
        let lock = try ServeLock(on: world.folder)
        let transactions = try write(30, taking: .milliseconds(5))
        withExtendedLifetime(lock) {}
        // 20 ms hold four items of 5 ms.
        #expect(transactions == 8)
    }

    @Test func `while nobody serves, a transaction takes more`() throws {
        // Half a second holds 150 ms.
        #expect(try write(30, taking: .milliseconds(5)) == 1)
        #expect(try write(101, taking: .milliseconds(5)) == 2)
    }

    @Test func `quick items share a transaction`() throws {
        #expect(try write(200, taking: .zero) == 1)
    }

    @Test func `the clock is looked at after each run of quick items, and their tool is made once a transaction`()
        throws
    {
        let lock = try ServeLock(on: world.folder)
        var tools = 0
        var items: [Int] = []
        try PacedWriting(store: world.store, instant: { [clock] in clock.now }).write(
            200,
            between: 64,
            preparing: { _ in
                tools += 1
                return tools
            },
            { tool, run in
                #expect(tool == tools)
                items += run
                clock.advance(by: .milliseconds(run.count))
            }
        )
        withExtendedLifetime(lock) {}
        #expect(items == Array(0..<200))
        // 64 ms are more than a transaction has: three full runs, and one of eight.
        #expect(tools == 4)
    }

    @Test func `nothing to write is no transaction`() throws {
        #expect(try write(0, taking: .zero) == 0)
    }

    @Test func `while a server serves, it rests as long as it wrote`() throws {
        let lock = try ServeLock(on: world.folder)
        // What the writing takes is told, the rest is really taken.
        let rested = try ContinuousClock().measure { _ = try write(30, taking: .milliseconds(5)) }
        withExtendedLifetime(lock) {}
        #expect(rested >= .milliseconds(30 * 5))
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
    private func write(_ count: Int, taking time: Duration) throws -> Int {
        var transactions: [SQLiteTransaction] = []
        var items: [Int] = []
        let writing = PacedWriting(store: world.store, instant: { [clock] in clock.now })
        try writing.write(Array(0..<count)) { transaction, item in
            // Kept alive, so that no two have the same identity.
            if transactions.last !== transaction { transactions.append(transaction) }
            items.append(item)
            clock.advance(by: time)
        }
        #expect(items == Array(0..<count))
        return transactions.count
    }
}
