import Administration
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
        Parameter("unused", .span, "Only scopes as old as this, as 90d, with no token since."),
    ]
    package let arguments: Arguments
    private var query = ScopeQuery()
    private let unused: Seconds?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.prefix = try arguments.prefix("prefix")
        query.owner = try arguments.organisation("org")
        query.includesInactive = try arguments.flag("inactive")
        unused = try arguments.span("unused")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let consumers = try reader.consumerCounts()
        let lastTokens = try reader.lastTokens()
        var rows = try reader.scopes(query).filter { scope in
            guard query.includesInactive || scope.isActive(at: context.now) else { return false }
            guard let organisation = context.viewer.organisation else { return true }
            return context.viewer.sees(scope, access: try reader.access(to: scope.name, of: organisation))
        }
        .map { scope in
            // How many use what another shares is not for everybody.
            let isTold = context.viewer.isOne(of: scope.owner)
            return Row(
                scope: scope,
                isActive: scope.isActive(at: context.now),
                consumers: isTold ? consumers[scope.name] ?? 0 : nil,
                origin: isTold ? scope.origin : nil,
                lastToken: isTold ? lastTokens[scope.name] : nil
            )
        }
        if let start = unused.map({ context.now - $0 }) {
            rows.removeAll { row in
                row.scope.created > start || row.lastToken.map { $0 > start } ?? false
                    || !context.viewer.isOne(of: row.scope.owner)
            }
        }
        return Report(
            Table("scope-list", rows, whenEmpty: "there is no such scope", columns: Self.columns),
            warnings: unused == nil ? [] : try reader.usageWarnings
        )
    }

    private struct Row: Sendable {
        let scope: Scope
        let isActive: Bool
        let consumers: Int?
        let origin: String?
        let lastToken: Timestamp?
    }

    private static let columns: [Column<Row>] = [
        Column("scope") { $0.scope.name },
        Column("state", style: { $0.isActive ? .good : .faint }) { $0.isActive ? "active" : "inactive" },
        Column("owner_orgno", title: "OWNER") { $0.scope.owner },
        Column("consumers") { $0.scope.isAccessibleForAll ? OutputValue.text("all") : $0.consumers.output },
        Column("delegable") { $0.scope.delegationSource != nil },
        Column("last_token") { $0.lastToken },
        Column("visibility", .detail) { $0.scope.visibility.rawValue },
        Column("description", .detail) { $0.scope.description },
        Column("source") { $0.origin },
    ]
}

extension UsageReader {
    /// What is to be said where an answer rests on sums of use that are still being made.
    var usageWarnings: [String] {
        get throws { try isUsageBehind ? ["the sums of use are being made: what is told of use lacks the newest"] : [] }
    }
}
