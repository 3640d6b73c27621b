import Synchronization
public import TokenIssuance
public import Vocabulary

/// A clock that stands until it is set.
public final class FixedClock: WallClock {
    private let time: Mutex<Timestamp>

    /// A clock that stands at `now`.
    public init(_ now: Timestamp) { time = Mutex(now) }

    /// The time it stands at.
    public var now: Timestamp { time.withLock { $0 } }

    /// Sets it to `now`.
    public func set(_ now: Timestamp) { time.withLock { $0 = now } }

    /// Moves it on.
    public func advance(by span: Seconds) { time.withLock { $0 = $0 + span } }
}

/// Token identifiers in order: `token-1`, `token-2` and so on.
public final class CountingTokenIDs: TokenIDSource {
    private let count = Mutex(0)

    /// Begins at 1.
    public init() {}

    /// The next one.
    public func next() -> TokenID {
        count.withLock {
            $0 += 1
            return TokenID("token-\($0)")
        }
    }
}
