internal import RelationalStorage
internal import Organisations
internal import Vocabulary

/// A table of versions under generations (decision 0002): `id` is unit and generation, one more column is the value.
///
/// The version of a unit that counts is the newest one that is not beyond the generation in the table's register.
struct VersionTable {
    /// The units.
    static let organisations = VersionTable(name: "organisation", value: "record", register: "organisation_register")
    /// The roles of units.
    static let roles = VersionTable(name: "role_set", value: "roles", register: "role_register")

    let name: String
    /// The columns of a version: its key and its value.
    let columns: [String]
    private let register: String
    private let newestSQL: String
    private let walkSQL: String
    private let insertSQL: String
    private let deleteSQL: String
    private let removalSQL: String

    private init(name: String, value: String, register: String) {
        self.name = name
        self.register = register
        columns = ["id", value]
        newestSQL = """
            SELECT \(value) FROM \(name)
            WHERE id BETWEEN ?1 AND ?1 + (SELECT generation FROM \(register) WHERE id = 1)
            ORDER BY id DESC LIMIT 1
            """
        walkSQL = "SELECT id, \(value) FROM \(name) WHERE id >= ?1 ORDER BY id"
        insertSQL = "INSERT INTO \(name) (id, \(value)) VALUES (?1, ?2)"
        deleteSQL = "DELETE FROM \(name) WHERE id = ?1"
        removalSQL = "DELETE FROM \(name) WHERE id BETWEEN ?1 AND ?2"
    }

    // MARK: Reading

    /// The generation that counts, and whether useless versions may be left.
    func state(_ reader: SQLiteReader) throws -> (generation: Int64, isUnswept: Bool) {
        let statement = try reader.database.cachedStatement(
            sql: "SELECT generation, unswept FROM \(register) WHERE id = 1"
        )
        guard let row = try Row.fetchOne(statement) else {
            throw StorageError.corrupt(detail: "the state of `\(register)` is missing")
        }
        return (row[0], row[1])
    }

