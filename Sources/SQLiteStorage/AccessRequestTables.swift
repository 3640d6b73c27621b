internal import RelationalStorage
public import Scopes
public import Vocabulary

/// Requests for access and agreements with processors.
extension SQLiteReader {
    /// The organisation's newest request for access to that scope, in any state.
    public func accessRequest(to scope: ScopeName, of consumer: OrganisationNumber) throws -> AccessRequest? {
        try Self.requests.first(in: database, "WHERE scope = ? AND consumer = ?", [scope.rawValue, consumer.integer])
    }

    /// The requests asked for, the newest of each organisation and scope, those made last first.
    public func accessRequests(_ query: AccessRequestQuery) throws -> [AccessRequest] {
        var filter = SQLFilter()
        filter.require("scope = ?", query.scope?.rawValue)
        filter.require("consumer = ?", query.consumer?.integer)
        filter.require("scope IN (SELECT name FROM scope WHERE owner = ?)", query.owner?.integer)
        filter.require("state = ?", query.state?.rawValue)
        return try Self.requests.all(in: database, filter, orderedBy: "requested DESC, scope, consumer")
    }

    /// The agreement of these two on that scope; nil when there is none.
    public func processorAgreement(
        on scope: ScopeName,
        of consumer: OrganisationNumber,
        with supplier: OrganisationNumber
    ) throws -> ProcessorAgreement? {
        try Self.agreements.first(
            in: database,
            "WHERE scope = ? AND consumer = ? AND supplier = ?",
            [scope.rawValue, consumer.integer, supplier.integer]
        )
    }

    /// The agreements asked for, by scope, consumer and supplier.
    public func processorAgreements(_ query: ProcessorAgreementQuery) throws -> [ProcessorAgreement] {
        var filter = SQLFilter()
        filter.require("scope = ?", query.scope?.rawValue)
        filter.require("consumer = ?", query.consumer?.integer)
        filter.require("supplier = ?", query.supplier?.integer)
        filter.require("scope IN (SELECT name FROM scope WHERE owner = ?)", query.owner?.integer)
        return try Self.agreements.all(in: database, filter, orderedBy: "scope, consumer, supplier")
    }

    // MARK: Rows

    private static let requests = StoredRecord(
        """
        SELECT scope, consumer, state, valid_from, valid_until, reason, legal_basis, purpose, accepted_terms, answer, \
        requested, last_updated FROM access_request
        """,
        read: request
    )

    private static let agreements = StoredRecord(
        "SELECT scope, consumer, supplier, reference, valid_until, created, last_updated FROM processor_agreement",
        read: agreement
    )

    private static func request(_ row: Row) throws -> AccessRequest {
        let text: String = row[0]
        guard let scope = try? ScopeName(parsing: text), let state = AccessRequest.State(rawValue: row[2]) else {
            throw StorageError.corrupt(detail: "a request for access to `\(text)` is malformed")
        }
        var wanted = ScopeAccess(
            scope: scope,
            consumer: try StoredValue.organisation(row[1], of: "a request for access to `\(text)`"),
            created: Timestamp(seconds: row[10]),
            origin: "request"
        )
        wanted.validFrom = (row[3] as Int64?).map(Timestamp.init(seconds:))
        wanted.validUntil = (row[4] as Int64?).map(Timestamp.init(seconds:))
        wanted.reason = row[5]
        wanted.legalBasis = row[6]
        wanted.purpose = row[7]
        wanted.acceptedTermsVersion = row[8]
        wanted.lastUpdated = Timestamp(seconds: row[11])
        var request = AccessRequest(wanted)
        request.state = state
        request.answer = row[9]
        return request
    }

    private static func agreement(_ row: Row) throws -> ProcessorAgreement {
        let text: String = row[0]
        guard let scope = try? ScopeName(parsing: text) else {
            throw StorageError.corrupt(detail: "a processor agreement on `\(text)` is malformed")
        }
        var agreement = ProcessorAgreement(
            scope: scope,
            consumer: try StoredValue.organisation(row[1], of: "a processor agreement on `\(text)`"),
            supplier: try StoredValue.organisation(row[2], of: "a processor agreement on `\(text)`"),
            reference: row[3],
            created: Timestamp(seconds: row[5])
        )
        agreement.validUntil = (row[4] as Int64?).map(Timestamp.init(seconds:))
        agreement.lastUpdated = Timestamp(seconds: row[6])
        return agreement
    }
}

extension SQLiteTransaction {
    /// Keeps a new request, or another in its place.
    public func put(_ request: AccessRequest) throws {
        let wanted = request.wanted
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO access_request (scope, consumer, state, valid_from, valid_until, reason,
                    legal_basis, purpose, accepted_terms, answer, requested, last_updated)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                wanted.scope.rawValue, wanted.consumer.integer, request.state.rawValue, wanted.validFrom?.seconds,
                wanted.validUntil?.seconds, wanted.reason, wanted.legalBasis, wanted.purpose,
                wanted.acceptedTermsVersion, request.answer, wanted.created.seconds, wanted.lastUpdated.seconds,
            ]
        )
    }

    /// Keeps a new agreement, or another in its place.
    public func put(_ agreement: ProcessorAgreement) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO processor_agreement (scope, consumer, supplier, reference, valid_until, created,
                    last_updated)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                agreement.scope.rawValue, agreement.consumer.integer, agreement.supplier.integer, agreement.reference,
                agreement.validUntil?.seconds, agreement.created.seconds, agreement.lastUpdated.seconds,
            ]
        )
    }

    /// Forgets an agreement; the ledger remembers it.
    public func remove(_ agreement: ProcessorAgreement) throws {
        try database.execute(
            sql: "DELETE FROM processor_agreement WHERE scope = ? AND consumer = ? AND supplier = ?",
            arguments: [agreement.scope.rawValue, agreement.consumer.integer, agreement.supplier.integer]
        )
    }
}
