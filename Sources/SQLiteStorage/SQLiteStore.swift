public import AuditLedger
internal import GRDB
internal import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The embedded database of one data folder: SQLite in WAL mode, every commit synced to the device.
///
/// One connection writes, several read. A server's every write goes through its ``LedgerWriter``; other commands call
/// ``transaction(_:)`` themselves and wait for the database's lock where a server holds it.
public final class SQLiteStore: LedgerStore {
    /// What is done when the schema is of another version.
    public enum Opening: Sendable, Hashable {
        /// Makes a missing database and migrates an older one: `init`, `serve`, `store migrate`.
        case migrate
        /// Stops with an error: every other command.
        case requireCurrent
        /// As ``requireCurrent``, and leaves every byte of database and write-ahead log as it is: a dry run.
        case readOnly
    }

    /// The folder that it lives in.
    public let folder: DataFolder

    private let pool: DatabasePool
    private let ledger: LedgerStatements
    private let newestRevision = Atomic<Int64>(0)
    private let policies = PolicyMemory()
    private let guardian: StoreGuard?

    /// How long a connection waits for another process's lock.
    private static let busyTimeout = Duration.seconds(5)

    /// Opens the database of `folder`.
    ///
    /// - Parameters:
    ///   - folder: The data folder.
    ///   - opening: What is done when the schema is of another version.
    ///   - stopsAtDamage: Whether everything is refused from the moment on at which the database is found to be damaged, or
    ///     not to be the file in the folder any more (``damage``): for a process that serves.
    /// - Throws: `StorageError`: `.exposed`, `.missing`, `.newerSchema`, `.olderSchema`, `.locked`, `.readOnly`, `.corrupt` …
    public convenience init(_ folder: DataFolder, opening: Opening, stopsAtDamage: Bool = false) throws {
        try self.init(folder, opening: opening, busyTimeout: Self.busyTimeout, stopsAtDamage: stopsAtDamage)
    }

    init(_ folder: DataFolder, opening: Opening, busyTimeout: Duration, stopsAtDamage: Bool = false) throws {
        self.folder = folder
        try folder.requirePrivate()
        if !folder.hasDatabase {
            guard opening == .migrate else { throw StorageError.missing(path: folder.database) }
            try folder.createDatabase()
        }
        do {
            var configuration = Self.configuration(busyTimeout: busyTimeout)
            // Else GRDB would write a little to bring the write-ahead log about, and SQLite fold it in at the end.
            configuration.readonly = opening == .readOnly
            pool = try DatabasePool(path: folder.database, configuration: configuration)
            let path = folder.database
            ledger = try pool.writeWithoutTransaction { database in
                // GRDB sets NORMAL when it sets up WAL, which does not sync at commit: a power cut would lose issued
                // tokens. So it is set here, after opening.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try Self.bringUpToDate(database, opening: opening, path: path)
                return try LedgerStatements(database)
            }
        } catch {
            throw StorageError.mapping(error, path: folder.database)
        }
        try folder.requirePrivate()
        guardian = stopsAtDamage ? StoreGuard(OpenedFiles(of: folder)) : nil
    }

    /// The schema version that this program works with.
    public static let currentSchemaVersion = Migration.current

    /// The schema version of the folder's database, which is left as it is; 0 for an empty file.
    ///
    /// - Throws: `StorageError`.
    public static func schemaVersion(of folder: DataFolder) throws -> Int {
        try folder.requirePrivate()
        guard folder.hasDatabase else { throw StorageError.missing(path: folder.database) }
        do {
            let queue = try DatabaseQueue(path: folder.database, configuration: configuration(busyTimeout: busyTimeout))
            defer { try? queue.close() }
            return try queue.read { try Migration.version(of: SQLiteDatabase($0)) }
        } catch {
            throw StorageError.mapping(error, path: folder.database)
        }
    }

    /// Runs `body` in one immediate transaction and commits it durably, or rolls it back when `body` throws.
    ///
    /// Blocks the calling thread; a server calls it on its writer's thread only.
    @discardableResult
    public func transaction<Result>(_ body: (SQLiteTransaction) throws -> Result) throws -> Result {
        try guardian?.pass()
        let result = try committing(body)
        // The transaction is durable in the file that is open; nobody is told so when that is not the one in the folder.
        try guardian?.requireFilesInPlace()
        return result
    }

    private func committing<Result>(_ body: (SQLiteTransaction) throws -> Result) throws -> Result {
        do {
            return try pool.writeWithoutTransaction { database in
                var seen: Int64?
                // Also when nothing comes of it: else a cache would go on deciding on facts that every transaction finds
                // to be outdated.
                defer { if let seen { noticeRevision(seen) } }
                var committed: Int64?
                var result: Result?
                try database.inTransaction(.immediate) {
                    let transaction = SQLiteTransaction(
                        database: SQLiteDatabase(database),
                        ledger: ledger,
                        policies: policies
                    )
                    defer { seen = transaction.revisionSeenBefore }
                    result = try body(transaction)
                    try transaction.finish()
                    committed = transaction.seenRevision
                    return .commit
                }
                seen = committed
                guard let result else { throw StorageError.other(code: 0, message: "a transaction gave no result") }
                return result
            }
        } catch {
            throw reporting(error)
        }
    }

