internal import GRDB
internal import JOSE
internal import Organisations
internal import Vocabulary

/// How a unit stands in its row: columns for what is decided on or searched, one JSON text for what is only shown.
enum OrganisationRow {
    /// What a decision needs, in the order that ``decodeOutline(_:)`` takes.
    static let outlineColumns = """
        number, sub_unit, state, deleted_day, bankrupt, bankrupt_day, winding_up, winding_up_day, compulsory,
        compulsory_day, parent, name
        """

    /// Everything, in the order that ``decode(_:)`` takes.
    static let columns = outlineColumns + ", form, form_description, detail"

    /// Stores a version; a version of the same unit and generation gives way.
    static let insertSQL = """
        INSERT OR REPLACE INTO organisation (
            id, sub_unit, state, deleted_day, bankrupt, bankrupt_day, winding_up, winding_up_day, compulsory,
            compulsory_day, parent, name, form, form_description, detail
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The key of a unit's version under a generation.
    static func key(of number: OrganisationNumber, generation: Int64) -> Int64 { number.integer << 32 + generation }

    /// The key that no version of the unit is below.
    static func firstKey(of number: OrganisationNumber) -> Int64 { key(of: number, generation: 0) }

    /// The key that no version of the unit is above.
    static func lastKey(of number: OrganisationNumber) -> Int64 { key(of: number, generation: 0xFFFF_FFFF) }

    /// The generation of a key.
    static func generation(ofKey key: Int64) -> Int64 { key & 0xFFFF_FFFF }

    static func number(from integer: Int64) throws -> OrganisationNumber {
        guard let number = OrganisationNumber(integer: integer) else {
            throw StorageError.corrupt(detail: "organisation number `\(integer)` is malformed")
        }
        return number
    }

    // MARK: Writing

    static func arguments(for unit: Organisation, generation: Int64) -> StatementArguments {
        let state: Int64 = unit.isPurged ? 2 : unit.isLive ? 0 : 1
        let distress = unit.distress
        return [
            key(of: unit.number, generation: generation), unit.kind == .subUnit, state, unit.deleted?.daysSinceEpoch,
            distress.bankrupt, distress.bankruptSince?.daysSinceEpoch,
            distress.windingUp, distress.windingUpSince?.daysSinceEpoch,
            distress.compulsoryWindingUp, distress.compulsoryWindingUpSince?.daysSinceEpoch,
            unit.parent?.integer, unit.name, unit.form.code, unit.form.description, detail(of: unit),
        ]
    }

    private static func detail(of unit: Organisation) -> String? {
        var detail: JSONObject = [:]
        func put(_ name: String, _ day: CalendarDate?) { detail[name] = day.map { .string("\($0)") } }
        if !unit.historicNames.isEmpty {
            detail["names"] = .array(
                unit.historicNames.map { name in
                    var entry: JSONObject = ["name": .string(name.name)]
                    entry["from"] = name.from.map { .string("\($0)") }
                    entry["until"] = name.until.map { .string("\($0)") }
                    return .object(entry)
                }
            )
        }
        put("registered", unit.registered)
        put("business_enterprises", unit.registrations.businessEnterprises)
        put("value_added_tax", unit.registrations.valueAddedTax)
        put("non_profit", unit.registrations.nonProfit)
        put("founded", unit.founded)
        put("reconstruction", unit.reconstructionSince)
        put("foreign_insolvency", unit.foreignInsolvencySince)
        put("closed_down", unit.closedDown)
        detail["municipality"] = unit.municipality.map { .string($0) }
        detail["industry"] = unit.industryCode.map { .string($0) }
        if let address = unit.address {
            var entry: JSONObject = ["lines": .strings(address.lines)]
            entry["postal_code"] = address.postalCode.map { .string($0) }
            entry["place"] = address.place.map { .string($0) }
            entry["country"] = address.countryCode.map { .string($0) }
            detail["address"] = .object(entry)
        }
        return detail.isEmpty ? nil : JSONValue.object(detail).text()
    }

    // MARK: Reading

    static func decodeOutline(_ row: Row) throws -> Organisation {
        try outline(row, form: Organisation.Form(code: "", description: nil))
    }

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
            number: try number(from: row[0]),
            kind: row[1] ? .subUnit : .mainUnit,
            name: row[11],
            form: form,
            parent: try (row[10] as Int64?).map(number(from:))
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
