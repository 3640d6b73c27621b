import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// The tasks of a listener's connections, outside any task group.
///
/// Swift's runtime keeps a group's children in a list and walks it when one of them ends: in one group of 10,000 connections
/// that nobody uses, each that closes would keep the others' requests waiting for most of a millisecond.
final class ConnectionTasks: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
        var isFinished = false
        var isCancelled = false
        var waiter: CheckedContinuation<Void, Never>?

        /// Who waits for the end, when that has come.
        mutating func ended() -> CheckedContinuation<Void, Never>? {
            guard isFinished, tasks.isEmpty else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    private let state = Mutex(State())

    /// Serves a connection, and does not wait for its end.
    ///
    /// It is served in any case, if only to be closed: NIO stops the program over a connection that nobody took.
    ///
    /// Without an executor it runs on the threads that all tasks share.
    func start(on executor: LoopExecutor? = nil, _ connection: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            let number = state.next
            state.next += 1
            // INVARIANT: `run()` does not end before this task has, and hands its own cancellation on to it.
            let task = Task(executorPreference: executor) {
                await connection()
                self.end(number)
            }
            if state.isCancelled { task.cancel() }
            state.tasks[number] = task
        }
    }

    private func end(_ number: Int) {
        let waiter = state.withLock { state in
            state.tasks[number] = nil
            return state.ended()
        }
        waiter?.resume()
    }

    /// No connections come any more: ``run()`` ends with those that are there.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.ended()
        }
        waiter?.resume()
    }

    /// Waits for ``finish()`` and the end of the last connection; cancels them all when it is cancelled itself.
    func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    state.waiter = continuation
                    return state.ended() != nil
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let tasks = state.withLock { state in
                state.isCancelled = true
                return Array(state.tasks.values)
            }
            for task in tasks { task.cancel() }
        }
    }
}

/// Gives each connection a task of its own, and keeps it in mind among those that are open.
struct OwnTaskConnections<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let tasks: ConnectionTasks
    let connections: OpenConnections
    let maximum: Int
    /// Where the tasks run; nil for the threads that all tasks share.
    var executors: LoopExecutors?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        connections.enter(channel, maximum: maximum)
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        let executor = executors?.executor(of: value.channel.eventLoop)
        tasks.start(on: executor) { [base] in await base.handle(value: value, logger: logger) }
    }
}
