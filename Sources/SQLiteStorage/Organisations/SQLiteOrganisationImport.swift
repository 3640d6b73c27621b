public import AuditLedger
internal import Glibc
internal import RelationalStorage
public import Organisations
public import Vocabulary

/// One import into the register of the embedded database.
///
/// What is staged stands under the next generation, which no reader sees until the register's own row says so: one small
/// transaction, however large the import. An import that is broken off leaves rows behind that mean nothing; they are
/// swept away by itself or, after a crash, by the next one.
public final class SQLiteOrganisationImport: OrganisationImportStore {
    private let store: SQLiteStore
    private let staging: RegisterStaging
    private let event: (ImportReport) -> LedgerEvent
    /// Records that wait to be written.
    private var waiting = WaitingVersions()
    /// Numbers whose earlier versions have no use once the import is applied.
    private var replaced: [OrganisationNumber] = []
    private var hasStaged = false
    /// What happens to units that the register knows.
    private var changes: [OrganisationChange] = []
    /// Rows of the hint that tells which units stand below which: the one above and the one below, in one number.
    private var below: [Int64] = []

    /// An import into `store`; `event` is what the ledger shall remember of it.
    public init(into store: SQLiteStore, recording event: @escaping (ImportReport) -> LedgerEvent) {
        self.store = store
        self.event = event
        staging = RegisterStaging(of: .organisations, in: store) { try VersionTable.organisations.delete($1, $0) }
    }

    /// Compares records with what the register knows, one by one; fastest when their numbers rise.
    public func compare(_ records: RegisterRecords) throws -> [RecordComparison] {
        try store.read { reader in
            try records.withUnsafeRecords { record in
                try staging.table.compare(records.entries.lazy.map(\.number), reader) { index, known in
                    let entry = records.entries[index]
                    return known.isSame(as: record(entry))
                        ? .same : .other(OrganisationRecord(number: entry.number, bytes: Array(known)))
                }
                .map { $0 ?? .unknown }
            }
        }
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
        try store.read { reader in
            try staging.table.numbers(after: number, limit: limit, reader) { record in
                let flags = OrganisationRecord.Flags(rawValue: record.first ?? 0)
                return flags.isLive && flags.kind == kind
            }
        }
    }

    /// Keeps other imports out and clears away what a broken one left.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning`, `StorageError`.
    public func begin() throws { try staging.begin() }

    /// Puts units aside under the next generation.
    public func stage(added: RegisterRecords, changed: [OrganisationRecord]) throws {
        hasStaged = hasStaged || !(added.entries.isEmpty && changed.isEmpty)
        added.withUnsafeRecords { record in
            for entry in added.entries {
                note(entry.number, record(entry))
                waiting.append(entry.number, record(entry))
            }
        }
        if waiting.isDue { try writeWaiting() }
        replaced += changed.map(\.number)
        for record in changed { record.bytes.withUnsafeBytes { note(record.number, $0) } }
        guard !changed.isEmpty else { return }
        changes += try store.read { reader in
            try changed.flatMap { record in
                try reader.organisation(record.number).map { OrganisationChange.between($0, try record.organisation) }
                    ?? []
            }
        }
        try staging.writing.write(changed) { transaction, record in
            let statement = try staging.table.insertion(transaction)
            try statement.bind(OrganisationRow.key(of: record.number, generation: staging.pending), to: 1)
            try record.bytes.withUnsafeBytes {
                try statement.bind($0, to: 2)
                try statement.run()
            }
        }
    }

    /// Makes all that was staged visible, raises the revision if that is anything, and records the import.
    public func apply(_ report: ImportReport) throws {
        try writeWaiting()
        try writeBelow()
        if hasStaged { try writeChanges(at: event(report).time) }
        try staging.apply(hasChanges: hasStaged) { transaction in
            let event = event(report)
            if report.document == .wholeRegister {
                for kind in report.kinds { try transaction.noteImport(of: RegisterFeed(of: kind), at: event.time) }
            }
            try transaction.append(event)
        }
        // The import is done. Versions that cannot be removed now (a full disk, a locked database) hide behind the new
        // ones, and the next import removes them.
        if hasStaged { try? staging.tidy(replaced) }
        end()
    }

    /// Drops what was staged.
    public func abandon() throws {
        defer { end() }
        waiting = WaitingVersions()
        try staging.sweep()
    }

    private func note(_ number: OrganisationNumber, _ record: UnsafeRawBufferPointer) {
        guard let parent = OrganisationRecord.parent(in: record) else { return }
        below.append(parent.integer << 32 | number.integer)
    }

    /// Writes what waits.
    func writeWaiting() throws { try waiting.take { try staging.stage($0, $1) } }

    /// In the order of the keys, so that a first import appends.
    private func writeBelow() throws {
        below.sort()
        try staging.writing.insert(
            below.count,
            into: "organisation_below",
            columns: ["id"],
            ignoringKnown: true
        ) { try $0.bind(below[$1], to: $2) }
    }

    /// They count from the swap on, as the versions do.
    private func writeChanges(at now: Timestamp) throws {
        try store.transaction { try $0.forgetChanges(from: staging.pending, before: now) }
        try staging.writing.write(changes) { try $0.note($1, generation: staging.pending, at: now) }
    }

    private func end() {
        waiting = WaitingVersions()
        changes = []
        replaced = []
        below = []
        hasStaged = false
        staging.end()
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are the same.
    func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let start = baseAddress, let otherStart = other.baseAddress else {
            return count == other.count
        }
        return memcmp(start, otherStart, count) == 0
    }
}
