import AuditLedger
import JOSE
import Logging
import SQLiteStorage
import ServiceLifecycle
import TokenIssuance
import Vocabulary

/// Makes the next signing key when the timetable says so (`key_rotation`, DESIGN §10): one lifetime of the key set ahead.
///
/// When a key is due follows from the timetable in the store alone, so that a restart neither forgets nor repeats one.
struct AutomaticRotation: Service {
    let store: SQLiteStore
    let writer: LedgerWriter<SQLiteStore>
    let rotation: SigningKeyRotation
    let schedule: SigningKeySchedule
    /// How long a key signs.
    let interval: Seconds
    let clock: any WallClock
    let logger: Logger

    private static let pause = Duration.seconds(1)
    /// How long it waits after it could not make a key: whoever mends the cause has a lifetime of the key set for it.
    private static let patience = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                guard await look() else {
                    try? await Task.sleep(for: Self.patience)
                    continue
                }
            }
        }
    }

    /// Makes what is due; false when something could not be made.
    func look() async -> Bool {
        let now = clock.now
        do {
            let keys = try await store.read { try $0.signingKeys() }
            for algorithm in schedule.algorithmsDue(among: keys, every: interval, at: now) {
                guard let made = try await rotation.performDue(algorithm, every: interval, at: now, with: writer) else {
                    continue
                }
                logger.notice(
                    "signing key rotated",
                    metadata: [
                        "kid": "\(made.new.id)", "alg": "\(algorithm.rawValue)", "signs_from": "\(made.new.activates)",
                    ]
                )
            }
            return true
        } catch {
            logger.error("the next signing key cannot be made", metadata: ["cause": "\(error)"])
            return false
        }
    }
}
