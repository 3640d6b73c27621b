public import AuditLedger
internal import GRDB
public import Organisations
public import Vocabulary

/// One import into the register of the embedded database.
///
/// What is staged stands under the next generation, which no reader sees until the register's own row says so: one small
/// transaction, however large the import. An import that is broken off leaves rows behind that mean nothing; they are
/// swept away by itself or, after a crash, by the next one.
public final class SQLiteOrganisationImport: OrganisationImportStore {
    private let store: SQLiteStore
    private let event: (ImportReport) -> LedgerEvent
    private let writing: PacedWriting
    private var lock: ImportLock?
    private var pending: Int64 = 0
    /// Numbers whose earlier versions have no use once the import is applied.
    private var replaced: [OrganisationNumber] = []
    /// Numbers that had no version before.
    private var added: [OrganisationNumber] = []

    /// An import into `store`; `event` is what the ledger shall remember of it.
    public init(into store: SQLiteStore, recording event: @escaping (ImportReport) -> LedgerEvent) {
        self.store = store
        self.event = event
        writing = PacedWriting(store: store)
    }

    /// The units of these numbers as the register has them; those it does not know are left out.
    public func units(_ numbers: [OrganisationNumber]) throws -> [OrganisationNumber: Organisation] {
        try store.read { reader in
            var units: [OrganisationNumber: Organisation] = [:]
            units.reserveCapacity(numbers.count)
            for number in numbers { units[number] = try reader.organisation(number) }
            return units
        }
    }

    /// The numbers of live units of a kind in rising order, after `number`, at most `limit` of them.
    public func liveNumbers(
        of kind: Organisation.Kind,
        after number: OrganisationNumber?,
        limit: Int
    ) throws -> [OrganisationNumber] {
        try store.read { try $0.liveOrganisationNumbers(of: kind, after: number, limit: limit) }
    }

    /// Keeps other imports out and clears away what a broken one left.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning`, `StorageError`.
    public func begin() throws {
        lock = try ImportLock(on: store.folder)
        do {
            if try store.read({ try $0.registerState().isUnswept }) { try sweep() }
            pending = try store.transaction { transaction in
                try transaction.markRegister(unswept: true)
                return try transaction.registerState().generation + 1
            }
        } catch {
            lock = nil
            throw error
        }
    }

    /// Puts units aside under the next generation.
    public func stage(added: [Organisation], changed: [Organisation]) throws {
        self.added += added.map(\.number)
        replaced += changed.map(\.number)
        try writing.write(added) { try $0.store($1, generation: pending) }
        try writing.write(changed) { try $0.store($1, generation: pending) }
    }

    /// Makes all that was staged visible, raises the revision if that is anything, and records the import.
    public func apply(_ report: ImportReport) throws {
        let changes = !(added.isEmpty && replaced.isEmpty)
        try store.transaction { transaction in
            if changes {
                try transaction.setRegister(generation: pending)
                try transaction.raiseRevision()
            } else {
                try transaction.markRegister(unswept: false)
            }
            try transaction.append(event(report))
        }
        // The import is done. Versions that cannot be removed now (a full disk, a locked database) hide behind the new
        // ones, and the next import removes them.
        if changes { try? removeReplaced() }
        end()
    }

    /// Drops what was staged.
    public func abandon() throws {
        defer { end() }
        try writing.write(added + replaced) { try $0.deleteVersion(of: $1, generation: pending) }
        try markSwept()
    }

    private func removeReplaced() throws {
        try writing.write(replaced) { try $0.deleteVersions(of: $1, before: pending) }
        try markSwept()
    }

    private func markSwept() throws {
        try store.transaction { try $0.markRegister(unswept: false) }
    }

    private func end() {
        added = []
        replaced = []
        lock = nil
    }

    /// Removes whatever an import that was killed left: versions beyond the generation, and versions hidden by newer ones.
    private func sweep() throws {
        var last: Int64 = 0
        while true {
            let page = try store.read { try $0.versionKeys(after: last, limit: 10_000) }
            guard let end = page.keys.last else { break }
            last = end
            try writing.write(page.useless) { try $0.deleteVersion(key: $1) }
        }
        try markSwept()
    }
}

extension SQLiteReader {
    fileprivate func registerState() throws -> (generation: Int64, isUnswept: Bool) {
        guard
            let row = try Row.fetchOne(
                database,
                sql: "SELECT generation, unswept FROM organisation_register WHERE id = 1"
            )
        else { throw StorageError.corrupt(detail: "the state of the organisation register is missing") }
        return (row[0], row[1])
    }

    /// The keys of the next versions in the table, and those of them that no reader will ever need.
    fileprivate func versionKeys(after key: Int64, limit: Int) throws -> (keys: [Int64], useless: [Int64]) {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id,
                    (id & 0xFFFFFFFF) > ?1 OR EXISTS (
                        SELECT 1 FROM organisation AS newer
                        WHERE newer.id > organisation.id AND newer.id <= (organisation.id >> 32 << 32) + ?1
                    )
                FROM organisation WHERE id > ?2 ORDER BY id LIMIT ?3
                """,
            arguments: [try registerState().generation, key, limit]
        )
        return (rows.map { $0[0] }, rows.filter { $0[1] }.map { $0[0] })
    }
}

extension SQLiteTransaction {
    fileprivate func store(_ unit: Organisation, generation: Int64) throws {
        try database.cachedStatement(sql: OrganisationRow.insertSQL)
            .execute(arguments: OrganisationRow.arguments(for: unit, generation: generation))
    }

    fileprivate func setRegister(generation: Int64) throws {
        try database.execute(
            sql: "UPDATE organisation_register SET generation = ? WHERE id = 1",
            arguments: [generation]
        )
    }

    fileprivate func markRegister(unswept: Bool) throws {
        try database.execute(sql: "UPDATE organisation_register SET unswept = ? WHERE id = 1", arguments: [unswept])
    }

    fileprivate func deleteVersion(of number: OrganisationNumber, generation: Int64) throws {
        try deleteVersion(key: OrganisationRow.key(of: number, generation: generation))
    }

    fileprivate func deleteVersion(key: Int64) throws {
        try database.cachedStatement(sql: "DELETE FROM organisation WHERE id = ?").execute(arguments: [key])
    }

    fileprivate func deleteVersions(of number: OrganisationNumber, before generation: Int64) throws {
        try database.cachedStatement(sql: "DELETE FROM organisation WHERE id >= ? AND id < ?").execute(arguments: [
            OrganisationRow.firstKey(of: number), OrganisationRow.key(of: number, generation: generation),
        ])
    }
}
