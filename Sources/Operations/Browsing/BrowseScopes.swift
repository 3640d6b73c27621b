import Administration
import Organisations
import Scopes
import Vocabulary

/// Scopes and their use; part by part.
package struct BrowseScopes: Inquiry {
    package static let name = "scope-use"
    package static let summary = "List scopes with who has them and how they are used."
    package static let parameters =
        [
            Parameter("q", .text, "Only scopes whose name or description holds this text."),
            Parameter("prefix", .prefix, "Only scopes under this prefix."),
            Parameter("org", .organisation, "Only scopes of this organisation."),
            Parameter("inactive", .flag, "Inactive scopes too."),
        ] + PagedList.parameters(ScopeBrowsing.Order.self)
    package let arguments: Arguments
    private var query = ScopeBrowsing()

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.text = try arguments.text("q")
        query.prefix = try arguments.prefix("prefix")
        query.owner = try arguments.organisation("org")
        query.includesInactive = try arguments.flag("inactive")
        query.paging = try arguments.paging(.scope)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var query = query
        query.viewer = context.viewer.organisation
        let listed = try reader.browse(query)
        var names = OrganisationNames()
        let rows = try listed.rows.map { use in
            Row(
                use: use,
                ownerName: try names.name(of: use.scope.owner, reader),
                // How others use it is its owner's to know.
                isOwners: context.viewer.isOne(of: use.scope.owner)
            )
        }
        return Report(
            Table(
                "scope-use",
                rows,
                facts: listed.facts(query.paging),
                whenEmpty: "there is no such scope",
                columns: Self.columns(at: context.now)
            )
        )
    }

    private struct Row: Sendable {
        let use: ScopeUse
        let ownerName: String
        let isOwners: Bool
    }

    private static func columns(at now: Timestamp) -> [Column<Row>] {
        [
            Column("scope") { $0.use.scope.name },
            Column("description") { $0.use.scope.description },
            Column("state", style: { $0.use.scope.isActive(at: now) ? .good : .faint }) {
                $0.use.scope.isActive(at: now) ? "active" : "inactive"
            },
            Column("visibility", .detail) { $0.use.scope.visibility.rawValue },
            Column("owner_orgno", title: "OWNER") { $0.use.scope.owner },
            Column("owner_name", .detail) { $0.ownerName },
            Column("consumers") { $0.isOwners ? $0.use.consumers : nil },
            Column("clients") { $0.isOwners ? $0.use.clients : nil },
            Column("delegable") { $0.use.scope.delegationSource != nil },
            Column("last_token") { $0.isOwners ? $0.use.lastToken : nil },
            Column("is_owners", .detail) { $0.isOwners },
            Column("origin", title: "SOURCE") { $0.isOwners ? $0.use.scope.origin : nil },
        ]
    }
}
