internal import GRDB
internal import Organisations
internal import RelationalStorage
internal import Vocabulary

/// What every import into the register does, whatever it imports: one at a time, unseen until the end, and swept up after.
final class RegisterStaging {
    let store: SQLiteStore
    let table: VersionTable
    let writing: PacedWriting
    /// The generation that versions are staged under.
    private(set) var pending: Int64 = 0
    private var lock: ImportLock?
    /// Removes a version that no reader will ever need, and what hangs on it.
    private let remove: (SQLiteTransaction, Int64) throws -> Void

    init(
        of table: VersionTable,
        in store: SQLiteStore,
        removing remove: @escaping (SQLiteTransaction, Int64) throws -> Void
    ) {
        self.table = table
        self.store = store
        self.remove = remove
        writing = PacedWriting(store: store)
    }

    /// Keeps other imports out and clears away what a broken one left.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning`, `StorageError`.
    func begin() throws {
        lock = try ImportLock(on: store.folder)
        do {
            if try store.read({ try table.state($0).isUnswept }) { try sweep() }
            pending = try store.transaction { transaction in
                try table.mark(unswept: true, transaction)
                return try table.state(transaction).generation + 1
            }
            try store.prepareForBulk(true, isAlone: try !ServeLock.isHeldByAnother(on: store.folder))
        } catch {
            lock = nil
            throw error
        }
    }

    /// Stores versions under the next generation; the bytes stay where they are until this returns.
    func stage(_ count: Int, _ version: (Int) -> (OrganisationNumber, UnsafeRawBufferPointer)) throws {
        try writing.insert(count, into: table.name, columns: table.columns) { statement, row, parameter in
            let (number, bytes) = version(row)
            try statement.bind(OrganisationRow.key(of: number, generation: pending), to: parameter)
            try statement.bind(bytes, to: parameter + 1)
        }
    }

    /// Makes all that was staged visible, raises the revision if that is anything, and does `more` in the same transaction.
    func apply(hasChanges: Bool, _ more: (SQLiteTransaction) throws -> Void) throws {
        // From here on a commit is on the device when it returns, and all before it too.
        try store.prepareForBulk(false, isAlone: false)
        try store.transaction { transaction in
            if hasChanges {
                try table.set(generation: pending, transaction)
                try transaction.raiseRevision()
            } else {
                try table.mark(unswept: false, transaction)
            }
            try more(transaction)
        }
    }

    /// Removes the useless versions of these units, of which there may be such.
    func tidy(_ numbers: [OrganisationNumber]) throws {
        try writing.write(numbers) { transaction, number in
            for key in try table.uselessKeys(of: number, transaction) { try remove(transaction, key) }
        }
        try store.transaction { try table.mark(unswept: false, $0) }
    }

    /// Removes whatever an import left that was given up or killed: versions beyond the generation, and replaced ones.
    func sweep() throws {
        var last: OrganisationNumber?
        repeat {
            let page = try store.read { try table.uselessKeys(after: last, units: 10_000, $0) }
            last = page.last
            try writing.write(page.keys) { try remove($0, $1) }
        } while last != nil
        try store.transaction { try table.mark(unswept: false, $0) }
    }

    /// Lets other imports in.
    func end() {
        try? store.prepareForBulk(false, isAlone: false)
        lock = nil
    }
}

extension SQLiteStore {
    /// Sets the writing connection up for an import, whose commits need not be on the device before the one that counts.
    ///
    /// In WAL mode a commit that is not synced may be lost when the power goes, but only with all that came after it.
    func prepareForBulk(_ isBulk: Bool, isAlone: Bool) throws {
        // Beside a server the log is folded in often, in small steps.
        let checkpoint = isBulk && isAlone ? 16_384 : 1_000
        try writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA synchronous = \(isBulk ? "NORMAL" : "FULL");
                    PRAGMA wal_autocheckpoint = \(checkpoint);
                    PRAGMA cache_size = \(isBulk ? -32_768 : -2_000);
                    """
            )
        }
    }
}
