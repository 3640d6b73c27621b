import Synchronization

/// One piece of work with any number of waiters: whoever is cancelled leaves, the work goes on for the others.
package final class SharedFetch<Success: Sendable, Failure: Error>: Sendable {
    private struct State {
        var outcome: Result<Success, Failure>?
        var waiters: [Int: CheckedContinuation<Result<Success, Failure>?, Never>] = [:]
        /// Waiters that were cancelled before they had begun to wait.
        var goneEarly: Set<Int> = []
        var drawn = 0
    }

    private let state = Mutex(State())

    /// Work that has not begun.
    package init() {}

    /// Starts the work.
    ///
    /// The task belongs to nobody who waits: it must outlive the first caller, and must not carry that caller's task-local
    /// values (its trace, its deadline) into work that is done for all. It ends by itself, by the work's own deadline; work
    /// that has none is waited for by `outcome(within:)`, and whoever starts it sees that no more is started meanwhile.
    package func run(_ work: @escaping @Sendable () async -> Result<Success, Failure>) {
        Task.detached { self.finish(await work()) }
    }

    /// The outcome, as soon as it is there; nil when the waiting task was cancelled first.
    package func outcome() async -> Result<Success, Failure>? {
        let waiter = state.withLock { state in
            state.drawn += 1
            return state.drawn
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Result<Success, Failure>?? = state.withLock { state in
                    if let outcome = state.outcome { return .some(outcome) }
                    if state.goneEarly.remove(waiter) != nil { return .some(nil) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let continuation = state.waiters.removeValue(forKey: waiter)
                if continuation == nil, state.outcome == nil { state.goneEarly.insert(waiter) }
                return continuation
            }
            continuation?.resume(returning: nil)
        }
    }

    /// The outcome if it comes within a time of the machine's even clock; nil when it does not, and the work goes on.
    package func outcome(within time: Duration) async -> Result<Success, Failure>? {
        await withTaskGroup(of: Result<Success, Failure>?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await self.outcome() }
            group.addTask {
                try? await Task.sleep(for: time)
                return nil
            }
            return await group.next() ?? nil
        }
    }

    private func finish(_ outcome: Result<Success, Failure>) {
        let waiters = state.withLock { state in
            state.outcome = outcome
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }
}
