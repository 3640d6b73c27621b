internal import FoundationEssentials
internal import GRDB
internal import JOSE
internal import Organisations
internal import Vocabulary

extension Migration {
    /// A unit is one value, as the roles of one are: an import of millions writes two columns instead of fifteen.
    static let organisationRecords = Migration(
        number: 13,
        name: "organisation records",
        sql: """
            ALTER TABLE organisation RENAME TO organisation_before;
            DROP INDEX organisation_parent;

            -- One row for each version of a unit, under generations as before. `record` holds a byte of flags (1 sub-unit,
            -- 2 deleted, 4 purged, 8 bankrupt, 16 being wound up, 32 under compulsory winding-up), and then values in the
            -- order of their tags: a byte of tag, and three bytes (a day, least significant first), four (the number of the
            -- unit above, most significant first), or a text after its length.
            CREATE TABLE organisation (
                id INTEGER PRIMARY KEY,                                     -- number * 2^32 + generation
                record BLOB NOT NULL
            ) STRICT;

            -- Which units may stand right below which; a hint that is never short of one and is compared with the records.
            CREATE TABLE organisation_below (
                id INTEGER PRIMARY KEY                                      -- number of the one above * 2^32 + number below
            ) STRICT;
            """,
        conversion: { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT number, sub_unit, state, deleted_day, bankrupt, bankrupt_day, winding_up, winding_up_day,
                        compulsory, compulsory_day, parent, name, form, form_description, detail, id
                    FROM organisation_before ORDER BY id
                    """
            )
            while let row = try rows.next() {
                let unit = try OrganisationColumns.decode(row)
                try database.cachedStatement(sql: "INSERT INTO organisation (id, record) VALUES (?, ?)")
                    .execute(arguments: [row[15] as Int64, Data(OrganisationRecord(unit).bytes)])
                guard let parent = unit.parent else { continue }
                try database.cachedStatement(sql: "INSERT OR IGNORE INTO organisation_below (id) VALUES (?)")
                    .execute(arguments: [parent.integer << 32 | unit.number.integer])
            }
            try database.execute(sql: "DROP TABLE organisation_before")
        }
    )
}

/// How a unit stood in its row before: columns for what is decided on, one JSON text for what is only shown.
private enum OrganisationColumns {
    static func decode(_ row: Row) throws -> Organisation {
        var unit = try outline(row, form: Organisation.Form(code: row[12], description: row[13]))
        guard let text = row[14] as String? else { return unit }
        guard case .object(let detail)? = try? JSONValue(parsing: text) else {
            throw StorageError.corrupt(detail: "the detail of organisation `\(unit.number)` is malformed")
        }
        func day(_ name: String) -> CalendarDate? { detail[name]?.string.flatMap { CalendarDate(parsing: $0) } }
        unit.historicNames = (detail["names"]?.array ?? []).compactMap { entry in
            guard let name = entry["name"]?.string else { return nil }
            return Organisation.HistoricName(
                name: name,
                from: entry["from"]?.string.flatMap { CalendarDate(parsing: $0) },
                until: entry["until"]?.string.flatMap { CalendarDate(parsing: $0) }
            )
        }
        unit.registered = day("registered")
        unit.registrations.businessEnterprises = day("business_enterprises")
        unit.registrations.valueAddedTax = day("value_added_tax")
        unit.registrations.nonProfit = day("non_profit")
        unit.founded = day("founded")
        unit.reconstructionSince = day("reconstruction")
        unit.foreignInsolvencySince = day("foreign_insolvency")
        unit.closedDown = day("closed_down")
        unit.municipality = detail["municipality"]?.string
        unit.industryCode = detail["industry"]?.string
        if case .object(let address)? = detail["address"] {
            unit.address = Organisation.Address(
                lines: address["lines"]?.strings ?? [],
                postalCode: address["postal_code"]?.string,
                place: address["place"]?.string,
                countryCode: address["country"]?.string
            )
        }
        return unit
    }

    private static func outline(_ row: Row, form: Organisation.Form) throws -> Organisation {
        var unit = Organisation(
            number: try OrganisationRow.number(from: row[0]),
            kind: row[1] ? .subUnit : .mainUnit,
            name: row[11],
            form: form,
            parent: try (row[10] as Int64?).map(OrganisationRow.number(from:))
        )
        unit.deleted = day(row[3])
        switch row[2] as Int64 {
        case 0: break
        case 1: unit.isDeleted = unit.deleted == nil
        default: unit.isPurged = true
        }
        unit.distress.bankrupt = row[4]
        unit.distress.bankruptSince = day(row[5])
        unit.distress.windingUp = row[6]
        unit.distress.windingUpSince = day(row[7])
        unit.distress.compulsoryWindingUp = row[8]
        unit.distress.compulsoryWindingUpSince = day(row[9])
        return unit
    }

    private static func day(_ days: Int64?) -> CalendarDate? { days.map { CalendarDate(daysSinceEpoch: $0) } }
}
