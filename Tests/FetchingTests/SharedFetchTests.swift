import Fetching
import Synchronization
import Testing

@Suite("Shared work: one doing, any number waiting")
struct SharedFetchTests {
    private struct Fault: Error, Equatable {}

    @Test func `all who wait get the one outcome`() async {
        let fetch = SharedFetch<Int, Fault>()
        let runs = Mutex(0)
        let outcomes = await withTaskGroup(of: Result<Int, Fault>?.self) { group in
            for _ in 0..<100 { group.addTask { await fetch.outcome() } }
            fetch.run {
                runs.withLock { $0 += 1 }
                return .success(7)
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 100)
        #expect(outcomes.allSatisfy { $0 == .success(7) })
        #expect(runs.withLock { $0 } == 1)
    }

    @Test func `who comes late gets the outcome at once, a failure too`() async {
        let fetch = SharedFetch<Int, Fault>()
        fetch.run { .failure(Fault()) }
        #expect(await fetch.outcome() == .failure(Fault()))
        #expect(await fetch.outcome() == .failure(Fault()))
    }

    @Test(.timeLimit(.minutes(1))) func `who waits for a time only leaves when it is over, the work goes on`() async {
        let fetch = SharedFetch<Int, Fault>()
        // Not begun, so it does not end.
        #expect(await fetch.outcome(within: .milliseconds(10)) == nil)
        #expect(await fetch.outcome(within: .zero) == nil)
        fetch.run { .success(1) }
        #expect(await fetch.outcome(within: .seconds(600)) == .success(1))
    }

    @Test func `a cancelled waiter leaves, the work goes on for the others`() async {
        let fetch = SharedFetch<Int, Fault>()
        let leaving = Task { await fetch.outcome() }
        let staying = Task { await fetch.outcome() }
        leaving.cancel()
        #expect(await leaving.value == nil)
        fetch.run { .success(Task.isCancelled ? 0 : 1) }
        #expect(await staying.value == .success(1))
    }

    @Test func `a waiter that was cancelled before it began leaves too`() async {
        let fetch = SharedFetch<Int, Fault>()
        let waiter = Task {
            while !Task.isCancelled { await Task.yield() }
            return await fetch.outcome()
        }
        waiter.cancel()
        #expect(await waiter.value == nil)
    }

    @Test func `the work carries nothing of the task that started it`() async {
        let fetch = SharedFetch<String, Fault>()
        Caller.$name.withValue("first caller") { fetch.run { .success(Caller.name) } }
        #expect(await fetch.outcome() == .success("nobody"))
    }

    private enum Caller {
        @TaskLocal static var name = "nobody"
    }
}
