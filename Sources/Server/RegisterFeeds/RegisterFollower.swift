package import Organisations
import ServiceLifecycle
package import Vocabulary

/// Reads change feeds again and again, until it is told to end; waits longer while they fail.
package struct RegisterFollower: Service {
    /// The longest wait after failures.
    private static let longestWait = Duration.seconds(3_600)

    private let update: RegisterUpdate
    private let feeds: [RegisterFeed]
    private let interval: Duration
    private let told: @Sendable ([RegisterUpdate.Outcome]) throws -> Void

    /// A follower that waits `interval` between two readings, and tells what came of each.
    package init(
        _ update: RegisterUpdate,
        of feeds: [RegisterFeed],
        every interval: Seconds,
        telling told: @escaping @Sendable ([RegisterUpdate.Outcome]) throws -> Void
    ) {
        self.update = update
        self.feeds = feeds
        self.interval = .seconds(interval.count)
        self.told = told
    }

    /// Follows until the graceful end.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await follow() }
        } catch is CancellationError {
            // Told to end: what was applied stays, and the next reading goes on behind it.
        }
    }

    private func follow() async throws {
        var failures = 0
        while true {
            let outcomes = try await update.run(feeds)
            try told(outcomes)
            failures = outcomes.contains { $0.fault != nil } ? failures + 1 : 0
            try await Task.sleep(for: Self.wait(after: failures, every: interval))
        }
    }

    /// The wait after so many failed readings in a row: doubled for each, an hour at the most, never less than usual.
    static func wait(after failures: Int, every interval: Duration) -> Duration {
        max(interval, min(interval * (1 << min(failures, 16)), longestWait))
    }
}
