internal import RelationalStorage
internal import Scopes
internal import Vocabulary

/// Reads grants of access by SQLite's own C interface: a comparison with scope files reads a million of them.
///
/// Grants come in the order of their scopes, so that a name is parsed once for all of its grants.
struct AccessRows {
    private let database: any Database

    init(_ database: any Database) { self.database = database }

    private static let columns = """
        SELECT scope, consumer, state, valid_from, valid_until, reason, legal_basis, purpose, accepted_terms, created, \
        last_updated, origin FROM scope_access
        """

    /// The grants that a filter lets pass, by scope and consumer; of them those at some places, or all.
    func all(_ filter: SQLFilter, part: Range<Int>? = nil) throws -> [ScopeAccess] {
        let statement = try database.cachedStatement(
            sql: "\(Self.columns)\(filter.clause) ORDER BY scope, consumer" + (part == nil ? "" : " LIMIT ? OFFSET ?")
        )
        try statement.setArguments(
            filter.arguments + StatementArguments(part.map { [$0.count, $0.lowerBound] } ?? [])
        )
        let rows = statement
        defer { rows.reset() }
        var accesses: [ScopeAccess] = []
        var scope: (text: String, name: ScopeName)?
        while try rows.step() {
            let name: ScopeName
            if let known = scope, rows.bytes(0).elementsEqual(known.text.utf8) {
                name = known.name
            } else {
                let text = rows.text(0) ?? ""
                guard let parsed = try? ScopeName(parsing: text) else { throw Self.malformed(text) }
                scope = (text, parsed)
                name = parsed
            }
            accesses.append(try Self.access(rows, to: name))
        }
        return accesses
    }

    private static func access(_ rows: any Statement, to scope: ScopeName) throws -> ScopeAccess {
        guard let state = state(rows.bytes(2)) else { throw malformed(scope.rawValue) }
        guard let consumer = OrganisationNumber(integer: rows.integer(1)) else { throw malformed(scope.rawValue) }
        var access = ScopeAccess(
            scope: scope,
            consumer: consumer,
            created: Timestamp(seconds: rows.integer(9)),
            origin: rows.text(11) ?? ""
        )
        access.state = state
        access.validFrom = rows.optionalInteger(3).map(Timestamp.init(seconds:))
        access.validUntil = rows.optionalInteger(4).map(Timestamp.init(seconds:))
        access.reason = rows.text(5)
        access.legalBasis = rows.text(6)
        access.purpose = rows.text(7)
        access.acceptedTermsVersion = rows.text(8)
        access.lastUpdated = Timestamp(seconds: rows.integer(10))
        return access
    }

    private static func state(_ bytes: UnsafeRawBufferPointer) -> ScopeAccess.State? {
        // The words that the table itself demands.
        if bytes.elementsEqual("APPROVED".utf8) { return .approved }
        if bytes.elementsEqual("DENIED".utf8) { return .denied }
        return bytes.elementsEqual("REQUESTED".utf8) ? .requested : nil
    }

    private static func malformed(_ scope: String) -> StorageError {
        StorageError.corrupt(detail: "a grant of access to `\(scope)` is malformed")
    }
}
