import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// The tasks of a listener's connections, spread over many task groups.
///
/// Swift's runtime keeps a group's children in a list and walks it when one of them ends: in one group of 10,000 connections
/// that nobody uses, each that closes would keep the others' requests waiting for most of a millisecond.
final class ConnectionGroups: Sendable {
    typealias Connection = @Sendable () async -> Void

    private static let number = 64

    private let streams: [AsyncStream<Connection>]
    private let inlets: [AsyncStream<Connection>.Continuation]
    private let taken = Atomic<Int>(0)

    init() {
        // What waits here is a connection that was accepted, and so no more than the listener takes.
        let pairs = (0..<Self.number).map { _ in AsyncStream<Connection>.makeStream() }
        streams = pairs.map(\.stream)
        inlets = pairs.map(\.continuation)
    }

    /// Has the connection served by one of the groups, and does not wait for its end.
    func take(_ connection: @escaping Connection) {
        let turn = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        inlets[turn % Self.number].yield(connection)
    }

    /// No connections come any more: ``run()`` ends with those that are there.
    func finish() {
        for inlet in inlets { inlet.finish() }
    }

    /// Serves the connections that come, until ``finish()`` and the end of the last one.
    func run() async {
        await withDiscardingTaskGroup { groups in
            for stream in streams {
                groups.addTask {
                    await withDiscardingTaskGroup { group in
                        for await connection in stream { group.addTask(operation: connection) }
                    }
                }
            }
        }
    }
}

/// Hands each connection over to the groups, and keeps it in mind among those that are open.
struct GroupedConnections<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let groups: ConnectionGroups
    let connections: OpenConnections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        connections.enter(channel)
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        groups.take { [base] in await base.handle(value: value, logger: logger) }
    }
}
