import Glibc
import Synchronization
import Testing
import Vocabulary

@testable import Organisations

@Suite("What passes from thread to thread while a register file is read")
struct ConveyorTests {
    @Test(.timeLimit(.minutes(1)))
    func `a putter stops when so much lies waiting, and goes on when it is taken`() {
        let conveyor = Conveyor<Int>(capacity: 10)
        let count = Counter()
        startThread(named: "putter") {
            for element in 0..<9 {
                guard conveyor.put(element, weighing: 4) else { return }
                count.raise()
            }
            conveyor.close()
        }
        // Two of four fit into ten, a third does not.
        count.wait(until: 2)
        #expect(count.value == 2)
        #expect(conveyor.take() == 0)
        count.wait(until: 3)
        #expect(count.value == 3)
        var rest: [Int] = []
        while let element = conveyor.take() { rest.append(element) }
        #expect(rest == Array(1..<9))
    }

    @Test func `what is heavier than all that fits goes alone`() {
        let conveyor = Conveyor<String>(capacity: 10)
        #expect(conveyor.put("heavy", weighing: 100))
        #expect(conveyor.take() == "heavy")
        #expect(conveyor.put("next", weighing: 1))
        conveyor.close()
        #expect(conveyor.take() == "next")
        #expect(conveyor.take() == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a putter that waits ends when nobody takes any more`() {
        let conveyor = Conveyor<Int>(capacity: 1)
        let results = Conveyor<Bool>(capacity: 10)
        #expect(conveyor.put(0, weighing: 1))
        startThread(named: "putter") {
            _ = results.put(conveyor.put(1, weighing: 1))
            results.close()
        }
        conveyor.abandon()
        #expect(results.take() == false)
        #expect(conveyor.put(2) == false)
    }
}

/// Counts across threads.
private final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func raise() { count.add(1, ordering: .sequentiallyConsistent) }

    func wait(until wanted: Int) {
        while value < wanted { usleep(1_000) }
    }
}
