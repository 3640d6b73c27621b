import Synchronization
public import TokenIssuance

/// Whether the server should get new requests, for load balancers.
public final class Readiness: Sendable {
    private let draining = Atomic<Bool>(false)
    private let check: @Sendable () -> Unavailable?

    /// Ready as long as `check` finds no obstacle; it must not wait.
    public init(check: @escaping @Sendable () -> Unavailable? = { nil }) { self.check = check }

    /// The server is about to end: not ready from now on, though it still answers.
    public func beginDraining() { draining.store(true, ordering: .relaxed) }

    /// Why the server should get no new requests; nil when it should.
    public var obstacle: Unavailable? { draining.load(ordering: .relaxed) ? .draining : check() }
}
