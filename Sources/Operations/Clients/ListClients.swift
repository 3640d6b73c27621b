import Administration
import Clients
package import Vocabulary

/// Clients.
package struct ListClients: Inquiry {
    package static let name = "client-list"
    package static let summary = "List clients."
    package static let parameters = [
        Parameter("org", .organisation, "Only clients of this organisation."),
        Parameter("scope", .scope, "Only clients that hold this scope."),
        Parameter("expiring", .span, "Only clients with a key that ends within this time, as 30d."),
        Parameter("disabled", .flag, "Disabled clients too."),
        Parameter("unused", .span, "Only clients as old as this, as 90d, with no token since."),
    ]
    package let arguments: Arguments
    private var query = ClientQuery()
    private let expiring: Seconds?
    private let unused: Seconds?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.owner = try arguments.organisation("org")
        query.scope = try arguments.scope("scope")
        query.includesInactive = try arguments.flag("disabled")
        expiring = try arguments.span("expiring")
        unused = try arguments.span("unused")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let now = context.now
        var query = query
        query.keyEndingBefore = expiring.map { now + $0 }
        let clients = try reader.clients(query).filter { context.viewer.sees($0) }
        let uses = try reader.use(of: clients.map(\.id))
        var rows = clients.map { Row(client: $0, lastToken: uses[$0.id]?.issued) }
        if let start = unused.map({ now - $0 }) {
            rows.removeAll { $0.client.created > start || $0.lastToken.map { $0 > start } ?? false }
        }
        return Report(
            Table("client-list", rows, whenEmpty: "there is no such client", columns: Self.columns(at: now)),
            warnings: unused == nil ? [] : try reader.usageWarnings
        )
    }

    private struct Row: Sendable {
        let client: Client
        let lastToken: Timestamp?
    }

    private static func columns(at now: Timestamp) -> [Column<Row>] {
        [
            Column("client_id", title: "ID") { $0.client.id },
            Column("client_name", title: "NAME") { $0.client.name },
            Column("client_orgno", title: "ORG") { $0.client.owner },
            Column("supplier_orgno", .detail) { $0.client.supplier },
            Column("integration_type", .detail) { $0.client.integrationType.rawValue },
            Column("scopes") { $0.client.scopes },
            Column("keys") { $0.client.keys.count },
            Column("authentication", .detail) { $0.client.authentication.rawValue },
            Column(
                "nearest_key_expiry",
                style: { KeyExpiry.tone(of: $0.client.keys.map(\.expires).min(), at: now) },
                value: { $0.client.keys.map(\.expires).min() }
            ),
            Column("last_token") { $0.lastToken },
            Column("state", style: { $0.client.isActive ? .good : .faint }) {
                $0.client.isActive ? "active" : "disabled"
            },
        ]
    }
}

/// How long a key has to live.
package enum KeyExpiry {
    /// Bad for a key that is over, a warning for one that ends within 30 days.
    package static func tone(of expires: Timestamp?, at now: Timestamp) -> Tone {
        guard let expires else { return .plain }
        if now >= expires { return .bad }
        return expires <= now + .days(30) ? .warning : .plain
    }
}
