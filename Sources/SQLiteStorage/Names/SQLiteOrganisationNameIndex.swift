internal import RelationalStorage
internal import Organisations
internal import Vocabulary

/// Builds the index of names and keeps it up: behind the register, in small steps, and on from where it was left.
///
/// Whoever changes the register calls ``catchUp(progress:)`` after the change counts: the import of a file, a sync, and
/// `portvakt org index` for what a killed one left. Each page is kept together with how far the index is.
public struct SQLiteOrganisationNameIndex: Sendable {
    /// How far it has come.
    public struct Progress: Sendable, Hashable {
        /// Units looked at by this call.
        public let units: Int
        /// The share of the register that this pass has behind it, 0 to 1, by their numbers.
        public let share: Double
    }

    /// What a call came to.
    public enum Outcome: Sendable, Hashable {
        /// The index knows everything; so many units were looked at.
        case complete(units: Int)
        /// Somebody else is at it.
        case busy
    }

    /// Units read at a time.
    private static let page = 2_000
    /// The pages of the index, four kilobytes each, that one step of merging writes; each page of units is followed by
    /// several steps, so that segments never pile up.
    private static let mergePages = 32
    private static let mergesAPage = 4

    private let store: SQLiteStore
    private let writing: PacedWriting

    /// The index in `store`.
    public init(in store: SQLiteStore) {
        self.store = store
        writing = PacedWriting(store: store)
    }

    /// Whether the index knows everything that the register does.
    public var isComplete: Bool {
        get throws { try store.read { try OrganisationNameState($0).isComplete } }
    }

    /// Brings the index up to the register; blocks.
    ///
    /// While a server runs it writes for at most 50 ms at a time, and rests as long as it wrote.
    ///
    /// - Throws: `StorageError`, or what `progress` throws; what was done stays, and the next call goes on behind it.
    @discardableResult
    public func catchUp(progress: (Progress) throws -> Void = { _ in }) throws -> Outcome {
        guard let lock = try IndexLock(on: store.folder) else { return .busy }
        defer { withExtendedLifetime(lock) {} }
        var units = 0
        while true {
            let state = try store.read { try OrganisationNameState($0) }
            let done = units
            if state.generation != state.register {
                units += try pass(state) { try progress(Progress(units: done + $0, share: $1)) }
            } else if state.hasDue {
                // INVARIANT: only after a pass, so that a first pass, which adds without looking, meets no unit again.
                units += try takeDue()
            } else {
                return .complete(units: units)
            }
        }
    }

    /// One pass over all units, or the rest of one; returns how many it looked at.
    private func pass(_ state: OrganisationNameState, progress: (Int, Double) throws -> Void) throws -> Int {
        let target = state.pass?.generation ?? state.register
        var position = state.pass?.position
        let bounds = try store.read { try Bounds($0) }
        if state.pass == nil { try store.transaction { try $0.noteNames(building: target, upTo: nil) } }
        // A page that was written but not noted, before a kill, is looked at with care; further ones of a first index are
        // known to be new.
        var isCareful = true
        var units = 0
        while true {
            var changed: [(number: OrganisationNumber, row: OrganisationNameRow?)] = []
            let last = try store.read { reader in
                try VersionTable.organisations.changed(
                    since: state.generation,
                    after: position,
                    units: Self.page,
                    reader
                ) { number, record in changed.append((number, try Self.row(of: number, record))) }
            }
            try writing.write(changed) { transaction, unit in
                if isCareful || state.generation > 0 {
                    try OrganisationNameRow.replace(of: unit.number, with: unit.row, transaction)
                } else {
                    try unit.row?.insert(transaction)
                }
            }
            isCareful = false
            units += changed.count
            guard let last else { break }
            try store.transaction { try $0.noteNames(building: target, upTo: last) }
            if !changed.isEmpty { try merge() }
            position = last
            try progress(units, bounds.share(upTo: last))
        }
        try store.transaction { try $0.noteNames(completeUpTo: target) }
        try merge()
        return units
    }

    /// Looks at the units that are due one by one; returns how many they were.
    private func takeDue() throws -> Int {
        var units = 0
        while true {
            let numbers = try store.read { reader in
                try Int64.fetchAll(
                    reader.database,
                    sql: "SELECT number FROM organisation_name_due ORDER BY number LIMIT ?",
                    arguments: [Self.page]
                ).map(OrganisationRow.number(from:))
            }
            guard !numbers.isEmpty else { return units }
            // Read again inside the transaction: what a sync writes meanwhile makes the unit due again.
            try writing.write(numbers) { transaction, number in
                let row = try transaction.organisation(number).flatMap { OrganisationNameRow($0) }
                try OrganisationNameRow.replace(of: number, with: row, transaction)
                try transaction.database.cachedStatement(sql: "DELETE FROM organisation_name_due WHERE number = ?")
                    .execute(arguments: [number.integer])
            }
            try merge()
            units += numbers.count
        }
    }

    /// Merges segments of the index a little: many are slow to search, and all at once would hold up a server.
    private func merge() throws {
        try writing.write(Array(repeating: Self.mergePages, count: Self.mergesAPage)) { transaction, pages in
            try transaction.database.cachedStatement(
                sql: "INSERT INTO organisation_name (organisation_name, rank) VALUES ('merge', ?)"
            )
            .execute(arguments: [pages])
        }
    }

    private static func row(of number: OrganisationNumber, _ record: [UInt8]) throws -> OrganisationNameRow? {
        try OrganisationRow.decode(number) { () throws(OrganisationRecord.Damage) in
            OrganisationNameRow(try OrganisationRecord(number: number, bytes: record).unit())
        }
    }

    /// The first and the last unit.
    private struct Bounds {
        private let first: Int64
        private let last: Int64

        init(_ reader: SQLiteReader) throws {
            let row = try Row.fetchOne(
                reader.database,
                sql: "SELECT (SELECT min(id) FROM organisation) >> 32, (SELECT max(id) FROM organisation) >> 32"
            )
            first = row?[0] ?? 0
            last = row?[1] ?? 0
        }

        func share(upTo number: OrganisationNumber) -> Double {
            last > first ? min(max(Double(number.integer - first) / Double(last - first), 0), 1) : 1
        }
    }
}

extension OrganisationRecord {
    fileprivate func unit() throws(Damage) -> Organisation {
        do {
            return try organisation
        } catch {
            throw Damage()
        }
    }
}
