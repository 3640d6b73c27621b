package import AuditLedger
package import Delegations
internal import GRDB
package import Organisations
internal import RelationalStorage
package import Vocabulary

/// What a sync writes into the embedded database: each batch whole, with its cursor, or not at all.
///
/// A batch takes the place of all earlier versions of its units under the generation that counts (decision 0002), in one
/// transaction. That is safe only while no import stages: an import that runs has compared its file with versions that
/// would be gone, so the batch is refused until the import has ended.
package final class SQLiteRegisterSync: RegisterSyncStore {
    private let store: SQLiteStore
    private let clock: any WallClock
    private let pseudonymise: @Sendable (RegisteredRoles) -> RoleSetRecord
    private let event: @Sendable (SyncBatch, SyncReport.Applied, Timestamp) -> LedgerEvent

    /// A sync into `store`.
    ///
    /// - Parameters:
    ///   - store: The database.
    ///   - clock: Tells when a feed was read.
    ///   - pseudonymise: Makes what is kept of a unit's roles.
    ///   - event: What the ledger shall remember of a batch that changed something.
    /// - Throws: `StorageError`.
    package init(
        into store: SQLiteStore,
        clock: any WallClock,
        pseudonymising pseudonymise: @escaping @Sendable (RegisteredRoles) -> RoleSetRecord,
        recording event: @escaping @Sendable (SyncBatch, SyncReport.Applied, Timestamp) -> LedgerEvent
    ) throws {
        self.store = store
        self.clock = clock
        self.pseudonymise = pseudonymise
        self.event = event
        // What is purged must not be left in pages of the file that are free.
        try store.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = ON") }
    }

    /// How far a feed has been read; nil when it never was, or not since the last import of its kind.
    package func cursor(of feed: RegisterFeed) throws -> FeedCursor? {
        try store.read { try $0.registerFeed(feed).cursor }
    }

    /// Whether an import is under way, for whose end a sync should wait.
    package var isImportRunning: Bool { get throws { try ImportLock.isHeld(on: store.folder) } }

    /// Takes over a batch, its cursor and, with the last one, the time of the success in one transaction.
    ///
    /// - Throws: `SyncObstacle`, `StorageError`; nothing has changed then.
    package func apply(_ batch: SyncBatch) throws -> SyncReport.Applied {
        let now = clock.now
        return try store.transaction { transaction in
            let lock = try keepImportsOut(transaction)
            defer { withExtendedLifetime(lock) {} }
            guard try transaction.registerFeed(batch.feed).cursor == batch.behind else {
                throw SyncObstacle.cursorMoved
            }
            var applied = SyncReport.Applied()
            for unit in batch.units {
                let before = try transaction.organisation(unit.number)
                try transaction.take(
                    SyncOutcome(of: unit, knownAs: before),
                    knownAs: before,
                    at: now,
                    counting: &applied
                )
            }
            for deletion in batch.deletions {
                let before = try transaction.organisation(deletion.number)
                try transaction.take(
                    SyncOutcome(of: deletion, knownAs: before),
                    knownAs: before,
                    at: now,
                    counting: &applied
                )
            }
            for roles in batch.roles { try transaction.take(pseudonymise(roles), counting: &applied) }
            if applied.changesAnything {
                try transaction.raiseRevision()
                try transaction.append(event(batch, applied, now))
            }
            try transaction.noteRead(of: batch.feed, to: batch.cursor, success: batch.isLast ? now : nil)
            return applied
        }
    }

    /// Makes sure that no import stages now, nor begins to before this transaction ends.
    ///
    /// An import that begins marks its table in a transaction of its own, which must wait for this one. Where the mark stands
    /// already, an import runs and holds the lock, or one was killed: then the lock is held here, so that nobody sweeps by
    /// what was seen before.
    private func keepImportsOut(_ transaction: SQLiteTransaction) throws -> ImportLock? {
        let tables = [VersionTable.organisations, .roles]
        guard try tables.contains(where: { try $0.state(transaction).isUnswept }) else { return nil }
        do { return try ImportLock(on: store.folder, isPatient: false) } catch ImportRefusal.alreadyRunning {
            throw SyncObstacle.importRunning
        }
    }
}

extension SQLiteTransaction {
    fileprivate func take(
        _ outcome: SyncOutcome,
        knownAs before: Organisation?,
        at now: Timestamp,
        counting applied: inout SyncReport.Applied
    ) throws {
        applied.count(outcome, knownAs: before)
        guard case .replaced(let unit) = outcome else { return }
        try noteReplaced(unit, knownAs: before, at: now)
        try VersionTable.organisations.replace(unit.number, with: OrganisationRecord(unit).bytes, self)
        if let parent = unit.parent {
            try database.cachedStatement(sql: "INSERT OR IGNORE INTO organisation_below (id) VALUES (?)")
                .execute(arguments: [parent.integer << 32 | unit.number.integer])
        }
        // What was removed for legal reasons must not live on in another table.
        if unit.isPurged { try replaceRoles(with: RoleSetRecord(UnitRoles(number: unit.number, roles: []))) }
    }

    fileprivate func take(_ roles: RoleSetRecord, counting applied: inout SyncReport.Applied) throws {
        let known = try VersionTable.roles.newest(of: roles.number, self) { Array($0) } ?? []
        guard known != roles.bytes else { return applied.unchanged += 1 }
        if known.isEmpty { applied.added += 1 } else { applied.changed += 1 }
        try replaceRoles(with: roles)
    }

    /// Puts roles in the place of a unit's, and brings the index of holders up to them.
    private func replaceRoles(with roles: RoleSetRecord) throws {
        let before = Set(try registerRoles(of: roles.number).map(\.holder.party.partyID))
        let after = Set(roles.holders)
        try VersionTable.roles.replace(roles.number, with: roles.bytes, self)
        for holder in before.subtracting(after) {
            try database.cachedStatement(sql: "DELETE FROM role_holder WHERE holder = ? AND unit = ?")
                .execute(arguments: [holder, roles.number.integer])
        }
        for holder in after.subtracting(before) {
            try database.cachedStatement(sql: "INSERT OR IGNORE INTO role_holder (holder, unit) VALUES (?, ?)")
                .execute(arguments: [holder, roles.number.integer])
        }
    }
}
