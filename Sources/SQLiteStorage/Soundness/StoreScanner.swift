internal import AuditLedger
internal import GRDB
internal import Synchronization

/// Looks through the database of a serving process for damage that no request has met yet.
///
/// Each look has a connection of its own, so that pages come from the file and not from the memory of those that serve. It goes
/// through the structure of all tables and indexes (`PRAGMA quick_check`), checks the chain of the newest entries of the ledger,
/// and that of another stretch of the older ones, so that all have their turn.
public final class StoreScanner: Sendable {
    private struct Progress {
        /// The last entry that was found to follow the one before it.
        var head: (sequence: Int64, hash: [UInt8])?
        /// How far the older entries were gone through.
        var walked: (sequence: Int64, hash: [UInt8])?
    }

    /// So many entries are checked at each end of a look.
    private static let stretch: Int64 = 1_000

    private let store: SQLiteStore
    private let progress = Mutex(Progress())
    private let connection = Mutex<DatabaseQueue?>(nil)

    /// A scanner of `store`, which lets nobody pass any more once damage is found.
    public init(_ store: SQLiteStore) { self.store = store }

    /// Looks once; blocks the calling thread, for as long as reading the whole file takes.
    ///
    /// - Throws: `StorageError`: `.displaced` or `.corrupt` for what was found, anything else when it could not look.
    public func look() throws {
        try store.requireSound()
        do {
            let queue = try DatabaseQueue(path: store.folder.database, configuration: SQLiteStore.scanning)
            connection.withLock { $0 = queue }
            defer {
                connection.withLock { $0 = nil }
                try? queue.close()
            }
            for table in try queue.read({ try Self.tables(of: $0) }) {
                // Each a snapshot of its own, so that the log can be folded in between.
                try queue.read { try Self.checkPages(of: table, in: $0) }
            }
            try queue.read { try checkLedger(SQLiteReader(database: SQLiteDatabase($0), policies: PolicyMemory())) }
        } catch let fault as LedgerFault {
            // Opened by its path: what was put there meanwhile must not be taken for damage.
            try store.requireSound()
            throw store.condemned("the ledger's \(fault)")
        } catch let damage as Damage {
            try store.requireSound()
            throw store.condemned(damage.detail)
        } catch {
            try store.requireSound()
            throw store.reporting(error)
        }
    }

    /// Ends a look that is under way, from another thread.
    public func interrupt() { connection.withLock { $0?.interrupt() } }

    private struct Damage: Error {
        let detail: String
    }

    private static func tables(of database: Database) throws -> [String] {
        try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
    }

    /// Goes through the pages of a table and its indexes.
    private static func checkPages(of table: String, in database: Database) throws {
        let words = try String.fetchAll(database, sql: "PRAGMA quick_check(\(table.quotedDatabaseIdentifier))")
        guard !words.isEmpty, words != ["ok"] else { return }
        throw Damage(detail: words.prefix(3).map { $0.replacing("\n", with: " ") }.joined(separator: ", "))
    }

    private func checkLedger(_ reader: SQLiteReader) throws {
        var progress = progress.withLock { $0 }
        let last = try reader.lastSequence
        let cut = try reader.cut.map { (sequence: $0.size, hash: $0.hash) }
        let beginning = cut ?? (0, LedgerEntry.genesis)
        if let head = progress.head, head.sequence > beginning.sequence {
            guard head.sequence <= last else {
                throw LedgerFault(sequence: last + 1, kind: .cutOff(to: head.sequence))
            }
            guard try reader.row(head.sequence)?.entry.hash == head.hash else {
                throw LedgerFault(sequence: head.sequence, kind: .altered)
            }
        }
        let recent = max(last - Self.stretch, beginning.sequence, progress.head?.sequence ?? 0)
        if recent > beginning.sequence, let hash = try reader.row(recent)?.entry.hash {
            progress.head = try check(reader, after: (recent, hash), through: last)
        } else {
            progress.head = try check(reader, after: beginning, through: last)
        }
        var walked = progress.walked ?? beginning
        if walked.sequence < beginning.sequence || walked.sequence >= last { walked = beginning }
        progress.walked = try check(reader, after: walked, through: min(walked.sequence + Self.stretch, last))
        let checked = progress
        self.progress.withLock { $0 = checked }
    }

    private func check(
        _ reader: SQLiteReader,
        after start: (sequence: Int64, hash: [UInt8]),
        through last: Int64
    ) throws -> (sequence: Int64, hash: [UInt8]) {
        var verifier = LedgerVerifier(node: try reader.node, after: start)
        try reader.visitRows(from: start.sequence + 1, through: last) { try verifier.check($0) }
        guard verifier.head.sequence == last else {
            throw LedgerFault(sequence: last + 1, kind: .missing(from: verifier.head.sequence + 1))
        }
        return verifier.head
    }
}
