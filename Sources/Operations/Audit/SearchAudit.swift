import AuditLedger
package import Delegations
import JOSE
import Scopes
import TokenIssuance
import Vocabulary

/// Entries of the ledger, and refusals from before the client was authenticated: the newest of what is found, oldest first.
package struct SearchAudit: Inquiry {
    package static let name = "audit-search"
    package static let summary = "Find entries of the ledger, and refusals from before the client was authenticated."
    package static let parameters = [
        Parameter("trace", .text, "Of the request with that trace id."),
        Parameter("since", .time, "From that time on: 2026-11-22T08:00:00Z, 2026-11-22, 24h."),
        Parameter("until", .time, "Before that time."),
        Parameter("org", .text, "Where the organisation is consumer or supplier."),
        Parameter("client", .text, "Of the client."),
        Parameter("scope", .text, "With the scope."),
        Parameter("code", .text, "Refused with the code."),
        Parameter("actor", .text, "Done by somebody whose name holds that text."),
        Parameter("event", .word(LedgerEvent.Kind.allCases.map(\.rawValue)), "Only these events.").list,
        Parameter("limit", .number(1...1_000_000), "At most so many; 1000 if not given."),
    ]
    package let arguments: Arguments
    /// The pseudonym of a person whom the entries name; no parameter, since who asks through a server proves nothing by it.
    package var person: PersonPseudonym?
    private let limit: Int

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        limit = Int(try arguments.number("limit", in: 1...1_000_000) ?? 1_000)
        // Times may be told from the present, which is not known yet; all else is judged now.
        _ = try arguments.ledgerQuery(at: Timestamp(seconds: 0))
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var query = try arguments.ledgerQuery(at: context.now)
        query.detail = person.map { "\($0)" }
        var report: (warnings: [String], notes: [String]) = ([], [])
        var early: [AuditEntry] = []
        let recorded: [AuditEntry]
        if let viewer = context.viewer.organisation {
            // A party reads its own entries; strangers' refusals are the operator's.
            if let scope = query.scope, query.organisation == nil, try reader.scope(scope)?.owner == viewer {
                // The tokens of a scope were shown to its owner; nothing else that others did with it was.
                let wantsTokens = query.kinds.isEmpty || query.kinds.contains(.tokenIssued)
                query.kinds = [.tokenIssued]
                recorded =
                    try wantsTokens
                    ? reader.newestEntries(query, limit: limit + 1).reversed().map {
                        AuditEntry($0, seenBy: context.viewer)
                    }
                    : []
            } else {
                guard query.organisation ?? viewer == viewer else {
                    throw OperationFault(
                        .notAllowed,
                        "organisation_foreign",
                        "an organisation reads its own entries alone"
                    )
                }
                recorded = try reader.newestEntries(query, of: viewer, limit: limit + 1).reversed()
            }
        } else {
            recorded = try reader.newestEntries(query, limit: limit + 1).reversed().map { AuditEntry($0) }
            do { early = try Self.earlyRefusals(query, context) } catch { report.warnings.append("\(error)") }
        }
        let found = (recorded + early).sorted { $0.time < $1.time }
        if found.count > limit {
            report.warnings.append("more than \(limit) were found: the newest are shown; see `--limit`")
        }
        let shown = Array(found.suffix(limit))
        if query.trace != nil { report.notes = Self.explanations(of: shown) }
        return Report(
            Table("audit-entries", shown, whenEmpty: "nothing was found", columns: AuditEntry.columns),
            warnings: report.warnings,
            notes: report.notes
        )
    }

    /// Early refusals have no organisation, scope or actor, and are no events of the ledger.
    private static func earlyRefusals(_ query: LedgerQuery, _ context: OperationContext) throws -> [AuditEntry] {
        guard query.organisation == nil, query.scope == nil, query.actor == nil, query.kinds.isEmpty,
            query.detail == nil
        else { return [] }
        return try context.earlyRefusals().filter { note in
            (query.trace == nil || note.trace == query.trace)
                && query.since.map { note.time >= $0 } ?? true
                && query.until.map { note.time < $0 } ?? true
                && (query.client == nil || note.claimedClient == query.client?.rawValue)
                && (query.code == nil || note.code == query.code)
        }.map { AuditEntry($0) }
    }

    /// The story of one refusal ends with what mends it.
    private static func explanations(of entries: [AuditEntry]) -> [String] {
        Set(entries.compactMap(\.code)).sorted().flatMap { code -> [String] in
            guard let page = ErrorCode(rawValue: code).map(ErrorCatalogue.page) else { return [] }
            return ["\(code): \(page.title). \(page.meaning)"] + page.fixes.map { "  - \($0)" }
        }
    }
}

