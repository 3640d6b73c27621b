/// An even clock: it tells how long things last and is never set.
public protocol KeySetClock: Sendable {
    /// Time since an arbitrary point, running while the machine sleeps.
    var elapsed: Duration { get }

    /// Waits.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's even clock.
public struct SystemKeySetClock: KeySetClock {
    private static let origin = ContinuousClock.now

    /// The machine's even clock.
    public init() {}

    /// Time since the first use.
    public var elapsed: Duration { ContinuousClock.now - Self.origin }

    /// Waits.
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
