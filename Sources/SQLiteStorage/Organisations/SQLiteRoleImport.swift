public import Administration
public import AuditLedger
public import Delegations
internal import RelationalStorage
internal import Organisations
public import Vocabulary

/// One import of roles into the embedded database.
///
/// Versions are staged under the next generation as an import of units does it. The index of holders is a hint that may
/// name too many units: its rows are gathered in memory and added in the order of their keys before the swap, so that a
/// first import of five million hardly jumps about; what is useless is removed after the swap.
public final class SQLiteRoleImport: RoleImportStore {
    /// A row of the index of holders.
    struct Holding: Hashable, Comparable {
        let holder: Int64
        let unit: UInt32

        static func < (left: Holding, right: Holding) -> Bool {
            left.holder == right.holder ? left.unit < right.unit : left.holder < right.holder
        }
    }

    /// So many rows of the index are gathered, of 16 bytes each.
    private static let gatheredHoldings = 2_000_000

    private let store: SQLiteStore
    private let staging: RegisterStaging
    private let event: (RoleImportReport) -> LedgerEvent
    private var waiting = WaitingVersions()
    private var staged: [OrganisationNumber] = []
    private var holdings: [Holding] = []

    /// An import into `store`; `event` is what the ledger shall remember of it.
    public init(into store: SQLiteStore, recording event: @escaping (RoleImportReport) -> LedgerEvent) {
        self.store = store
        self.event = event
        staging = RegisterStaging(of: .roles, in: store) { try $0.deleteRoles(key: $1) }
    }

    /// Compares units with what the register knows of them, one by one; fastest when their numbers rise.
    public func compare(_ units: [RoleSetRecord]) throws -> [RoleSetChange] {
        try store.read { reader in
            let comparisons = try staging.table.compare(units.lazy.map(\.number), reader) { index, known in
                let bytes = units[index].bytes
                if known.isEmpty { return bytes.isEmpty ? RoleSetChange.unchanged : .added }
                if bytes.withUnsafeBytes({ known.isSame(as: $0) }) { return .unchanged }
                return bytes.isEmpty ? .ended : .changed
            }
            return zip(units, comparisons).map { unit, change in change ?? (unit.bytes.isEmpty ? .unchanged : .added) }
        }
    }

    /// The numbers of units that have roles in rising order, after `number`, at most `limit` of them.
    public func unitsWithRoles(after number: OrganisationNumber?, limit: Int) throws -> [OrganisationNumber] {
        try store.read { try staging.table.numbers(after: number, limit: limit, $0) { !$0.isEmpty } }
    }

    /// Keeps other imports out and clears away what a broken one left.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning`, `StorageError`.
    public func begin() throws { try staging.begin() }

    /// Puts units aside under the next generation.
    public func stage(_ units: [RoleSetRecord]) throws {
        for unit in units {
            unit.bytes.withUnsafeBytes { waiting.append(unit.number, $0) }
            staged.append(unit.number)
            let number = UInt32(truncatingIfNeeded: unit.number.integer)
            for holder in unit.holders { holdings.append(Holding(holder: holder, unit: number)) }
        }
        if waiting.isDue { try writeWaiting() }
        if holdings.count >= Self.gatheredHoldings { try writeHoldings() }
    }

    /// Makes all that was staged visible, raises the revision if that is anything, and records the import.
    public func apply(_ report: RoleImportReport) throws {
        try writeWaiting()
        try writeHoldings()
        try staging.apply(hasChanges: !staged.isEmpty) { transaction in
            let event = event(report)
            if report.document == .wholeRegister { try transaction.noteImport(of: .roles, at: event.time) }
            try transaction.append(event)
        }
        // The import is done. What cannot be removed now (a full disk, a locked database) does no harm, and the next import
        // removes it.
        if !staged.isEmpty { try? staging.tidy(mayHaveUseless(report)) }
        end()
    }

    /// Drops what was staged.
    public func abandon() throws {
        defer { end() }
        // Rows of the index may stand there already; they go with the versions that needed them, so those must be there too.
        try writeWaiting()
        try staging.sweep()
    }

    /// Units that had roles before; of a first import none.
    private func mayHaveUseless(_ report: RoleImportReport) -> [OrganisationNumber] {
        report.changed + report.ended == 0 ? [] : staged
    }

    /// Writes what waits.
    func writeWaiting() throws { try waiting.take { try staging.stage($0, $1) } }

    private func writeHoldings() throws {
        holdings.sort()
        try staging.writing.insert(
            holdings.count,
            into: "role_holder",
            columns: ["holder", "unit"],
            ignoringKnown: true
        ) { statement, row, parameter in
            try statement.bind(holdings[row].holder, to: parameter)
            try statement.bind(Int64(holdings[row].unit), to: parameter + 1)
        }
        holdings.removeAll(keepingCapacity: true)
    }

    private func end() {
        waiting = WaitingVersions()
        staged = []
        holdings = []
        staging.end()
    }
}

extension SQLiteTransaction {
    /// Removes a version and, with it, the rows of the index that only it needed.
    fileprivate func deleteRoles(key: Int64) throws {
        let number = try OrganisationRow.number(ofKey: key)
        if let bytes = try VersionTable.roles.bytes(key, self) {
            let gone = Set(try bytes.withUnsafeBytes { try Self.roles($0) }.map(\.holder.party.partyID))
            let needed = Set(try registerRoles(of: number).map(\.holder.party.partyID))
            for holder in gone.subtracting(needed) {
                try database.cachedStatement(sql: "DELETE FROM role_holder WHERE holder = ? AND unit = ?")
                    .execute(arguments: [holder, number.integer])
            }
        }
        try VersionTable.roles.delete(key, self)
    }
}
