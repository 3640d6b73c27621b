internal import Organisations
internal import Vocabulary

/// The keys of the register's rows: the number of a unit and the generation of the import that wrote the version, in one.
enum OrganisationRow {
    /// The key of a unit's version under a generation.
    static func key(of number: OrganisationNumber, generation: Int64) -> Int64 { number.integer << 32 + generation }

    /// The key that no version of the unit is below.
    static func firstKey(of number: OrganisationNumber) -> Int64 { key(of: number, generation: 0) }

    /// The key that no version of the unit is above.
    static func lastKey(of number: OrganisationNumber) -> Int64 { key(of: number, generation: 0xFFFF_FFFF) }

    /// The generation of a key.
    static func generation(ofKey key: Int64) -> Int64 { key & 0xFFFF_FFFF }

    /// The unit of a key.
    static func number(ofKey key: Int64) throws -> OrganisationNumber { try number(from: key >> 32) }

    static func number(from integer: Int64) throws -> OrganisationNumber {
        guard let number = OrganisationNumber(integer: integer) else {
            throw StorageError.corrupt(detail: "organisation number `\(integer)` is malformed")
        }
        return number
    }

    /// Reads a record; `read` takes all of it, or its beginning.
    static func decode<Value>(
        _ number: OrganisationNumber,
        _ read: () throws(OrganisationRecord.Damage) -> Value
    ) throws -> Value {
        do {
            return try read()
        } catch {
            throw StorageError.corrupt(detail: "the record of organisation `\(number)` is malformed")
        }
    }
}
