import Logging
import NIOPosix
import SQLiteStorage
import ServiceLifecycle
import Vocabulary

/// Looks whether the database is sound and still the one in the data folder, and tells the operator when it is not.
///
/// Once a second it looks at the files' places; every few seconds, or more seldom where it takes longer, at all pages and at
/// stretches of the ledger. What the store has noticed by itself, at a commit or in reading, is told here too.
struct StoreWatch: Service {
    let store: SQLiteStore
    let folder: String
    let clock: any WallClock
    let logger: Logger

    private static let interval = Duration.seconds(1)
    /// After a look at all pages it rests so long at least, and so many times as long as the look took.
    private static let (shortestRest, share) = (Duration.seconds(5), 100)
    /// The first look comes after as long a rest as if one had just been, at so many bytes a second.
    private static let bytesPerSecond = 200_000_000

    func run() async throws {
        let scanner = StoreScanner(store)
        await withTaskCancellationOrGracefulShutdownHandler {
            await cancelWhenGracefulShutdown { await watch(scanner) }
        } onCancelOrGracefulShutdown: {
            scanner.interrupt()
        }
    }

    private func watch(_ scanner: StoreScanner) async {
        let size = (try? store.fileSize()) ?? 0
        var next = ContinuousClock.now + .seconds(1) * (size / (Self.bytesPerSecond / Self.share))
        var couldLook = true
        while (try? await Task.sleep(for: Self.interval)) != nil {
            let start = ContinuousClock.now
            let isDue = start >= next
            // Off the cooperative pool: a look reads the whole file.
            let failure = try? await NIOThreadPool.singleton.runIfActive { () -> String? in
                do {
                    if isDue { try scanner.look() } else { try store.requireSound() }
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            guard !Task.isCancelled else { return }
            if let damage = store.damage {
                // Told once: it holds until the process ends.
                await tell(of: damage)
                try? await gracefulShutdown()
                return
            }
            guard isDue else { continue }
            next = .now + max(Self.shortestRest, start.duration(to: .now) * Self.share)
            if let cause = failure ?? nil {
                if couldLook {
                    logger.warning("the database cannot be looked through", metadata: ["cause": "\(cause)"])
                }
                couldLook = false
            } else {
                if !couldLook { logger.notice("the database can be looked through again") }
                couldLook = true
            }
        }
    }

    private func tell(of damage: StorageError) async {
        guard case .displaced = damage else {
            logger.critical(
                "database damaged: nothing is served from it",
                metadata: [
                    "cause": "\(damage)",
                    "mend":
                        "stop the server, look with `portvakt store verify`, and take a backup back with `portvakt store restore`",
                ]
            )
            return
        }
        logger.critical("database gone: nothing is served from it", metadata: ["cause": "\(damage)"])
        let now = clock.now
        let path = "\(folder)/portvakt.db.rescued-\(now.seconds)"
        do {
            // What is still open is all there is of the newest entries.
            let manifest = try await NIOThreadPool.singleton.runIfActive {
                try StoreBackup.make(store, to: path, at: now)
            }
            logger.critical(
                "database rescued",
                metadata: [
                    "backup": "\(path)", "last_sequence": "\(manifest.lastSequence)",
                    "mend": "stop the server and run `portvakt store restore \(path)`",
                ]
            )
        } catch {
            logger.critical("database not rescued", metadata: ["cause": "\(error)"])
        }
    }
}
