internal import RelationalStorage
internal import Organisations
internal import Vocabulary

/// What the index of names holds of one unit.
struct OrganisationNameRow: Hashable {
    /// The order in which the index tells of units: the living first.
    enum Class: Int64, CaseIterable {
        case liveMainUnit = 0
        case liveSubUnit = 1
        case deletedMainUnit = 2
        case deletedSubUnit = 3

        init(_ unit: Organisation) {
            switch (unit.kind, unit.isLive) {
            case (.mainUnit, true): self = .liveMainUnit
            case (.subUnit, true): self = .liveSubUnit
            case (.mainUnit, false): self = .deletedMainUnit
            case (.subUnit, false): self = .deletedSubUnit
            }
        }

        /// The row of a unit in this class.
        func row(of number: OrganisationNumber) -> Int64 { rawValue << 32 | number.integer }
    }

    /// Where it stands.
    let id: Int64
    /// The name.
    let name: String
    /// Earlier names, one a line.
    let former: String
    /// Where the unit is: the place, and the municipality's number.
    let place: String

    /// The row of a unit; nil when nothing of it may be found (Fjernet) or it has no name.
    init?(_ unit: Organisation) {
        guard !unit.isPurged, !unit.name.isEmpty else { return nil }
        id = Class(unit).row(of: unit.number)
        name = unit.name
        former = unit.historicNames.map(\.name).joined(separator: "\n")
        place = [unit.address?.place, unit.municipality].compactMap { $0 }.joined(separator: " ")
    }

    private init(_ row: Row) {
        id = row[0]
        name = row[1]
        former = row[2]
        place = row[3]
    }
}

extension OrganisationNameRow {
    /// All rows of a unit: one, or none.
    static func rows(of number: OrganisationNumber, _ reader: SQLiteReader) throws -> [OrganisationNameRow] {
        let ids = Class.allCases.map { $0.row(of: number) }
        let statement = try reader.database.cachedStatement(
            sql: "SELECT rowid, name, former, place FROM organisation_name WHERE rowid IN (?, ?, ?, ?)"
        )
        return try Row.fetchAll(statement, arguments: StatementArguments(ids)).map(OrganisationNameRow.init)
    }

    /// Adds the row; there must be none of its unit.
    func insert(_ transaction: SQLiteTransaction) throws {
        try transaction.database.cachedStatement(
            sql: "INSERT INTO organisation_name (rowid, name, former, place) VALUES (?, ?, ?, ?)"
        )
        .execute(arguments: [id, name, former, place])
    }

    /// Takes the row away.
    func delete(_ transaction: SQLiteTransaction) throws {
        try transaction.database.cachedStatement(sql: "DELETE FROM organisation_name WHERE rowid = ?")
            .execute(arguments: [id])
    }

    /// Brings the index up to what holds of a unit; writes nothing where it does already.
    static func replace(
        of number: OrganisationNumber,
        with row: OrganisationNameRow?,
        _ transaction: SQLiteTransaction
    ) throws {
        let known = try rows(of: number, transaction)
        guard known != [row].compactMap({ $0 }) else { return }
        for old in known { try old.delete(transaction) }
        try row?.insert(transaction)
    }
}