    /// Gives the bytes of the version that counts to `body`; nil when there is none.
    func newest<Result>(
        of number: OrganisationNumber,
        _ reader: SQLiteReader,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result? {
        let statement = try reader.database.cachedStatement(sql: newestSQL)
        defer { statement.reset() }
        try statement.bind(OrganisationRow.firstKey(of: number), to: 1)
        // The bytes are SQLite's own until the next step: no copy is made of them.
        return try statement.step() ? try body(statement.bytes(0)) : nil
    }

    /// The units whose version that counts is wanted, in rising order, after `number`, at most `limit` of them.
    func numbers(
        after number: OrganisationNumber?,
        limit: Int,
        _ reader: SQLiteReader,
        where isWanted: (UnsafeRawBufferPointer) throws -> Bool
    ) throws -> [OrganisationNumber] {
        var walk = try VersionWalk(reader.database, sql: walkSQL, generation: try state(reader).generation)
        defer { walk.end() }
        try walk.seek(number.map { OrganisationRow.lastKey(of: $0) + 1 } ?? 0)
        var numbers: [OrganisationNumber] = []
        while numbers.count < limit, let key = walk.key {
            let unit = key >> 32
            if try walk.withNewest(of: unit, isWanted) == true {
                numbers.append(try OrganisationRow.number(from: unit))
            }
        }
        return numbers
    }

    /// What `compare` makes of the version that counts of each of some units, nil where there is none.
    ///
    /// Walks along when their numbers rise. `compare` sees each unit's versions from the oldest on; the last word counts.
    func compare<Result>(
        _ numbers: some Sequence<OrganisationNumber>,
        _ reader: SQLiteReader,
        with compare: (Int, UnsafeRawBufferPointer) throws -> Result
    ) throws -> [Result?] {
        var walk = try VersionWalk(reader.database, sql: walkSQL, generation: try state(reader).generation)
        defer { walk.end() }
        var results: [Result?] = []
        results.reserveCapacity(numbers.underestimatedCount)
        for (index, number) in numbers.enumerated() {
            try walk.approach(OrganisationRow.firstKey(of: number))
            results.append(try walk.withNewest(of: number.integer) { try compare(index, $0) })
        }
        return results
    }

    /// The keys of a unit's versions that no reader will ever need, the oldest first.
    ///
    /// An empty version is needed only while an older one stands behind it, which goes first.
    func uselessKeys(of number: OrganisationNumber, _ reader: SQLiteReader) throws -> [Int64] {
        let statement = try reader.database.cachedStatement(sql: walkSQL)
        defer { statement.reset() }
        try statement.bind(OrganisationRow.firstKey(of: number), to: 1)
        var versions = UnitVersions(generation: try state(reader).generation)
        while try statement.step(), statement.integer(0) <= OrganisationRow.lastKey(of: number) {
            versions.add(statement.integer(0), isEmpty: statement.bytes(1).isEmpty)
        }
        return versions.useless
    }

    /// As ``uselessKeys(of:_:)``, of so many of the next units; `last` is nil at the end of the table.
    func uselessKeys(
        after number: OrganisationNumber?,
        units limit: Int,
        _ reader: SQLiteReader
    ) throws -> (last: OrganisationNumber?, keys: [Int64]) {
        let generation = try state(reader).generation
        let statement = try reader.database.cachedStatement(sql: walkSQL)
        defer { statement.reset() }
        try statement.bind(number.map { OrganisationRow.lastKey(of: $0) + 1 } ?? 0, to: 1)
        var versions = UnitVersions(generation: generation)
        var keys: [Int64] = []
        var units = 0
        while try statement.step() {
            let key = statement.integer(0)
            if versions.unit != key >> 32 {
                keys += versions.useless
                if units == limit { return (try versions.unit.map(OrganisationRow.number(from:)), keys) }
                versions = UnitVersions(unit: key >> 32, generation: generation)
                units += 1
            }
            versions.add(key, isEmpty: statement.bytes(1).isEmpty)
        }
        return (nil, keys + versions.useless)
    }

    /// Gives the units whose version that counts came after a generation to `body`, of so many of the next units.
    ///
    /// - Returns: the last unit that was looked at; nil at the end of the table.
    func changed(
        since generation: Int64,
        after number: OrganisationNumber?,
        units limit: Int,
        _ reader: SQLiteReader,
        _ body: (OrganisationNumber, [UInt8]) throws -> Void
    ) throws -> OrganisationNumber? {
        let newest = try state(reader).generation
        let statement = try reader.database.cachedStatement(sql: walkSQL)
        defer { statement.reset() }
        try statement.bind(number.map { OrganisationRow.lastKey(of: $0) + 1 } ?? 0, to: 1)
        var unit: OrganisationNumber?
        var version: [UInt8]?
        var units = 0
        func give() throws {
            if let unit, let version { try body(unit, version) }
            version = nil
        }
        while try statement.step() {
            let key = statement.integer(0)
            if unit?.integer != key >> 32 {
                try give()
                if units == limit { return unit }
                unit = try OrganisationRow.number(ofKey: key)
                units += 1
            }
            // Versions rise, so the last one that is not beyond the register's generation stays.
            let came = OrganisationRow.generation(ofKey: key)
            if came > generation, came <= newest { version = Array(statement.bytes(1)) }
        }
        try give()
        return nil
    }

    /// The bytes of one version; nil when there is none.
    func bytes(_ key: Int64, _ reader: SQLiteReader) throws -> [UInt8]? {
        let statement = try reader.database.cachedStatement(sql: walkSQL)
        defer { statement.reset() }
        try statement.bind(key, to: 1)
        return try statement.step() && statement.integer(0) == key ? Array(statement.bytes(1)) : nil
    }

    // MARK: Writing

    /// The statement that stores a version: its key and its value.
    func insertion(_ transaction: SQLiteTransaction) throws -> any Statement {
        try transaction.database.cachedStatement(sql: insertSQL)
    }

    func delete(_ key: Int64, _ transaction: SQLiteTransaction) throws {
        let statement = try transaction.database.cachedStatement(sql: deleteSQL)
        try statement.bind(key, to: 1)
        try statement.run()
    }

    /// Puts a value in the place of all versions of a unit, under the generation that counts; empty: none takes it.
    ///
    /// Only while no import stages versions, which it may have compared with the one that goes.
    func replace(_ number: OrganisationNumber, with bytes: [UInt8], _ transaction: SQLiteTransaction) throws {
        let removal = try transaction.database.cachedStatement(sql: removalSQL)
        try removal.bind(OrganisationRow.firstKey(of: number), to: 1)
        try removal.bind(OrganisationRow.lastKey(of: number), to: 2)
        try removal.run()
        guard !bytes.isEmpty else { return }
        let insertion = try insertion(transaction)
        let generation = try state(transaction).generation
        try insertion.bind(OrganisationRow.key(of: number, generation: generation), to: 1)
        try bytes.withUnsafeBytes {
            try insertion.bind($0, to: 2)
            try insertion.run()
        }
    }

    /// Says which generation counts from now on.
    func set(generation: Int64, _ transaction: SQLiteTransaction) throws {
        try transaction.database.execute(
            sql: "UPDATE \(register) SET generation = ? WHERE id = 1",
            arguments: [generation]
        )
    }

    /// Says whether useless versions may be left.
    func mark(unswept: Bool, _ transaction: SQLiteTransaction) throws {
        try transaction.database.execute(
            sql: "UPDATE \(register) SET unswept = ? WHERE id = 1",
            arguments: [unswept]
        )
    }
}

/// The versions of one unit, the oldest first.
private struct UnitVersions {
    var unit: Int64?
    let generation: Int64
    private var keys: [Int64] = []
    private var visible: (key: Int64, isEmpty: Bool)?

