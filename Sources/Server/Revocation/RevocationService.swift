import AuditLedger
import EnterpriseCertificates
import SQLiteStorage
import ServiceLifecycle
import Vocabulary

/// Keeps evidence about revocation up to date while the server runs, and shows how old it is.
struct RevocationService: Service {
    let watch: RevocationWatch
    let telemetry: RevocationTelemetry
    let clock: any WallClock

    /// How often the age of evidence is shown anew.
    private static let interval = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await watch.run() }
                repeat {
                    telemetry.show(watch.records, rules: watch.rules, at: clock.now)
                } while (try? await Task.sleep(for: Self.interval)) != nil
            }
        }
    }
}

/// Keeps evidence in the store, by the one writer.
struct WriterRevocationArchive: RevocationArchive {
    let writer: LedgerWriter<SQLiteStore>

    func save(_ records: [RevocationRecord]) async throws {
        try await writer.perform { transaction in
            for record in records { try transaction.store(record) }
        }
    }

    func remove(_ ids: [[UInt8]]) async throws {
        try await writer.perform { transaction in
            for id in ids { try transaction.removeRevocationRecord(id) }
        }
    }
}
