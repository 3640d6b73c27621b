import Administration
import Clients
import Organisations
import Vocabulary

/// What each owner of clients should know of them: one report, which the command line cuts into a page for each owner.
package struct ReportOnClients: Inquiry {
    package static let name = "client-report"
    package static let summary = "Report on clients by owner: scopes, keys, use, and what wants attention."
    package static let parameters = [
        Parameter("org", .organisation, "Only clients of this organisation."),
        Parameter("within", .span, "How near the end of a key wants attention, as 60d (default)."),
    ]
    package let arguments: Arguments
    private var query = ClientQuery()
    private let within: Seconds

    /// From so long before its end on a key wants attention.
    private static let horizon = Seconds.days(60)

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.owner = try arguments.organisation("org")
        query.includesInactive = true
        within = try arguments.span("within") ?? Self.horizon
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let clients = try reader.clients(query).filter { context.viewer.sees($0) }
        let uses = try reader.use(of: clients.map(\.id))
        var names = OrganisationNames()
        let rows = try clients.map { client in
            Row(
                client: client,
                ownerName: try names.name(of: client.owner, reader),
                attention: try attention(to: client, use: uses[client.id], at: context.now, reader),
                use: uses[client.id] ?? ClientUse()
            )
        }
        return Report(
            Table(
                "client-report",
                rows,
                facts: [.init("as_of", context.now)],
                whenEmpty: "there is no such client",
                columns: Self.columns
            )
        )
    }

    private struct Row: Sendable {
        let client: Client
        let ownerName: String
        let attention: [String]
        let use: ClientUse
    }

    private static var columns: [Column<Row>] {
        [
            Column("client_orgno", title: "ORG") { $0.client.owner },
            Column("client_orgname", title: "ORG NAME") { $0.ownerName },
            Column("client_id", title: "ID") { $0.client.id },
            Column("client_name", title: "NAME") { $0.client.name },
            Column("state") { $0.client.isActive ? "active" : "disabled" },
            Column("scopes") { $0.client.scopes },
            Column("keys", .detail) { row in
                row.client.keys.map { "\($0.id) until \($0.expires)" }
            },
            Column("last_token") { $0.use.issued },
            Column("last_refusal", .detail) { $0.use.refused },
            Column("attention", style: { $0.attention.isEmpty ? .plain : .warning }, value: { $0.attention }),
        ]
    }

    /// What somebody should do something about, in words.
    private func attention(
        to client: Client,
        use: ClientUse?,
        at now: Timestamp,
        _ reader: some OperationReader
    ) throws -> [String] {
        guard client.isActive else { return [] }
        var words: [String] = []
        switch try reader.standing(of: client.owner)?.impediment {
        case .deleted?: words.append("its owner is deleted in the register")
        case .mainUnitDeleted(let main)?: words.append("its owner's main unit `\(main)` is deleted in the register")
        case nil where try reader.organisation(client.owner) == nil:
            words.append("the register does not know its owner")
        case nil: break
        }
        if client.authentication == .registeredKey {
            if client.keys.allSatisfy({ now >= $0.expires }) { words.append("it has no key that is valid") }
            for key in client.keys where now < key.expires && key.expires <= now + within {
                words.append("the key `\(key.id)` ends at \(key.expires)")
            }
        }
        for scope in client.scopes {
            if let reason = try ListClientScopes.obstacle(to: scope, of: client, at: now, reader) {
                words.append("`\(scope)` gives no token: \(reason)")
            }
        }
        if client.scopes.isEmpty { words.append("it holds no scope") }
        if use?.issued == nil { words.append("it has never got a token") }
        return words
    }
}
