import Synchronization

/// How many requests a listener is answering: from the head's arrival until the last part of the answer is written.
public final class RequestsInFlight: Sendable {
    private let number = Atomic<Int>(0)

    /// None.
    public init() {}

    /// How many there are now.
    public var count: Int { number.load(ordering: .relaxed) }

    func begin() { number.add(1, ordering: .relaxed) }

    func end(_ count: Int = 1) { number.subtract(count, ordering: .relaxed) }
}
