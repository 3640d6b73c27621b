import Administration
import AuditLedger
import JOSE
import TokenIssuance
import Vocabulary

/// What an incident touches: one report for the operator and one for each party, from the ledger.
///
/// Asked before, it shows what would be concerned; afterwards it says what was done as well.
package struct FindIncident: Inquiry {
    package static let name = "incident-reports"
    package static let summary =
        "What an incident touches: tokens, scopes, providers, consumers and suppliers, a report for each."
    package static let parameters = IncidentArguments.parameters
    package let arguments: Arguments
    private let given: IncidentArguments

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try IncidentArguments(arguments)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer == .operator else {
            throw OperationFault(.notAllowed, "operator_only", "incidents are the operator's")
        }
        let findings = try IncidentFindings(
            of: given.subject(in: reader),
            since: given.since(before: context.now),
            until: context.now,
            in: reader
        )
        let incidents = try reader.incidents()
        let measures = try Self.measures(of: findings.subject, reader)
        let issuer = try reader.setting("issuer")
        let parties: [OrganisationNumber?] = [nil] + findings.parties.keys.sorted()
        let documents = parties.map { party in
            IncidentDocument(
                findings: findings,
                party: party,
                incidents: incidents,
                measures: measures,
                issuer: issuer
            )
        }
        return Report(
            Table(
                "incident-reports",
                documents,
                facts: [
                    .init("subject_kind", findings.subject.kind), .init("subject", findings.subject.identifier),
                    .init("since", findings.since), .init("tokens_count", findings.count),
                    .init("tokens_alive", findings.alive), .init("clients_count", findings.clients.count),
                    .init("scopes_count", findings.scopes.count),
                ],
                columns: [
                    Column("party") { $0.party.map { "\($0)" } ?? "operator" },
                    Column("name") { $0.standing?.name },
                    Column("roles") { ($0.standing?.roles ?? []).map(\.rawValue).sorted() },
                    Column("tokens") { $0.party == nil ? $0.findings.count : $0.standing?.tokens ?? 0 },
                    Column("first") { $0.party == nil ? $0.findings.first : $0.standing?.first },
                    Column("last") { $0.party == nil ? $0.findings.last : $0.standing?.last },
                    Column("document", .detail) { OutputValue.object($0.members) },
                    Column("markdown", .detail) { $0.markdown },
                ]
            )
        )
    }

    /// What was done, as the ledger has it.
    private static func measures(of subject: IncidentSubject, _ reader: some OperationReader) throws -> [String] {
        var query = LedgerQuery()
        query.kinds = [.incidentDeclared]
        query.detail = subject.identifier
        return try reader.newestEntries(query, limit: 100).reversed().flatMap { content -> [String] in
            let event = content.event
            return (event.details["measures"]?.array ?? []).compactMap(\.object).compactMap { measure in
                guard let kind = measure["measure"]?.string, let subject = measure["subject"]?.string else {
                    return nil
                }
                return "\(event.time): \(kind.replacing("_", with: " ")) `\(subject)`"
            }
        }
    }
}

/// Every incident that was declared.
package struct ListIncidents: Inquiry {
    package static let name = "incident-list"
    package static let summary = "List the incidents that were declared, the newest first."
    package static let parameters: [Parameter] = []
    package let arguments: Arguments

    package init(_ arguments: Arguments) throws(OperationFault) { self.arguments = arguments }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer == .operator else {
            throw OperationFault(.notAllowed, "operator_only", "incidents are the operator's")
        }
        return Report(
            Table(
                "incident-list",
                try reader.incidents(),
                whenEmpty: "no incident was declared",
                columns: [
                    Column("incident") { $0.id },
                    Column("subject_kind") { $0.kind },
                    Column("subject") { $0.subject },
                    Column("since") { $0.since },
                    Column("declared") { $0.declared },
                ]
            )
        )
    }
}
