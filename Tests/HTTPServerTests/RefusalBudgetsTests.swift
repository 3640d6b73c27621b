import Synchronization
import Testing

@testable import HTTPServer

private let second: Int64 = 1_000_000_000

private func key(_ number: Int) -> BudgetKey { BudgetKey(high: 1, low: UInt64(number)) }

@Suite("Budgets of refusals")
struct RefusalBudgetsTests {
    @Test func `a full budget pays for its burst and for no refusal more`() {
        let budgets = RefusalBudgets(BudgetRate(perSecond: 200, burst: 2_000), capacity: 64)
        for _ in 0..<1_999 { budgets.draw(key(1), at: second) }
        #expect(budgets.look(key(1), at: second) == .within)
        budgets.draw(key(1), at: second)
        #expect(budgets.look(key(1), at: second) == .exceeded(retryAfter: 1, isFirst: true))
        #expect(budgets.look(key(2), at: second) == .within)
    }

    @Test func `an empty budget earns one refusal in each part of a second`() {
        let budgets = RefusalBudgets(BudgetRate(perSecond: 4, burst: 2), capacity: 64)
        budgets.draw(key(1), at: second)
        budgets.draw(key(1), at: second)
        let quarter = second / 4
        #expect(budgets.look(key(1), at: second + quarter - 1) != .within)
        #expect(budgets.look(key(1), at: second + quarter) == .within)
        budgets.draw(key(1), at: second + quarter)
        #expect(budgets.look(key(1), at: second + quarter) != .within)
        // Never more than the burst, however long it rested.
        for _ in 0..<2 { budgets.draw(key(1), at: 100 * second) }
        #expect(budgets.look(key(1), at: 100 * second) != .within)
    }

    @Test func `tells the whole seconds until it is worth asking again`() {
        let budgets = RefusalBudgets(BudgetRate(perSecond: 1, burst: 1), capacity: 64)
        // Requests that were in work together may overdraw.
        for _ in 0..<4 { budgets.draw(key(1), at: second) }
        #expect(budgets.look(key(1), at: second) == .exceeded(retryAfter: 4, isFirst: true))
        #expect(budgets.look(key(1), at: second + 1) == .exceeded(retryAfter: 4, isFirst: false))
        #expect(budgets.look(key(1), at: 2 * second) == .exceeded(retryAfter: 3, isFirst: true))
        #expect(budgets.look(key(1), at: 5 * second - 1) == .exceeded(retryAfter: 1, isFirst: true))
        #expect(budgets.look(key(1), at: 5 * second) == .within)
    }

    @Test func `being told to wait costs nothing`() {
        let budgets = RefusalBudgets(BudgetRate(perSecond: 10, burst: 1), capacity: 64)
        budgets.draw(key(1), at: second)
        for _ in 0..<1_000 { _ = budgets.look(key(1), at: second) }
        #expect(budgets.look(key(1), at: second + second / 10) == .within)
    }

    @Test func `an empty budget outlives a million strangers who were refused once each`() {
        let budgets = RefusalBudgets(BudgetRate(perSecond: 200, burst: 2_000), capacity: 4_096)
        for _ in 0..<2_000 { budgets.draw(key(0), at: second) }
        for stranger in 1...1_000_000 {
            budgets.draw(BudgetKey(high: UInt64(stranger), low: 7), at: second)
        }
        #expect(budgets.look(key(0), at: second) != .within)
    }

    @Test func `it gives way only to eight that are emptier`() {
        // One shard of one set: all are in each other's way.
        let budgets = RefusalBudgets(BudgetRate(perSecond: 10, burst: 10), capacity: 8, shards: 1, seed: 1)
        #expect(budgets.capacity == 8)
        for _ in 0..<10 { budgets.draw(key(0), at: second) }
        for other in 1...7 { for _ in 0..<11 { budgets.draw(key(other), at: second) } }
        #expect(budgets.look(key(0), at: second) != .within)
        // Now it is the nearest to full of a set in which all are empty.
        budgets.draw(key(8), at: second)
        #expect(budgets.look(key(0), at: second) == .within)
        #expect(budgets.look(key(1), at: second) != .within)
    }

    @Test func `what is full again makes room`() {
        let budgets = RefusalBudgets(BudgetRate(perSecond: 10, burst: 10), capacity: 8, shards: 1, seed: 1)
        for other in 0..<8 { for _ in 0..<10 { budgets.draw(key(other), at: second) } }
        // A second later all are full; ten new ones come, and the last eight of them are kept.
        for other in 10..<18 { for _ in 0..<10 { budgets.draw(key(other), at: 3 * second) } }
        for other in 10..<18 { #expect(budgets.look(key(other), at: 3 * second) != .within) }
    }

    @Test func `holds under all threads at once exactly what was drawn`() async {
        let budgets = RefusalBudgets(BudgetRate(perSecond: 1, burst: 40_000), capacity: 1_024)
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<10_000 {
                        budgets.draw(key(1), at: second)
                        _ = budgets.look(key(1), at: second)
                    }
                }
            }
        }
        #expect(budgets.look(key(1), at: second) != .within)
        // One refusal is earned in a second, and so exactly as many were counted as were drawn.
        #expect(budgets.look(key(1), at: 2 * second) == .within)
        budgets.draw(key(1), at: 2 * second)
        #expect(budgets.look(key(1), at: 3 * second - 1) != .within)
    }

    @Test(arguments: [BudgetRate(perSecond: 1_000_000, burst: 10_000_000), BudgetRate(perSecond: 1, burst: 10_000_000)])
    func `the largest settings do not overflow`(rate: BudgetRate) {
        let budgets = RefusalBudgets(rate, capacity: 8)
        let now = Int64.max / 2
        budgets.draw(key(1), at: now)
        #expect(budgets.look(key(1), at: now) == .within)
        #expect(rate.depth / rate.period == 10_000_000)
    }
}
