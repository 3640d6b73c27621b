import Administration
import Organisations
import Vocabulary

/// The organisations that have something here; or, by a name or number, any of the register.
package struct BrowseOrganisations: Inquiry {
    package static let name = "org-use"
    package static let summary = "List organisations that have something here, or find some by name or number."
    package static let parameters = [
        Parameter("q", .text, "A number, or the beginnings of words of a name."),
        Parameter("offset", .number(0...1_000_000_000), "How many rows to pass over."),
        Parameter("limit", .number(1...PagedList.mostRows), "At most so many rows; 50 if not given."),
    ]
    package let arguments: Arguments
    private let text: String?
    private let offset: Int
    private let limit: Int

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        text = try arguments.text("q")
        offset = Int(try arguments.number("offset", in: 0...1_000_000_000) ?? 0)
        limit = Int(try arguments.number("limit", in: 1...PagedList.mostRows) ?? PagedList.usualRows)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let viewer = context.viewer.organisation
        let listed: Listed<PartyCounts>
        var note: String?
        if let text {
            // An organisation finds among those it deals with: who else is here is not its business.
            let known = try reader.parties(of: viewer, offset: 0, limit: Int.max >> 1).rows
            let counts = Dictionary(known.map { ($0.organisation, $0) }) { first, _ in first }
            let found = try numbers(text, reader).filter { viewer == nil || counts[$0] != nil }
            listed = Listed(
                rows: found.dropFirst(offset).prefix(limit).map { number in
                    counts[number] ?? PartyCounts(organisation: number, scopes: 0, accesses: 0, clients: 0)
                },
                total: found.count
            )
            if found.count >= Self.mostFound {
                note = "more than \(Self.mostFound) were found: the best fitting are shown"
            }
        } else {
            listed = try reader.parties(of: viewer, offset: offset, limit: limit)
        }
        let rows = try listed.rows.map { counts in
            Row(
                counts: counts,
                unit: try reader.organisation(counts.organisation),
                standing: try reader.standing(of: counts.organisation)
            )
        }
        return Report(
            Table(
                "org-use",
                rows,
                facts: [.init("total", listed.total), .init("offset", offset)],
                whenEmpty: text == nil
                    ? "nobody owns a prefix or a client, or has access"
                    : viewer == nil ? "the register knows no such organisation" : "you deal with no such organisation",
                columns: Self.columns
            ),
            notes: note.map { [$0] } ?? []
        )
    }

    private static let mostFound = 200

    private func numbers(_ text: String, _ reader: some OperationReader) throws -> [OrganisationNumber] {
        if let number = try? OrganisationNumber(typed: text) {
            return try reader.organisation(number) == nil ? [] : [number]
        }
        let query = OrganisationNameQuery(text, limit: Self.mostFound)
        return try reader.organisations(named: query).hits.map(\.unit.number)
    }

    private struct Row: Sendable {
        let counts: PartyCounts
        let unit: Organisation?
        let standing: OrganisationStanding?
    }

    private static let columns: [Column<Row>] = [
        Column("orgno", title: "ORG") { $0.counts.organisation },
        Column("name") { $0.unit?.name },
        Column("form") { $0.unit?.form.code },
        Column("status", style: { $0.standing?.impediment == nil ? .plain : .bad }) {
            $0.standing.map(OrganisationStatus.words)
        },
        Column("scopes") { $0.counts.scopes },
        Column("accesses") { $0.counts.accesses },
        Column("clients") { $0.counts.clients },
    ]
}
