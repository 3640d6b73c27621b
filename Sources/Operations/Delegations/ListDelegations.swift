import Delegations
import Scopes
import Vocabulary

/// Who may act for whom.
package struct ListDelegations: Inquiry {
    package static let name = "delegation-list"
    package static let summary = "List who may act for whom."
    package static let parameters = [
        Parameter("consumer", .organisation, "Only those of this consumer."),
        Parameter("supplier", .organisation, "Only those to this supplier."),
        Parameter("scope", .scope, "Only those of resources that bundle this scope."),
        Parameter("resource", .resource, "Only those of this resource."),
    ]
    package let arguments: Arguments
    private let query: DelegationQuery

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query = try arguments.delegations()
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var resources: [ResourceID: Resource?] = [:]
        let rows = try reader.delegations(query).compactMap { delegation -> Row? in
            let resource = try resources[delegation.resource] ?? reader.resource(delegation.resource)
            resources[delegation.resource] = .some(resource)
            guard context.viewer.sees(delegation, owner: resource?.competentAuthority?.organisation) else { return nil }
            return Row(delegation: delegation, scopes: resource?.scopes ?? [])
        }
        return Report(
            Table(
                "delegation-list",
                rows,
                whenEmpty: "there is no such delegation",
                columns: Self.columns(at: context.now)
            )
        )
    }

    private struct Row: Sendable {
        let delegation: ScopeDelegation
        let scopes: [ScopeName]
    }

    private static func columns(at now: Timestamp) -> [Column<Row>] {
        [
            Column("id", .detail) { $0.delegation.id },
            Column("consumer_orgno", title: "CONSUMER") { $0.delegation.consumer },
            Column("supplier_orgno", title: "SUPPLIER") { $0.delegation.supplier },
            Column("scopes", title: "SCOPE") { $0.scopes },
            Column("resource", .detail) { $0.delegation.resource },
            Column("since") { $0.delegation.since },
            Column("until", style: { $0.delegation.isInForce(at: now) ? .plain : .bad }) { $0.delegation.until },
            Column("last_used") { $0.delegation.lastUsed },
            Column("basis", .detail) { $0.delegation.basis },
            Column("in_force", .detail) { $0.delegation.isInForce(at: now) },
        ]
    }
}

extension Arguments {
    /// The parameters that choose delegations.
    func delegations() throws(OperationFault) -> DelegationQuery {
        DelegationQuery(
            consumer: try organisation("consumer"),
            supplier: try organisation("supplier"),
            resource: try resource("resource"),
            scope: try scope("scope")
        )
    }
}
