public import ServiceLifecycle

/// Runs in the program's `ServiceGroup`.
extension TokenClient: Service {
    /// Renews tokens before their end although no caller comes at that moment, until the group is told to end.
    ///
    /// Without it a token is renewed when a caller comes within its margin; with it, also when callers come too seldom for
    /// that. A token that nobody has taken since it was fetched is left to end.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                for (key, fetch) in cache.beginRenewals(at: clock.elapsed, of: isOwn) { renew(fetch, for: key) }
                // Cancelled is how it ends.
                try? await clock.sleep(for: Self.pause)
            }
        }
    }

    /// Far below the shortest margin that makes sense.
    private static let pause = Duration.seconds(1)
}