    /// Runs `body` on one snapshot; blocks the calling thread.
    public func read<Result>(_ body: (SQLiteReader) throws -> Result) throws -> Result {
        try guardian?.pass()
        do {
            return try pool.read { try body(SQLiteReader(database: SQLiteDatabase($0), policies: policies)) }
        } catch {
            throw reporting(error)
        }
    }

    /// Runs `body` on one snapshot, on a reader's own queue; does not block.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (SQLiteReader) throws -> Result
    ) async throws -> Result {
        try guardian?.pass()
        do {
            return try await pool.read { [policies] in
                try body(SQLiteReader(database: SQLiteDatabase($0), policies: policies))
            }
        } catch {
            throw reporting(error)
        }
    }

    /// Runs `body` on the writing connection, outside any transaction.
    func writeWithoutTransaction(_ body: (Database) throws -> Void) throws {
        do {
            try pool.writeWithoutTransaction(body)
        } catch {
            throw reporting(error)
        }
    }

    /// The newest revision of the facts that any transaction or look-up of this process has seen; only rises.
    var lastSeenRevision: Int64 { newestRevision.load(ordering: .acquiring) }

    /// Takes note of a revision that was read.
    func noticeRevision(_ revision: Int64) {
        newestRevision.max(revision, ordering: .acquiringAndReleasing)
    }

    /// Copies one snapshot of the whole database; no writer waits for it.
    func backUp(to target: DatabaseQueue) throws {
        guard guardian?.isDisplaced == true else { return try pool.backup(to: target) }
        // Readers are opened by the path, at which something else may be by now; the writer has the file.
        try pool.writeWithoutTransaction { source in
            try target.writeWithoutTransaction { try source.backup(to: $0) }
        }
    }

    /// Closes all connections; the last one of all processes folds the write-ahead log into the database.
    ///
    /// A database that is not the one in the folder any more is left open until the process ends: to close it would take a
    /// log of that name away, which is another database's.
    public func close() throws {
        if guardian?.isDisplaced == true {
            _ = Unmanaged.passRetained(pool)
            return
        }
        do {
            pool.writeWithoutTransaction { _ in ledger.finalise() }
            // The pool closes its writer first; but only a writer that is the last one folds the log in.
            pool.invalidateReadOnlyConnections()
            try pool.close()
        } catch {
            throw StorageError.mapping(error, path: folder.database)
        }
    }

    // MARK: Damage

    /// Why nothing is read or written any more: ``StorageError/displaced(path:)``, or damage; nil while all is well, and in a
    /// store that was opened without `stopsAtDamage`.
    public var damage: StorageError? { guardian?.finding }

    /// Looks whether the database's files are in their place, and whether damage was found.
    ///
    /// - Throws: `StorageError`, what was found.
    public func requireSound() throws(StorageError) { try guardian?.requireFilesInPlace() }

    /// How many bytes the database's file has, its log not counted.
    public func fileSize() throws -> Int {
        var status = stat()
        guard stat(folder.database, &status) == 0 else { throw StorageError.inputOutput(detail: DataFolder.lastError) }
        return Int(status.st_size)
    }

    /// Refuses everything from now on; returns why.
    func condemned(_ detail: String) -> StorageError {
        let damage = StorageError.corrupt(detail: detail)
        guardian?.shut(damage)
        return damage
    }

    /// The storage error that `error` means, of which note is taken when it tells of damage.
    func reporting(_ error: any Error) -> any Error {
        guardian?.note(error, path: folder.database)
        return StorageError.mapping(error, path: folder.database)
    }

    /// A connection that only looks.
    static var scanning: Configuration {
        var configuration = configuration(busyTimeout: busyTimeout)
        configuration.readonly = true
        return configuration
    }

    private static func configuration(busyTimeout: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.foreignKeysEnabled = true
        configuration.label = "portvakt"
        configuration.prepareDatabase { database in
            // A database that somebody else has written into must not run functions of theirs in our name.
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        return configuration
    }

    private static func bringUpToDate(_ database: Database, opening: Opening, path: String) throws {
        try database.inTransaction(opening == .migrate ? .immediate : .deferred) {
            let version = try Migration.version(of: SQLiteDatabase(database))
            let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let isNew = try version == 0 && !(Bool.fetchOne(database, sql: "SELECT 1 FROM sqlite_schema") ?? false)
            guard isNew || application == Migration.applicationID else {
                throw StorageError.corrupt(detail: "`\(path)` was made by another program")
            }
            guard version <= Migration.current else {
                throw StorageError.newerSchema(found: version, known: Migration.current)
            }
            guard version < Migration.current else { return .commit }
            guard opening == .migrate else {
                throw StorageError.olderSchema(found: version, known: Migration.current)
            }
            try Migration.migrate(database, from: version)
            return .commit
        }
    }
}
