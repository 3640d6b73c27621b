/// When a cached token is renewed.
public struct RefreshPolicy: Sendable, Hashable {
    /// The longest time before its end at which a token is renewed.
    public var longestMargin: Duration = .seconds(30)
    /// The margin as a share of the lifetime, which decides for short-lived tokens: a quarter of the usual 120 s.
    public var marginShare: Double = 0.25
    /// How far the margin is varied at random, so that many clients do not renew in the same second.
    public var jitter: Double = 0.2
    /// A token with less than this left is never given out.
    public var leastRemaining: Duration = .seconds(2)
    /// The pause after a failed renewal of a token that is still good; doubled each time.
    public var firstPause: Duration = .seconds(1)
    /// The longest such pause.
    public var longestPause: Duration = .seconds(30)

    /// The policy that suits tokens of any lifetime.
    public init() {}

    /// How long before its end a token of this lifetime is renewed; `chance` is 0 up to 1.
    func margin(ofLifetime lifetime: Duration, chance: Double) -> Duration {
        let margin = min(longestMargin, lifetime * marginShare)
        return max(leastRemaining, margin * (1 + jitter * (2 * chance - 1)))
    }
}

/// How often and how long a token request is tried.
public struct RetryPolicy: Sendable, Hashable {
    /// How often at most.
    public var attempts = 4
    /// The longest pause before the second attempt, drawn at random; doubled each time.
    public var basePause: Duration = .milliseconds(100)
    /// The longest pause before any attempt.
    public var longestPause: Duration = .seconds(2)
    /// How long all attempts together may take.
    public var deadline: Duration = .seconds(10)
    /// How long one attempt may take.
    public var attemptTimeout: Duration = .seconds(5)

    /// The policy that suits an interactive caller.
    public init() {}

    /// The pause after so many failed attempts; `chance` is 0 up to 1.
    func pause(afterAttempts attempts: Int, chance: Double) -> Duration {
        let doublings = min(max(attempts - 1, 0), 20)
        return min(longestPause, basePause * (1 << doublings)) * chance
    }
}

/// Whether a wrong clock of this machine is made up for.
public enum ClockCorrection: Sendable, Hashable {
    /// By the `Date` field of the server's answers, when it refused for time, up to this difference.
    case fromDateHeader(limit: Duration)
    /// Not at all.
    case off

    /// The correction that a client has unless told otherwise.
    public static let standard = ClockCorrection.fromDateHeader(limit: .seconds(300))
}
