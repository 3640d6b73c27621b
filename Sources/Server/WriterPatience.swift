import AuditLedger
import Logging
import SQLiteStorage
import ServiceLifecycle

/// Answers the requests that a disk keeps waiting: once a second, so that none hangs for as long as the disk does.
struct WriterPatience: Service {
    let writer: LedgerWriter<SQLiteStore>
    let logger: Logger

    private static let interval = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var wasStalled = false
            while (try? await Task.sleep(for: Self.interval)) != nil {
                let isStalled = writer.answerOverdue()
                if isStalled, !wasStalled {
                    logger.error("the database's disk does not answer: no tokens until it does")
                }
                if wasStalled, !isStalled { logger.notice("the database's disk answers again") }
                wasStalled = isStalled
            }
        }
        // The listeners have ended by now, or wait for these very requests.
        writer.answerOverdue()
    }
}
