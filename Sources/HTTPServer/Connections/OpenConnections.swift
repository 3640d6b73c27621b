import HummingbirdCore
import Synchronization

/// How many connections a listener has open.
public final class OpenConnections: Sendable {
    private let number = Atomic<Int>(0)

    /// None.
    public init() {}

    /// How many there are now.
    public var count: Int { number.load(ordering: .relaxed) }

    func opened() { number.add(1, ordering: .relaxed) }

    func closed() { number.subtract(1, ordering: .relaxed) }
}

/// Takes no more connections than a listener may have; further ones wait in the kernel's queue.
struct ConnectionLimit: AvailableConnectionsDelegate {
    let connections: OpenConnections
    let maximum: Int

    func connectionOpened() { connections.opened() }

    func connectionClosed() { connections.closed() }

    func isAcceptingNewConnections() -> Bool { connections.count < maximum }
}
