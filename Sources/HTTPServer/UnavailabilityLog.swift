import Synchronization
import TokenIssuance

/// Says which answers 503 are worth a line of the log: the first of a reason and then one a second, with a count of the others.
///
/// A server that is asked for more than it can do would else write a line for each request that it has no time for; the
/// counters hold them all.
final class UnavailabilityLog: Sendable {
    private struct Told {
        var at: ContinuousClock.Instant
        var untold = 0
    }

    private static let interval = Duration.seconds(1)
    private let told = Mutex([Unavailable: Told]())

    /// How many of this reason were not told since the last that was; nil when this one is not told either.
    func tell(_ reason: Unavailable, at now: ContinuousClock.Instant) -> Int? {
        told.withLock { told in
            guard let last = told[reason] else {
                told[reason] = Told(at: now)
                return 0
            }
            guard now - last.at >= Self.interval else {
                told[reason]?.untold += 1
                return nil
            }
            told[reason] = Told(at: now)
            return last.untold
        }
    }
}
