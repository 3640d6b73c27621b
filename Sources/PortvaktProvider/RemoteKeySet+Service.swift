public import ServiceLifecycle

/// Runs beside the API's server, in the same `ServiceGroup`.
extension RemoteKeySet: Service {
    /// Keeps the keys fresh although no token comes, until the group is told to end.
    ///
    /// An issuer that has withdrawn a key is heard at the next renewal, also by an API that nobody calls.
    /// - Throws: `KeySourceError.unavailable` when the keys cannot be had at the start and ``KeySetOptions/start`` is
    ///   `failFast`.
    public func run() async throws {
        if options.start == .failFast, snapshot().age == nil { try await load() }
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                let pause = await renewIfDue()
                // Cancelled is how it ends.
                try? await clock.sleep(for: max(pause, Self.shortestRest))
            }
        }
    }

    /// However the clocks stand, the loop rests.
    private static let shortestRest = Duration.seconds(1)
}
