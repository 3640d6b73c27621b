import AuditLedger
import JOSE
import TokenIssuance
import Vocabulary

/// The newest entries of the ledger, and refusals from before a client was authenticated, the newest first.
package struct BrowseAudit: Inquiry {
    package static let name = "audit-browse"
    package static let summary = "List entries of the ledger and early refusals, the newest first."
    package static let parameters = [
        Parameter("trace", .text, "Of the request with that trace id."),
        Parameter("org", .organisation, "Where the organisation is consumer or supplier."),
        Parameter("client", .client, "Of the client."),
        Parameter("scope", .scope, "With the scope."),
        Parameter("code", .text, "Refused with the code."),
        Parameter("actor", .text, "Done by somebody whose name holds that text."),
        Parameter("event", .word(LedgerEvent.Kind.allCases.map(\.rawValue)), "Only this event."),
        Parameter("changes", .flag, "Only acts: neither tokens nor refusals."),
        Parameter("since", .time, "From that time on: 2026-11-22T08:00:00Z, 2026-11-22, 24h."),
        Parameter("until", .time, "Before that time."),
        Parameter("offset", .number(0...10_000), "How many rows to pass over."),
        Parameter("limit", .number(1...PagedList.mostRows), "At most so many rows; 50 if not given."),
    ]
    package let arguments: Arguments
    private let query: @Sendable (Timestamp) throws(OperationFault) -> LedgerQuery
    private let offset: Int
    private let limit: Int

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        offset = Int(try arguments.number("offset", in: 0...10_000) ?? 0)
        limit = Int(try arguments.number("limit", in: 1...PagedList.mostRows) ?? PagedList.usualRows)
        // Times may be told from the present, which is not known yet; all else is read now.
        _ = try Self.query(arguments, at: Timestamp(seconds: 0))
        query = { now throws(OperationFault) in try Self.query(arguments, at: now) }
    }

    private static func query(_ arguments: Arguments, at now: Timestamp) throws(OperationFault) -> LedgerQuery {
        var query = LedgerQuery()
        if let text = try arguments.text("trace") {
            guard let trace = try? TraceID(parsing: text.lowercased()) else {
                throw .usage(
                    "`\(text)` is no trace id",
                    hint: "32 hexadecimal digits, as in every answer of the server"
                )
            }
            query.trace = trace
        }
        query.organisation = try arguments.organisation("org")
        query.client = try arguments.client("client")
        query.scope = try arguments.scope("scope")
        query.code = try arguments.text("code")?.uppercased()
        query.actor = try arguments.text("actor")
        query.since = try arguments.past("since", before: now)
        query.until = try arguments.past("until", before: now)
        if let text = try arguments.text("event") {
            guard let kind = LedgerEvent.Kind(rawValue: text) else { throw .usage("`\(text)` is no event") }
            query.kinds = [kind]
        } else if try arguments.flag("changes") {
            query.kinds = Set(LedgerEvent.Kind.allCases).subtracting(notActs)
        }
        return query
    }

    private static let notActs: Set<LedgerEvent.Kind> = [
        .tokenIssued, .tokenRefused, .tokenRefusalsSummed, .decisionMade, .explanationGiven, .personReported,
        .consoleLinkMade,
        .consoleLoggedIn,
        .consoleLoggedOut,
    ]

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let query = try query(context.now)
        // One more, to know whether there are more.
        let wanted = offset + limit + 1
        var found: [AuditEntry]
        if let viewer = context.viewer.organisation {
            found = try reader.newestEntries(query, of: viewer, limit: wanted)
        } else {
            found = try reader.newestEntries(query, limit: wanted).map { AuditEntry($0) }
            found += try Self.early(query, context)
            found.sort { ($0.time, $0.sequence ?? .max) > ($1.time, $1.sequence ?? .max) }
        }
        let rows = Array(found.dropFirst(offset).prefix(limit))
        return Report(
            Table(
                "audit-entries",
                rows,
                facts: [.init("offset", offset), .init("more", found.count > offset + limit)],
                whenEmpty: "nothing was found",
                columns: AuditEntry.columns
            )
        )
    }

    /// Early refusals have no organisation, scope or actor, and are no events of the ledger.
    private static func early(_ query: LedgerQuery, _ context: OperationContext) throws -> [AuditEntry] {
        guard query.organisation == nil, query.scope == nil, query.actor == nil, query.kinds.isEmpty else { return [] }
        return try context.earlyRefusals().filter { note in
            (query.trace == nil || note.trace == query.trace)
                && query.since.map { note.time >= $0 } ?? true
                && query.until.map { note.time < $0 } ?? true
                && (query.client == nil || note.claimedClient == query.client?.rawValue)
                && (query.code == nil || note.code == query.code)
        }.map { AuditEntry($0) }
    }
}

extension LedgerReader {
    /// The newest entries in which an organisation is a party, as it sees them.
    ///
    /// What the query says of actors is looked for in what the organisation is told of them: else it could find out the rest by
    /// asking.
    func newestEntries(_ query: LedgerQuery, of viewer: OrganisationNumber, limit: Int) throws -> [AuditEntry] {
        var own = query
        // Both must hold: it is a party itself, and so is the one asked for.
        own.organisation = viewer
        own.actor = nil
        let other = query.organisation
        var found: [AuditEntry] = []
        try visitNewestEntries(own) { content in
            let entry = AuditEntry(content, seenBy: .organisation(viewer))
            let isWanted = other == nil || entry.consumer == other || entry.supplier == other
            if isWanted, query.actor.map({ entry.actor?.contains($0) ?? false }) ?? true { found.append(entry) }
            return found.count < limit
        }
        return found
    }
}
