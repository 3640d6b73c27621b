public import Administration
public import AuditLedger
public import Delegations
internal import GRDB
internal import Organisations
public import Vocabulary

/// One import of roles into the embedded database.
///
/// Versions are staged under the next generation as an import of units does it. The index of holders is a hint that may
/// name too many units: its rows are gathered in memory and added in the order of their keys before the swap, so that a
/// first import of five million appends instead of jumping about; what is useless is removed after the swap.
public final class SQLiteRoleImport: RoleImportStore {
    /// A row of the index of holders.
    struct Holding: Hashable, Comparable {
        let holder: Int64
        let unit: UInt32

        static func < (left: Holding, right: Holding) -> Bool {
            left.holder == right.holder ? left.unit < right.unit : left.holder < right.holder
        }
    }

    private let store: SQLiteStore
    private let event: (RoleImportReport) -> LedgerEvent
    private let writing: PacedWriting
    private var lock: ImportLock?
    private var pending: Int64 = 0
    private var staged: [OrganisationNumber] = []
    private var holdings: [Holding] = []
    private var hasWrittenHoldings = false

    /// An import into `store`; `event` is what the ledger shall remember of it.
    public init(into store: SQLiteStore, recording event: @escaping (RoleImportReport) -> LedgerEvent) {
        self.store = store
        self.event = event
        writing = PacedWriting(store: store)
    }

    /// Compares units with what the register knows of them, one by one.
    public func compare(_ units: [UnitRoles]) throws -> [RoleSetChange] {
        try store.read { reader in
            try units.map { unit in
                let bytes = RoleSetCodec.encode(unit.roles)
                let isSame = try reader.storedRoles(of: unit.number) { known -> Bool? in
                    known.isEmpty ? nil : known.elementsEqual(bytes)
                }
                return switch isSame ?? nil {
                case nil: bytes.isEmpty ? .unchanged : .added
                case true?: .unchanged
                case false?: bytes.isEmpty ? .ended : .changed
                }
            }
        }
    }

    /// The numbers of units that have roles in rising order, after `number`, at most `limit` of them.
    public func unitsWithRoles(after number: OrganisationNumber?, limit: Int) throws -> [OrganisationNumber] {
        try store.read { try $0.unitsWithRoles(after: number, limit: limit) }
    }

    /// Keeps other imports out and clears away what a broken one left.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning`, `StorageError`.
    public func begin() throws {
        lock = try ImportLock(on: store.folder)
        do {
            if try store.read({ try $0.roleRegisterState().isUnswept }) { try sweep() }
            pending = try store.transaction { transaction in
                try transaction.markRoleRegister(unswept: true)
                return try transaction.roleRegisterState().generation + 1
            }
        } catch {
            lock = nil
            throw error
        }
    }

    /// Puts units aside under the next generation.
    public func stage(_ units: [UnitRoles]) throws {
        staged += units.map(\.number)
        for unit in units { holdings += Self.holdings(of: unit) }
        try writing.write(units) { try $0.storeRoles($1, generation: pending) }
    }

    /// Makes all that was staged visible, raises the revision if that is anything, and records the import.
    public func apply(_ report: RoleImportReport) throws {
        holdings.sort()
        hasWrittenHoldings = true
        try writing.write(holdings) { try $0.addHolding($1) }
        holdings = []
        try store.transaction { transaction in
            if staged.isEmpty {
                try transaction.markRoleRegister(unswept: false)
            } else {
                try transaction.setRoleRegister(generation: pending)
                try transaction.raiseRevision()
            }
            try transaction.append(event(report))
        }
        // The import is done. What cannot be removed now (a full disk, a locked database) does no harm, and the next import
        // removes it.
        if !staged.isEmpty { try? removeUseless() }
        end()
    }

    /// Drops what was staged.
    public func abandon() throws {
        defer { end() }
        let hasWrittenHoldings = hasWrittenHoldings
        try writing.write(staged) { transaction, number in
            let key = OrganisationRow.key(of: number, generation: pending)
            try transaction.deleteRoles(key: key, withHoldings: hasWrittenHoldings)
        }
        try markSwept()
    }

    /// The rows of the index that a unit's roles need.
    static func holdings(of unit: UnitRoles) -> Set<Holding> {
        Set(
            unit.roles.map {
                Holding(holder: $0.holder.party.partyID, unit: UInt32(truncatingIfNeeded: unit.number.integer))
            }
        )
    }

    private func removeUseless() throws {
        try writing.write(staged) { transaction, number in
            for key in try transaction.uselessRoleKeys(of: number) {
                try transaction.deleteRoles(key: key, withHoldings: true)
            }
        }
        try markSwept()
    }

    private func markSwept() throws {
        try store.transaction { try $0.markRoleRegister(unswept: false) }
    }

    private func end() {
        staged = []
        holdings = []
        hasWrittenHoldings = false
        lock = nil
    }

    /// Removes whatever an import that was killed left: versions beyond the generation, and versions hidden by newer ones.
    private func sweep() throws {
        var last: OrganisationNumber?
        while true {
            let page = try store.read { try $0.unitsWithRoleRows(after: last, limit: 10_000) }
            guard let end = page.last else { break }
            last = end
            try writing.write(page) { transaction, number in
                for key in try transaction.uselessRoleKeys(of: number) {
                    try transaction.deleteRoles(key: key, withHoldings: true)
                }
            }
        }
        try markSwept()
    }
}
