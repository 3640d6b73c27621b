import Administration
import Clients
import Organisations
import Vocabulary

/// Clients and their use; part by part.
package struct BrowseClients: Inquiry {
    package static let name = "client-use"
    package static let summary = "List clients with their nearest key expiry and how they are used."
    package static let parameters =
        [
            Parameter("q", .text, "Only clients whose name or identifier holds this text."),
            Parameter("org", .organisation, "Only clients of this organisation."),
            Parameter("scope", .scope, "Only clients that hold this scope."),
            Parameter("expiring", .span, "Only clients with a key that ends within this time, as 30d."),
            Parameter("disabled", .flag, "Disabled clients too."),
        ] + PagedList.parameters(ClientBrowsing.Order.self)
    package let arguments: Arguments
    private var query = ClientBrowsing()
    private let expiring: Seconds?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.text = try arguments.text("q")
        query.owner = try arguments.organisation("org")
        query.scope = try arguments.scope("scope")
        query.includesInactive = try arguments.flag("disabled")
        query.paging = try arguments.paging(.owner)
        expiring = try arguments.span("expiring")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var query = query
        query.viewer = context.viewer.organisation
        query.keyEndingBefore = expiring.map { context.now + $0 }
        let listed = try reader.browse(query)
        let uses = try reader.use(of: listed.rows.map(\.id))
        var names = OrganisationNames()
        let rows = try listed.rows.map { client in
            Row(
                client: client,
                ownerName: try names.name(of: client.owner, reader),
                use: uses[client.id] ?? ClientUse()
            )
        }
        return Report(
            Table(
                "client-use",
                rows,
                facts: listed.facts(query.paging),
                whenEmpty: "there is no such client",
                columns: Self.columns(at: context.now)
            )
        )
    }

    private struct Row: Sendable {
        let client: Client
        let ownerName: String
        let use: ClientUse
    }

    private static func columns(at now: Timestamp) -> [Column<Row>] {
        [
            Column("client_id", title: "ID") { $0.client.id },
            Column("client_name", title: "NAME") { $0.client.name },
            Column("client_orgno", title: "ORG") { $0.client.owner },
            Column("client_orgname", .detail) { $0.ownerName },
            Column("supplier_orgno", .detail) { $0.client.supplier },
            Column("scopes") { $0.client.scopes },
            Column("keys") { $0.client.keys.count },
            Column(
                "nearest_key_expiry",
                style: { KeyExpiry.tone(of: $0.client.keys.map(\.expires).min(), at: now) },
                value: { $0.client.keys.map(\.expires).min() }
            ),
            Column("last_token") { $0.use.issued },
            Column("last_refusal", .detail) { $0.use.refused },
            Column("state", style: { $0.client.isActive ? .good : .faint }) {
                $0.client.isActive ? "active" : "disabled"
            },
        ]
    }
}
