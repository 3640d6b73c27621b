internal import Vocabulary

/// Threads that may block, for tasks, which must not.
final class WorkerThreads: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var first = 0
        var isClosed = false

        var isEmpty: Bool { first == jobs.count }

        mutating func next() -> (@Sendable () -> Void)? {
            guard !isEmpty else { return nil }
            defer {
                first += 1
                if isEmpty {
                    jobs.removeAll(keepingCapacity: true)
                    first = 0
                }
            }
            return jobs[first]
        }
    }

    private enum Turn {
        case job(@Sendable () -> Void)
        case end
    }

    private let state = Monitor(State())
    private let limit: Int

    /// So many threads; at most `limit` jobs wait for them.
    init(count: Int, limit: Int = 4_096) {
        self.limit = limit
        for number in 1...count {
            // INVARIANT: the thread holds the state alone, and ends when that is closed and empty.
            startThread(named: "postgres-\(number)") { [state] in Self.work(state) }
        }
    }

    deinit { close() }

    /// Runs `body` on one of the threads.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = state.withState { state in
                guard !state.isClosed, state.jobs.count - state.first < limit else { return false }
                state.jobs.append { continuation.resume(with: Swift.Result(catching: body)) }
                return true
            }
            if !isTaken { continuation.resume(throwing: PostgreSQLError.exhausted(connections: limit)) }
        }
    }

    /// Takes no more jobs; the threads end when all that wait are done.
    func close() {
        state.withState { $0.isClosed = true }
        state.wakeAll()
    }

    private static func work(_ state: Monitor<State>) {
        while true {
            let turn = state.wait(for: nil) { state -> Turn? in
                if let job = state.next() { return .job(job) }
                return state.isClosed ? .end : nil
            }
            guard case .job(let job) = turn else { return }
            job()
        }
    }
}
