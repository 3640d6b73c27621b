public import Vocabulary

/// What the store remembers of the clock, so that a clock set back never frees a used assertion (DESIGN §2 item 4).
public struct ClockRecord: Sendable, Hashable {
    /// A machine's run from one boot to the next, by which a clock that was stepped is told from time that went by.
    public struct Boot: Sendable, Hashable {
        /// The kernel's random identifier of this run.
        public let id: String
        /// The wall clock less the time since boot, in seconds, as long as nobody steps the clock.
        public var offset: Int64

        /// A run.
        public init(id: String, offset: Int64) {
            self.id = id
            self.offset = offset
        }
    }

    /// The highest time seen.
    public var mark: Timestamp
    /// The machine's run in which it was seen; nil in a new store.
    public var boot: Boot?
    /// How often an operator has lowered the mark: a running server reads its claims again when it changes.
    public var acceptances: Int64
    /// Assertions issued at or before it are refused: the clock was set back or the store restored then.
    public var barredUntil: Timestamp?

    /// A record.
    public init(mark: Timestamp, boot: Boot? = nil, acceptances: Int64 = 0, barredUntil: Timestamp? = nil) {
        self.mark = mark
        self.boot = boot
        self.acceptances = acceptances
        self.barredUntil = barredUntil
    }

    /// The record after an operator accepted that it is `now`, whatever was seen before.
    ///
    /// Assertions may be issued up to the skew ahead, so the bar stands that far beyond the act.
    public func accepting(_ now: Timestamp, boot: Boot, window: ReplayWindow) -> ClockRecord {
        ClockRecord(mark: now, boot: boot, acceptances: acceptances + 1, barredUntil: now + window.skew)
    }
}

/// How long an assertion can be of use, which is how long its claim must be held.
public struct ReplayWindow: Sendable, Hashable {
    /// The longest `exp - iat` that may be configured.
    public static let longestLifetime = Seconds(180)

    /// The longest time in which a DPoP proof can be accepted, which is that of a nonce.
    public static let longestProof = Seconds(300)

    /// The longest `exp - iat` that is accepted.
    public let lifetime: Seconds
    /// By how much two clocks may differ, either way.
    public let skew: Seconds

    /// A window.
    public init(lifetime: Seconds, skew: Seconds) {
        self.lifetime = lifetime
        self.skew = skew
    }

    /// How far back from the mark a row may lie whose claim still matters.
    ///
    /// A row's claim ends at most lifetime + skew after the row was written, and matters for two skews more; a clock may
    /// also run a skew behind the mark. The lifetime is the longest that can be configured, for it may have been lower or higher when
    /// the row was written; a DPoP proof's is longer than that.
    public var walk: Seconds {
        Seconds(max(lifetime, Self.longestLifetime, Self.longestProof).count + 4 * skew.count)
    }

    /// The mark at which a claim may be let go: no clock from then on makes the assertion acceptable.
    ///
    /// It is accepted while now < `exp` + skew, and now is never more than the skew behind the mark.
    public func release(of expires: Timestamp) -> Timestamp { Timestamp(seconds: expires.seconds + 2 * skew.count) }
}