    init(unit: Int64? = nil, generation: Int64) {
        self.unit = unit
        self.generation = generation
    }

    mutating func add(_ key: Int64, isEmpty: Bool) {
        keys.append(key)
        if OrganisationRow.generation(ofKey: key) <= generation { visible = (key, isEmpty) }
    }

    /// The keys that no reader will ever need.
    var useless: [Int64] { keys.filter { $0 != visible?.key || visible?.isEmpty == true } }
}

/// A walk down a table of versions, from unit to unit.
private struct VersionWalk {
    /// Rather than over so many rows it goes by a new search.
    private static let strides = 16

    private let statement: any Statement
    private let generation: Int64
    /// The key of the row it stands at; nil at the end.
    private(set) var key: Int64?
    /// Where it was last sent: at the end of the table nothing greater needs to be looked for.
    private var sought = Int64.max

    init(_ database: any Database, sql: String, generation: Int64) throws {
        statement = try database.cachedStatement(sql: sql)
        self.generation = generation
    }

    func end() { statement.reset() }

    /// Goes to the first row that is not below a key.
    mutating func seek(_ wanted: Int64) throws {
        statement.reset()
        try statement.bind(wanted, to: 1)
        sought = wanted
        try step()
    }

    /// As ``seek(_:)``, on foot when it is near.
    mutating func approach(_ wanted: Int64) throws {
        guard wanted >= sought else { return try seek(wanted) }
        sought = wanted
        var taken = 0
        while let key, key < wanted {
            guard taken < Self.strides else { return try seek(wanted) }
            try step()
            taken += 1
        }
    }

    /// What `body` makes of the version that counts of the unit that it stands at; goes on to the next unit.
    ///
    /// Nil when it stands elsewhere or no version counts. Commonly there is one version, so each that may count is looked
    /// at before it is known whether it is the last, and what was made of earlier ones is dropped.
    mutating func withNewest<Result>(
        of unit: Int64,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result? {
        var result: Result?
        while let key, key >> 32 == unit {
            if OrganisationRow.generation(ofKey: key) <= generation { result = try body(statement.bytes(1)) }
            try step()
        }
        return result
    }

    private mutating func step() throws { key = try statement.step() ? statement.integer(0) : nil }
}
