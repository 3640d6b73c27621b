package import Administration
import Scopes
package import Vocabulary

/// Withdraws the access of organisations to a scope; what is withdrawn already stays so.
package struct RevokeAccess: OperatorAct {
    package static let name = "access-revoke"
    package static let summary = "Withdraw the access of organisations to a scope."
    package static let parameters = [
        Parameter("scope", .scope, "The scope.").required,
        Parameter("orgs", .organisation, "Organisation numbers.").list,
        Parameter("all", .flag, "Withdraw the access of all organisations."),
    ]
    package let arguments: Arguments
    package let scope: ScopeName
    package let consumers: [OrganisationNumber]
    package let isOfAll: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumers = try arguments.organisations("orgs")
        isOfAll = try arguments.flag("all")
        guard isOfAll == consumers.isEmpty else {
            throw .usage(
                isOfAll
                    ? "\(arguments.title(of: "all")) and organisations contradict each other"
                    : "name organisations, or give \(arguments.title(of: "all"))"
            )
        }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let reader = administration.transaction
        var consumers = consumers
        if isOfAll {
            guard try reader.scope(scope) != nil else { throw AdministrationRefusal.unknownScope(scope) }
            var query = AccessQuery()
            query.scope = scope
            consumers = try reader.accesses(query).map(\.consumer)
        }
        let outcomes = try consumers.map { consumer in
            Row(
                consumer: consumer,
                scope: scope,
                hasChanged: try administration.revokeAccess(to: scope, for: consumer).hasChanged
            )
        }
        let notes =
            outcomes.contains(where: \.hasChanged) ? [Self.remainingLife(of: try reader.scope(scope))] : []
        return Report(
            Table("access-revoke", outcomes, whenEmpty: "nobody had access", columns: Self.columns),
            notes: notes
        )
    }

    private struct Row: Sendable {
        let consumer: OrganisationNumber
        let scope: ScopeName
        let hasChanged: Bool
    }

    private static let columns: [Column<Row>] = [
        Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
        Column("scope") { $0.scope },
        Column("result") { $0.hasChanged ? "revoked" : "already" },
    ]

    // DESIGN §2.5: the lowest limit holds, and none is above 7,200 seconds.
    private static func remainingLife(of scope: Scope?) -> String {
        let limit = scope.map(\.maximumTokenAge.count).flatMap { $0 > 0 ? min($0, 7_200) : nil } ?? 7_200
        return "tokens that were issued before end within \(limit) s"
    }
}
