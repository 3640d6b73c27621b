import HTTPServer
import Logging
import ServiceLifecycle
import Vocabulary

/// The first part of a graceful end: not ready from the signal on, and still serving, so that load balancers can look away.
///
/// It stands last in the group, which ends its services from last to first, and so holds back the listeners' end.
struct Drain: Service {
    let readiness: Readiness
    let delay: Seconds
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        readiness.beginDraining()
        logger.notice("draining", metadata: ["delay_s": "\(delay.count)"])
        // Ended early when the whole group is cancelled.
        try? await Task.sleep(for: .seconds(delay.count))
    }
}
