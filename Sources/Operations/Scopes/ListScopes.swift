import Scopes
import Vocabulary

/// Scopes.
package struct ListScopes: Inquiry {
    package static let name = "scope-list"
    package static let summary = "List scopes."
    package static let parameters = [
        Parameter("prefix", .prefix, "Only scopes under this prefix."),
        Parameter("org", .organisation, "Only scopes that this organisation owns."),
        Parameter("inactive", .flag, "Deactivated scopes too."),
    ]
    package let arguments: Arguments
    private var query = ScopeQuery()

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.prefix = try arguments.prefix("prefix")
        query.owner = try arguments.organisation("org")
        query.includesInactive = try arguments.flag("inactive")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let consumers = try reader.consumerCounts()
        let rows = try reader.scopes(query).filter { scope in
            guard let organisation = context.viewer.organisation else { return true }
            return context.viewer.sees(scope, access: try reader.access(to: scope.name, of: organisation))
        }
        .map { scope in
            // How many use what another shares is not for everybody.
            let isTold = context.viewer.isOne(of: scope.owner)
            return Row(
                scope: scope,
                consumers: isTold ? consumers[scope.name] ?? 0 : nil,
                origin: isTold ? scope.origin : nil
            )
        }
        return Report(Table("scope-list", rows, whenEmpty: "there is no such scope", columns: Self.columns))
    }

    private struct Row: Sendable {
        let scope: Scope
        let consumers: Int?
        let origin: String?
    }

    private static let columns: [Column<Row>] = [
        Column("scope") { $0.scope.name },
        Column("state", style: { $0.scope.isActive ? .good : .faint }) { $0.scope.isActive ? "active" : "inactive" },
        Column("owner_orgno", title: "OWNER") { $0.scope.owner },
        Column("consumers") { $0.scope.isAccessibleForAll ? OutputValue.text("all") : $0.consumers.output },
        Column("delegable") { $0.scope.delegationSource != nil },
        Column("visibility", .detail) { $0.scope.visibility.rawValue },
        Column("description", .detail) { $0.scope.description },
        Column("source") { $0.origin },
    ]
}
