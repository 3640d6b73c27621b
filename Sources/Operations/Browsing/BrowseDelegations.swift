import Administration
import Delegations
import Organisations
import Vocabulary

/// Who may act for whom; part by part.
package struct BrowseDelegations: Inquiry {
    package static let name = "delegation-use"
    package static let summary = "List who may act for whom with which scopes, and when last."
    package static let parameters =
        [
            Parameter("consumer", .organisation, "Only those of this consumer."),
            Parameter("supplier", .organisation, "Only those to this supplier."),
            Parameter("scope", .scope, "Only those of resources that bundle this scope."),
        ] + PagedList.parameters(DelegationBrowsing.Order.self)
    package let arguments: Arguments
    private var query = DelegationBrowsing()

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.consumer = try arguments.organisation("consumer")
        query.supplier = try arguments.organisation("supplier")
        query.scope = try arguments.scope("scope")
        query.paging = try arguments.paging(.consumer)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var query = query
        query.viewer = context.viewer.organisation
        let listed = try reader.browse(query)
        var names = OrganisationNames()
        let rows = try listed.rows.map { delegation in
            Row(
                delegation: delegation,
                consumer: try names.name(of: delegation.consumer, reader),
                supplier: try names.name(of: delegation.supplier, reader),
                scopes: try reader.resource(delegation.resource)?.scopes ?? []
            )
        }
        return Report(
            Table(
                "delegation-use",
                rows,
                facts: listed.facts(query.paging),
                whenEmpty: "there is no such delegation",
                columns: Self.columns(at: context.now)
            )
        )
    }

    private struct Row: Sendable {
        let delegation: ScopeDelegation
        let consumer: String
        let supplier: String
        let scopes: [ScopeName]
    }

    private static func columns(at now: Timestamp) -> [Column<Row>] {
        [
            Column("id", .detail) { $0.delegation.id },
            Column("consumer_orgno", title: "CONSUMER") { $0.delegation.consumer },
            Column("consumer_name", .detail) { $0.consumer },
            Column("supplier_orgno", title: "SUPPLIER") { $0.delegation.supplier },
            Column("supplier_name", .detail) { $0.supplier },
            Column("scopes", title: "SCOPE") { $0.scopes },
            Column("resource", .detail) { $0.delegation.resource },
            Column("since") { $0.delegation.since },
            Column("until", style: { $0.delegation.isInForce(at: now) ? .plain : .bad }) { $0.delegation.until },
            Column("last_used") { $0.delegation.lastUsed },
            Column("in_force", .detail) { $0.delegation.isInForce(at: now) },
        ]
    }
}
