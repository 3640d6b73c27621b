import Logging
import ServiceLifecycle

/// Brings the list of public scopes, which the admin listener answers from memory, up to date off the path of requests.
///
/// It looks at the revision of the facts, whoever raised it: this process, or a command on the data folder.
struct ScopeListingRefresh: Service {
    /// Makes the list anew where facts have changed.
    let refresh: @Sendable () async throws -> Bool
    let logger: Logger

    /// How often it looks.
    static let interval = Duration.milliseconds(250)
    /// After the list was made it rests so many times as long as that took, so that a busy administrator does not make the
    /// server busy with lists.
    static let rest = 20
    /// The longest rest.
    static let longestRest = Duration.seconds(5)

    /// Makes it for the first time; what cannot be read now is read later.
    func prepare() async { _ = await look() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.interval
            while (try? await Task.sleep(for: pause)) != nil { pause = await look() }
        }
    }

    /// Looks once; returns how long to rest.
    private func look() async -> Duration {
        let start = ContinuousClock.now
        do {
            guard try await refresh() else { return Self.interval }
        } catch {
            // Readiness tells of a database that cannot be read.
            logger.debug("the list of scopes was not made anew", metadata: ["cause": "\(error)"])
            return Self.interval
        }
        return min(max(Self.interval, start.duration(to: .now) * Self.rest), Self.longestRest)
    }
}
