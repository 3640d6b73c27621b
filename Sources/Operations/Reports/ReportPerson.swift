package import Administration
import AuditLedger
import Delegations
import FoundationEssentials
import JOSE
import Organisations
import Vocabulary

/// What is kept about a person, by the pseudonym that stands for the person everywhere; the ledger remembers who asked.
package struct ReportPerson: Inquiry {
    package static let name = "report-person"
    package static let summary = "What is kept about a person: roles, consents, acts, and tokens that named the person."
    package static let parameters = [
        Parameter("person", .identityNumber, "The person's national identity number.").required
    ]
    package static let asksInBody = true
    package static let isRecorded = true
    package let arguments: Arguments
    private let number: NationalIdentityNumber

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        number = try arguments.required("person", arguments.identityNumber)
    }

    package func note(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws {
        // Where no key was ever made nobody is known, and there is no pseudonym to tell.
        try administration.notePersonReport(on: try context.knownPseudonym(of: number, administration.transaction))
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer == .operator else {
            throw OperationFault(.notAllowed, "operator_only", "only the operator reports on persons")
        }
        let lines = try context.knownPseudonym(of: number, reader)
            .map { try Search(person: $0).lines(reader, at: context.now) }
        return try report(lines ?? [], reader)
    }

    private func report(_ lines: [Line], _ reader: some OperationReader) throws -> Report {
        var names: [OrganisationNumber: String] = [:]
        for number in Set(lines.flatMap { [$0.organisation, $0.consumer, $0.supplier].compactMap(\.self) }) {
            names[number] = try reader.organisation(number)?.name
        }
        return Report(
            Table("report-person", lines, whenEmpty: "nothing is kept about the person", columns: Self.columns(names))
        )
    }

    fileprivate struct Line: Sendable {
        let kind: String
        let time: Timestamp?
        let what: String
        var organisation: OrganisationNumber?
        var client: ClientID?
        var consumer: OrganisationNumber?
        var supplier: OrganisationNumber?
        var scopes: [ScopeName] = []
        var reference: String?
    }

    private static func columns(_ names: [OrganisationNumber: String]) -> [Column<Line>] {
        [
            Column("kind") { $0.kind },
            Column("time") { $0.time },
            Column("what") { $0.what },
            Column("organisation_number", title: "ORGANISATION") { $0.organisation },
            Column("organisation_name", .detail) { $0.organisation.flatMap { names[$0] } },
            Column("client_id", title: "CLIENT") { $0.client },
            Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
            Column("consumer_name", .detail) { $0.consumer.flatMap { names[$0] } },
            Column("supplier_orgno", title: "SUPPLIER") { $0.supplier },
            Column("supplier_name", .detail) { $0.supplier.flatMap { names[$0] } },
            Column("scopes") { $0.scopes },
            Column("reference", .detail) { $0.reference },
        ]
    }
}

/// The search for what is kept about one person.
private struct Search: Sendable {
    typealias Line = ReportPerson.Line

    let person: PersonPseudonym

    /// Everything, by kind and time.
    func lines(_ reader: some OperationReader, at now: Timestamp) throws -> [Line] {
        let consents = try reader.consents(ConsentQuery(from: .person(person)))
        return try roles(reader)
            + consents.map { consent in
                Line(
                    kind: "consent",
                    time: consent.consented ?? consent.created,
                    what: consent.status(at: now).rawValue.lowercased(),
                    organisation: consent.to,
                    reference: consent.id.uuidString.lowercased()
                )
            } + acts(reader) + tokens(reader, consents: consents)
    }

    private func roles(_ reader: some OperationReader) throws -> [Line] {
        try reader.assignments(heldBy: .person(person)).sorted().map { assignment in
            Line(
                kind: "role",
                time: nil,
                what: "\(assignment.role) (\(assignment.source.rawValue))",
                organisation: assignment.organisation
            )
        }
    }

    /// What the person did through a portal, and what others recorded about the person.
    private func acts(_ reader: some OperationReader) throws -> [Line] {
        var query = LedgerQuery()
        query.detail = "\(person)"
        return try entries(reader, query).filter { $0.kind != .tokenIssued }.map { event in
            Line(
                kind: event.details["actor_person"]?.string == "\(person)" ? "act" : "entry",
                time: event.time,
                what: event.kind.rawValue,
                organisation: event.details["actor_organisation"]?.string
                    .flatMap { try? OrganisationNumber(parsing: $0) },
                client: event.client,
                consumer: event.consumer,
                supplier: event.supplier,
                scopes: event.scopes,
                reference: event.traceID?.rawValue
            )
        }
    }

    /// Tokens that named the person by `pid`, and those that rested on the person's consents.
    private func tokens(_ reader: some OperationReader, consents: [ConsentRequest]) throws -> [Line] {
        var query = LedgerQuery()
        query.kinds = [.tokenIssued]
        query.detail = "\(person)"
        var lines = try entries(reader, query).map { Self.token($0, "token named the person") }
        for consent in consents {
            query.detail = consent.id.uuidString.lowercased()
            lines += try entries(reader, query).map { Self.token($0, "token rested on a consent") }
        }
        return lines.sorted {
            ($0.time?.seconds ?? 0, $0.reference ?? "") < ($1.time?.seconds ?? 0, $1.reference ?? "")
        }
    }

    private static func token(_ event: LedgerEvent, _ what: String) -> Line {
        Line(
            kind: "token",
            time: event.time,
            what: what,
            client: event.client,
            consumer: event.consumer,
            supplier: event.supplier,
            scopes: event.scopes,
            reference: event.tokenID?.rawValue
        )
    }

    private func entries(_ reader: some OperationReader, _ query: LedgerQuery) throws -> [LedgerEvent] {
        var events: [LedgerEvent] = []
        try reader.visitEntries(query, after: 0) { content in
            events.append(content.event)
            return true
        }
        return events
    }
}
