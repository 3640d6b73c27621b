public import Vocabulary

/// The clocks of a client: the wall's for what the server reads, and an even one for how long things last.
public protocol ClientClock: WallClock {
    /// Time since an arbitrary point; never set, and running while the machine sleeps.
    var elapsed: Duration { get }

    /// Waits.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's clocks.
public struct SystemClientClock: ClientClock {
    private static let origin = ContinuousClock.now

    /// The machine's clocks.
    public init() {}

    /// The present time.
    public var now: Timestamp { SystemClock().now }

    /// Time since the first use.
    public var elapsed: Duration { ContinuousClock.now - Self.origin }

    /// Waits on the continuous clock.
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
