internal import RelationalStorage
internal import JOSE
public import Scopes
public import Vocabulary

/// Prefixes, scopes and grants of access.
extension SQLiteReader: ScopeReader {
    /// Who owns that prefix; nil when it is free.
    public func prefixAssignment(_ prefix: ScopePrefix) throws -> ScopePrefixAssignment? {
        try Self.prefixes.first(in: database, "WHERE prefix = ?", [prefix.rawValue])
    }

    /// All assigned prefixes, in order.
    public func prefixAssignments() throws -> [ScopePrefixAssignment] {
        try Self.prefixes.all(in: database, "ORDER BY prefix", [])
    }

    /// The scope of that name.
    public func scope(_ name: ScopeName) throws -> Scope? {
        try Self.scopes.first(in: database, "WHERE name = ?", [name.rawValue])
    }

    /// The scopes asked for, by name.
    public func scopes(_ query: ScopeQuery) throws -> [Scope] {
        var filter = SQLFilter()
        filter.requireName("name", under: query.prefix)
        filter.require("owner = ?", query.owner?.integer)
        filter.require("last_updated >= ?", query.changedSince?.seconds)
        if !query.includesInactive { filter.require("active = 1") }
        return try Self.scopes.all(in: database, filter, orderedBy: "name")
    }

    /// The organisation's grant to that scope, in any state.
    public func access(to scope: ScopeName, of consumer: OrganisationNumber) throws -> ScopeAccess? {
        var filter = SQLFilter()
        filter.require("scope = ?", scope.rawValue)
        filter.require("consumer = ?", consumer.integer)
        return try AccessRows(database).all(filter).first
    }

    /// The grants asked for, by scope and consumer.
    public func accesses(_ query: AccessQuery) throws -> [ScopeAccess] {
        try AccessRows(database).all(Self.filter(of: query), part: query.part)
    }

    /// How many grants there are that are asked for, whatever part of them.
    public func accessCount(_ query: AccessQuery) throws -> Int {
        let filter = Self.filter(of: query)
        let statement = try database.cachedStatement(sql: "SELECT count(*) FROM scope_access\(filter.clause)")
        return try Int.fetchOne(statement, arguments: filter.arguments) ?? 0
    }

    private static func filter(of query: AccessQuery) -> SQLFilter {
        var filter = SQLFilter()
        filter.require("scope = ?", query.scope?.rawValue)
        filter.requireName("scope", under: query.prefix)
        filter.require("consumer = ?", query.consumer?.integer)
        filter.require("scope IN (SELECT name FROM scope WHERE owner = ?)", query.owner?.integer)
        filter.require("valid_until < ?", query.endingBefore?.seconds)
        filter.require("valid_until > ?", query.endingAfter?.seconds)
        if !query.includesUnapproved { filter.require("state = 'APPROVED'") }
        return filter
    }

