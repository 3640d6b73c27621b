import AuditLedger
import Logging
import SQLiteStorage
import ServiceLifecycle

/// Keeps the sums of use close behind the ledger, so that no page reads more than its last few entries.
///
/// Reads on a reader's connection and writes small steps through the one writer, resting as long as each step took: tokens come
/// first. What it has not summed up yet is added by whoever asks, so that it may be late, but never wrong.
struct UsageSumming: Service {
    let store: SQLiteStore
    let writer: LedgerWriter<SQLiteStore>
    let logger: Logger

    private static let interval = Duration.seconds(2)
    /// How many entries a step counts in: a write of some milliseconds.
    private static let step: Int64 = 1_024

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await sum() }
        }
    }

    /// Sums up all that there is.
    private func sum() async {
        do {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                let step = try await store.nextUsageStep(limit: Self.step)
                guard step.entries > 0 else { return }
                try await writer.perform { try $0.add(step) }
                if step.entries < Self.step { return }
                try await Task.sleep(for: start.duration(to: .now))
            }
        } catch is CancellationError {
            return
        } catch {
            // The store's own state is watched elsewhere; the next look goes on where this one ended.
            logger.debug("usage is not summed up", metadata: ["cause": "\(error)"])
        }
    }
}
