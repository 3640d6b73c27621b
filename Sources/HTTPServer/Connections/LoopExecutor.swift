import NIOCore

/// Runs the task of a connection on that connection's own event loop.
///
/// What a request does between two waits is short: to hand it to another thread and its answer back would cost more than the
/// work itself. What takes long has threads of its own (the ledger's writer, the database's queues).
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    /// An executor of one loop; as many tasks as there are connections may share it.
    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// The executors of a listener's loops, one each.
final class LoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: LoopExecutor]

    /// The executors of all loops of a group.
    init(_ group: any EventLoopGroup) {
        executors = Dictionary(
            group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The executor of a loop; nil for a loop of another group.
    func executor(of loop: any EventLoop) -> LoopExecutor? { executors[ObjectIdentifier(loop)] }
}
