import Administration
import Organisations
import Vocabulary

/// Who shares with an organisation: whose data it may read, who may read its data, who acts for it.
package struct ShowSharing: Inquiry {
    package static let name = "org-sharing"
    package static let summary = "List who shares with an organisation, and about how many scopes."
    package static let parameters = [
        Parameter("org", .organisation, "The organisation.").required,
        Parameter("limit", .number(1...1_000), "At most so many of each kind; 100 if not given."),
    ]
    package let arguments: Arguments
    private let number: OrganisationNumber
    private let limit: Int

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        number = try arguments.required("org", arguments.organisation)
        limit = Int(try arguments.number("limit", in: 1...1_000) ?? 100)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let picture = try reader.sharing(of: number, limit: limit)
        var names = OrganisationNames()
        var rows: [Row] = []
        for (part, list) in [
            ("provider", picture.providers), ("consumer", picture.consumers), ("supplier", picture.suppliers),
        ] {
            // Of another organisation only what the viewer itself is the other side of.
            for partner in list.rows where context.viewer.isOne(of: number, partner.organisation) {
                rows.append(Row(part: part, partner: partner, name: try names.name(of: partner.organisation, reader)))
            }
        }
        let isWhole = context.viewer.isOne(of: number)
        return Report(
            Table(
                "org-sharing",
                rows,
                facts: [
                    .init("providers", isWhole ? picture.providers.total : nil),
                    .init("consumers", isWhole ? picture.consumers.total : nil),
                    .init("suppliers", isWhole ? picture.suppliers.total : nil),
                ],
                whenEmpty: "it shares with nobody",
                columns: [
                    Column("part") { $0.part },
                    Column("orgno", title: "ORG") { $0.partner.organisation },
                    Column("name") { $0.name },
                    Column("count") { $0.partner.count },
                ]
            )
        )
    }

    private struct Row: Sendable {
        let part: String
        let partner: SharingPicture.Partner
        let name: String
    }
}
