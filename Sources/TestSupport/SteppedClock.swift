import Synchronization

/// An even clock that stands still until a test lets time pass: what it times does not hang on how fast the machine is.
public final class SteppedClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    /// A clock that stands still.
    public init() {}

    /// What it shows.
    public var now: ContinuousClock.Instant { instant.withLock { $0 } }

    /// Lets time pass.
    public func advance(by duration: Duration) { instant.withLock { $0 += duration } }
}
