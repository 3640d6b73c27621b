package import Organisations
package import SQLiteStorage
import Synchronization
package import Vocabulary

/// One reading of change feeds to their present end, feed by feed: what `org sync` does.
package struct RegisterUpdate: Sendable {
    /// What came of one feed.
    package struct Outcome: Sendable, Hashable {
        /// What was done, also before a fault.
        package var report: SyncReport
        /// Why it was not read to its end; nil when it was.
        package var fault: String?

        /// The feed.
        package var feed: RegisterFeed { report.feed }
    }

    /// A feed has no cursor, and nothing was ever imported that would tell from when on changes count.
    package struct NeverImported: Error, Hashable {
        /// The feed.
        package let feed: RegisterFeed
    }

    /// What whoever waits is told.
    package enum Progress: Sendable {
        /// So much of a feed was read.
        case read(SyncReport)
        /// An import runs, whose end is waited for.
        case awaitingImport
    }

    /// Entries on a page: one page is one transaction, which must stay short beside a server.
    private static let pageSize = 500
    /// How often it is looked whether an import has ended.
    private static let importWait = Duration.seconds(1)
    /// How often a feed is begun anew because somebody else moved its cursor.
    private static let maximumMoves = 10

    private let api: RegisterAPI
    private let store: SQLiteStore
    private let sync: SQLiteRegisterSync
    private let clock: any WallClock
    private let progress: @Sendable (Progress) -> Void

    /// A reading of feeds from `api`, which `sync` writes into `store`.
    package init(
        from api: RegisterAPI,
        into store: SQLiteStore,
        by sync: SQLiteRegisterSync,
        clock: any WallClock,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.api = api
        self.store = store
        self.sync = sync
        self.clock = clock
        self.progress = progress
    }

    /// Reads these feeds, one after the other; one that fails does not keep back the next.
    ///
    /// - Throws: ``NeverImported``, `CancellationError`, `StorageError`.
    package func run(_ feeds: [RegisterFeed]) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        for feed in feeds { outcomes.append(try await run(feed)) }
        return outcomes
    }

    private func run(_ feed: RegisterFeed) async throws -> Outcome {
        var outcome = Outcome(report: SyncReport(feed: feed))
        var moves = 0
        while true {
            try await awaitImport()
            let reached = Reached(feed)
            do {
                outcome.report += try await RegisterSync(from: api, into: sync, pageSize: Self.pageSize).catchUp(
                    with: feed,
                    from: { try start(of: feed) },
                    progress: {
                        reached.note($0)
                        progress(.read($0))
                    }
                )
                return outcome
            } catch let fault as RegisterAPIFault {
                outcome.report += reached.report
                outcome.fault = "\(fault)"
            } catch let obstacle as SyncObstacle {
                outcome.report += reached.report
                switch obstacle {
                case .importRunning: continue
                case .cursorMoved where moves < Self.maximumMoves:
                    moves += 1
                    continue
                case .cursorMoved: outcome.fault = "\(obstacle), \(moves) times"
                }
            }
            let cause = outcome.fault ?? ""
            try store.transaction { try $0.noteFailure(of: feed, cause: cause, at: clock.now) }
            return outcome
        }
    }

    private func start(of feed: RegisterFeed) throws -> Timestamp {
        guard let start = try store.read({ try $0.registerFeed(feed).start }) else { throw NeverImported(feed: feed) }
        return start
    }

    /// Waits for the end of an import: what it has compared must not change under it.
    private func awaitImport() async throws {
        guard try sync.isImportRunning else { return }
        progress(.awaitingImport)
        while try sync.isImportRunning { try await Task.sleep(for: Self.importWait) }
    }
}

/// How far a feed was read before something came between.
private final class Reached: Sendable {
    private let latest: Mutex<SyncReport>

    init(_ feed: RegisterFeed) { latest = Mutex(SyncReport(feed: feed)) }

    var report: SyncReport { latest.withLock { $0 } }

    func note(_ report: SyncReport) { latest.withLock { $0 = report } }
}