    /// How many organisations have access to each scope; scopes that nobody has access to are left out.
    public func consumerCounts() throws -> [ScopeName: Int] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT scope, count(*) FROM scope_access WHERE state = 'APPROVED' GROUP BY scope"
        )
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let text: String = row[0]
                guard let name = try? ScopeName(parsing: text) else {
                    throw StorageError.corrupt(detail: "a grant of access to `\(text)` is malformed")
                }
                return (name, row[1] as Int)
            }
        )
    }

    // MARK: Rows

    private static let prefixes = StoredRecord(
        "SELECT prefix, owner, created, last_updated FROM scope_prefix",
        read: prefixAssignment
    )

    private static let scopes = StoredRecord(
        "SELECT name, owner, fields, created, last_updated, origin FROM scope",
        read: storedScope
    )

    private static func prefixAssignment(_ row: Row) throws -> ScopePrefixAssignment {
        guard let prefix = try? ScopePrefix(parsing: row[0] as String) else {
            throw StorageError.corrupt(detail: "scope prefix `\(row[0] as String)` is malformed")
        }
        return ScopePrefixAssignment(
            prefix: prefix,
            owner: try StoredValue.organisation(row[1], of: "scope prefix `\(prefix)`"),
            created: Timestamp(seconds: row[2]),
            lastUpdated: Timestamp(seconds: row[3])
        )
    }

    static func storedScope(_ row: Row) throws -> Scope {
        let text: String = row[0]
        guard let name = try? ScopeName(parsing: text),
            let fields = (try? JSONValue(parsing: Array((row[2] as String).utf8)))?.object
        else { throw StorageError.corrupt(detail: "scope `\(text)` is malformed") }
        var scope = Scope(
            name: name,
            owner: try StoredValue.organisation(row[1], of: "scope `\(text)`"),
            description: "",
            created: Timestamp(seconds: row[3]),
            origin: row[5]
        )
        scope.lastUpdated = Timestamp(seconds: row[4])
        for member in fields.members {
            guard let field = ScopeField(rawValue: member.name),
                let value = ScopeFieldValue(member.value, as: field.form), (try? scope.set(field, to: value)) != nil
            else { throw StorageError.corrupt(detail: "field `\(member.name)` of scope `\(text)` is malformed") }
        }
        return scope
    }

    static func storedAccess(_ row: Row) throws -> ScopeAccess {
        let text: String = row[0]
        guard let scope = try? ScopeName(parsing: text), let state = ScopeAccess.State(rawValue: row[2]) else {
            throw StorageError.corrupt(detail: "a grant of access to `\(text)` is malformed")
        }
        var access = ScopeAccess(
            scope: scope,
            consumer: try StoredValue.organisation(row[1], of: "a grant of access to `\(text)`"),
            created: Timestamp(seconds: row[9]),
            origin: row[11]
        )
        access.state = state
        access.validFrom = (row[3] as Int64?).map(Timestamp.init(seconds:))
        access.validUntil = (row[4] as Int64?).map(Timestamp.init(seconds:))
        access.reason = row[5]
        access.legalBasis = row[6]
        access.purpose = row[7]
        access.acceptedTermsVersion = row[8]
        access.lastUpdated = Timestamp(seconds: row[10])
        return access
    }
}

extension SQLiteTransaction: ScopeStore {
    /// Keeps a new assignment; the prefix must be free.
    public func insert(_ assignment: ScopePrefixAssignment) throws {
        try database.execute(
            sql: "INSERT INTO scope_prefix (prefix, owner, created, last_updated) VALUES (?, ?, ?, ?)",
            arguments: [
                assignment.prefix.rawValue, assignment.owner.integer, assignment.created.seconds,
                assignment.lastUpdated.seconds,
            ]
        )
    }

    /// Keeps a new scope; its prefix must be assigned, its name free.
    public func insert(_ scope: Scope) throws {
        try database.execute(
            sql: """
                INSERT INTO scope (name, prefix, owner, active, fields, created, last_updated, origin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                scope.name.rawValue, scope.name.prefix.rawValue, scope.owner.integer, scope.isActive,
                Self.fields(of: scope), scope.created.seconds, scope.lastUpdated.seconds, scope.origin,
            ]
        )
    }

    /// Keeps the scope's new values.
    public func update(_ scope: Scope) throws {
        try database.execute(
            sql: "UPDATE scope SET owner = ?, active = ?, fields = ?, last_updated = ?, origin = ? WHERE name = ?",
            arguments: [
                scope.owner.integer, scope.isActive, Self.fields(of: scope), scope.lastUpdated.seconds, scope.origin,
                scope.name.rawValue,
            ]
        )
    }

    /// Keeps a new grant, or the new values of one.
    public func put(_ access: ScopeAccess) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO scope_access (scope, consumer, state, valid_from, valid_until, reason, legal_basis, purpose,
                    accepted_terms, created, last_updated, origin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (scope, consumer) DO UPDATE SET
                    state = excluded.state, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
                    reason = excluded.reason, legal_basis = excluded.legal_basis, purpose = excluded.purpose,
                    accepted_terms = excluded.accepted_terms, last_updated = excluded.last_updated,
                    origin = excluded.origin
                """
        )
        try statement.execute(arguments: [
            access.scope.rawValue, access.consumer.integer, access.state.rawValue, access.validFrom?.seconds,
            access.validUntil?.seconds, access.reason, access.legalBasis, access.purpose, access.acceptedTermsVersion,
            access.created.seconds, access.lastUpdated.seconds, access.origin,
        ])
    }

    /// What differs from a new scope's defaults, and always the description.
    private static func fields(of scope: Scope) -> String {
        let blank = Scope(name: scope.name, owner: scope.owner, description: "", created: scope.created, origin: "")
        var object: JSONObject = [:]
        for field in ScopeField.allCases where scope[field] != blank[field] || field == .description {
            object[field.rawValue] = scope[field].json ?? .null
        }
        return JSONValue.object(object).text()
    }
}
