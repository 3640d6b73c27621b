internal import RelationalStorage
public import Organisations
public import Vocabulary

/// The local copy of Enhetsregisteret.
extension SQLiteReader {
    /// The unit with that number, also a deleted one; nil when the register never knew it.
    public func organisation(_ number: OrganisationNumber) throws -> Organisation? {
        try VersionTable.organisations.newest(of: number, self) { record in
            try OrganisationRow.decode(number) { () throws(OrganisationRecord.Damage) in
                try Organisation(number, record: record)
            }
        }
    }

    /// The standing of that unit, its main unit taken into account; nil when the register never knew it.
    ///
    /// Reads what decides and nothing else: one walk down the table, two for a sub-unit.
    public func standing(of number: OrganisationNumber) throws -> OrganisationStanding? {
        guard let unit = try outline(number) else { return nil }
        guard unit.kind == .subUnit, let parent = unit.parent else {
            return OrganisationStanding(of: unit, mainUnit: nil)
        }
        return OrganisationStanding(of: unit, mainUnit: try outline(parent))
    }

    /// The units right below a unit: the sub-units of a main unit, the departments of a body; by number, at most `limit`.
    public func organisations(below number: OrganisationNumber, limit: Int) throws -> [Organisation] {
        let keys = try Int64.fetchCursor(
            database.cachedStatement(sql: "SELECT id FROM organisation_below WHERE id BETWEEN ?1 AND ?2 ORDER BY id"),
            arguments: [OrganisationRow.firstKey(of: number), OrganisationRow.lastKey(of: number)]
        )
        var units: [Organisation] = []
        // The hint may name too many: a unit that moved, or a version that was never seen.
        while units.count < limit, let key = try keys.next() {
            let unit = try organisation(OrganisationRow.number(from: OrganisationRow.generation(ofKey: key)))
            if let unit, unit.parent == number { units.append(unit) }
        }
        return units
    }

    /// The unit without what is only shown.
    private func outline(_ number: OrganisationNumber) throws -> Organisation? {
        try VersionTable.organisations.newest(of: number, self) { record in
            try OrganisationRow.decode(number) { () throws(OrganisationRecord.Damage) in
                try Organisation(number, outline: record)
            }
        }
    }
}

extension SQLiteStore: OrganisationRegistry {
    /// The unit with that number, also a deleted one; nil when the register never knew it.
    public func organisation(_ number: OrganisationNumber) async throws -> Organisation? {
        try await read { try $0.organisation(number) }
    }

    /// The standing of that unit, its main unit taken into account; nil when the register never knew it.
    public func standing(of number: OrganisationNumber) async throws -> OrganisationStanding? {
        try await read { try $0.standing(of: number) }
    }
}