/// The newest entries of the ledger, or those after a place in it, oldest first.
package struct TailAudit: Inquiry {
    package static let name = "audit-tail"
    package static let summary = "Show the newest entries of the ledger, or those after one, oldest of them first."
    package static let parameters = [
        Parameter("lines", .number(0...100_000), "So many of the newest entries; 20 if not given."),
        Parameter(
            "after",
            .number(0...Int64.max),
            "Those after this sequence number, at most 10,000, in place of the newest."
        ),
        Parameter("event", .word(LedgerEvent.Kind.allCases.map(\.rawValue)), "Only these events.").list,
        Parameter("org", .text, "Only where the organisation is consumer or supplier."),
        Parameter("client", .text, "Only of the client."),
    ]
    package let arguments: Arguments
    private let query: LedgerQuery
    private let lines: Int
    private let after: Int64?

    /// The most entries of one answer to ``after``.
    private static let mostFurther = 10_000

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query = try arguments.ledgerQuery(at: Timestamp(seconds: 0))
        lines = Int(try arguments.number("lines", in: 0...100_000) ?? 20)
        after = try arguments.number("after", in: 0...Int64.max)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var query = query
        if let viewer = context.viewer.organisation {
            guard query.organisation ?? viewer == viewer else {
                throw OperationFault(.notAllowed, "organisation_foreign", "an organisation reads its own entries alone")
            }
            query.organisation = viewer
        }
        var entries: [AuditEntry] = []
        if let after {
            try reader.visitEntries(query, after: after) { content in
                entries.append(AuditEntry(content, seenBy: context.viewer))
                return entries.count < Self.mostFurther
            }
        } else if lines > 0 {
            entries = try reader.newestEntries(query, limit: lines).reversed()
                .map { AuditEntry($0, seenBy: context.viewer) }
        }
        return Report(
            Table(
                "audit-entries",
                entries,
                whenEmpty: "the ledger holds no such entry",
                columns: AuditEntry.columns
            )
        )
    }
}

/// How far the ledger goes.
package struct ShowAuditPosition: Inquiry {
    package static let name = "audit-position"
    package static let summary = "Tell the sequence number of the ledger's last entry."
    package static let parameters: [Parameter] = []
    package let arguments: Arguments

    package init(_ arguments: Arguments) throws(OperationFault) { self.arguments = arguments }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        Report(Record("audit-position", [.init("sequence", try reader.lastSequence)]))
    }
}

extension Arguments {
    /// Which entries are asked for.
    func ledgerQuery(at now: Timestamp) throws(OperationFault) -> LedgerQuery {
        var query = LedgerQuery()
        query.trace = try audited("trace") { try TraceID(parsing: $0.lowercased()) }
        query.since = try past("since", before: now)
        query.until = try past("until", before: now)
        query.organisation = try audited("org") { try OrganisationNumber(typed: $0) }
        query.client = try audited("client") { try ClientID(parsing: $0) }
        query.scope = try audited("scope") { try ScopeName(parsing: $0) }
        query.code = try text("code")?.uppercased()
        query.actor = try text("actor")
        for name in try texts("event") {
            guard let kind = LedgerEvent.Kind(rawValue: name) else {
                let known = LedgerEvent.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw .usage("there is no event `\(name)`", hint: "events are \(known)")
            }
            query.kinds.insert(kind)
        }
        return query
    }

    private func audited<Value>(
        _ name: String,
        _ parse: (String) throws -> Value
    ) throws(OperationFault) -> Value? {
        guard let text = try text(name) else { return nil }
        do { return try parse(text) } catch { throw .usage("\(title(of: name)) cannot be `\(text)`") }
    }
}
