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
    ]
    package let arguments: Arguments
    private var query = ClientQuery()
    private let expiring: Seconds?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.owner = try arguments.organisation("org")
        query.scope = try arguments.scope("scope")
        query.includesInactive = try arguments.flag("disabled")
        expiring = try arguments.span("expiring")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let now = context.now
        var query = query
        query.keyEndingBefore = expiring.map { now + $0 }
        let clients = try reader.clients(query).filter { context.viewer.sees($0) }
        return Report(
            Table("client-list", clients, whenEmpty: "there is no such client", columns: Self.columns(at: now))
        )
    }

    private static func columns(at now: Timestamp) -> [Column<Client>] {
        [
            Column("client_id", title: "ID") { $0.id },
            Column("client_name", title: "NAME") { $0.name },
            Column("client_orgno", title: "ORG") { $0.owner },
            Column("supplier_orgno", .detail) { $0.supplier },
            Column("integration_type", .detail) { $0.integrationType.rawValue },
            Column("scopes") { $0.scopes },
            Column("keys") { $0.keys.count },
            Column("authentication", .detail) { $0.authentication.rawValue },
            Column(
                "nearest_key_expiry",
                style: { KeyExpiry.tone(of: $0.keys.map(\.expires).min(), at: now) },
                value: { $0.keys.map(\.expires).min() }
            ),
            Column("state", style: { $0.isActive ? .good : .faint }) { $0.isActive ? "active" : "disabled" },
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
