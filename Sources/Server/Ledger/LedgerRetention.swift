import Administration
import AuditLedger
import Logging
import NIOPosix
import SQLiteStorage
import ServiceLifecycle
import Vocabulary

/// Lets entries go that are older than `audit_retention`, once an hour, in steps that no token waits for.
struct LedgerRetention: Service {
    let store: SQLiteStore
    let writer: LedgerWriter<SQLiteStore>
    let retention: Seconds
    let clock: any WallClock
    let logger: Logger

    private static let interval = Duration.seconds(3_600)
    private static let entriesAtOnce = 500
    private static let actor = Actor(operatingSystemUser: "portvakt", host: "server", command: "audit_retention")

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await prune() } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }

    private func prune() async {
        do {
            let now = clock.now
            let plan = try await NIOThreadPool.singleton.runIfActive { [store, retention] in
                try LedgerPruning.plan(store, olderThan: now - retention, at: now)
            }
            if let plan {
                let isCut = try await writer.perform {
                    try plan.begin(in: Administration(in: $0, by: Self.actor, at: now))
                }
                guard isCut else { return }
                logger.notice("old entries are let go", metadata: ["entries": "\(plan.entries)"])
            }
            // Also what an end in the middle has left.
            while true {
                let start = ContinuousClock.now
                let count = try await writer.perform { try $0.removeCutEntries(limit: Self.entriesAtOnce) }
                guard count == Self.entriesAtOnce else { return }
                try await Task.sleep(for: start.duration(to: .now))
            }
        } catch is CancellationError {
            return
        } catch {
            logger.error("old entries cannot be let go", metadata: ["cause": "\(error)"])
        }
    }
}
