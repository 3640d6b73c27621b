package import Administration
import Scopes
package import Vocabulary

/// Lets tokens be issued for a deactivated scope again; access is as it was.
package struct ActivateScope: OperatorAct {
    package static let name = "scope-activate"
    package static let summary = "Let tokens be issued for a deactivated scope again; access is as it was."
    package static let parameters = [Parameter("scope", .scope, "The scope.").required]
    package let arguments: Arguments
    private let scope: ScopeName

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.setScope(scope, active: true)
        return Report(
            Record(
                "scope-state",
                [
                    .init("scope", scope), .init("active", true),
                    .init("result", outcome.hasChanged ? "activated" : "already"),
                ]
            )
        )
    }
}

/// Lets nobody get tokens for a scope any more; access and registrations stay unless they are withdrawn too.
package struct DeactivateScope: OperatorAct {
    package static let name = "scope-deactivate"
    package static let summary = "Let nobody get tokens for a scope any more."
    package static let parameters = [
        Parameter("scope", .scope, "The scope.").required,
        Parameter("revoke_access", .flag, "Withdraw the access of all organisations too."),
    ]
    package let arguments: Arguments
    package let scope: ScopeName
    private let revokesAccess: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        revokesAccess = try arguments.flag("revoke_access")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        guard try administration.transaction.scope(scope) != nil else {
            throw AdministrationRefusal.unknownScope(scope)
        }
        var query = AccessQuery()
        query.scope = scope
        let accesses = try administration.transaction.accesses(query)
        var revoked = 0
        for access in accesses where revokesAccess {
            if try administration.revokeAccess(to: scope, for: access.consumer).hasChanged { revoked += 1 }
        }
        let outcome = try administration.setScope(scope, active: false)
        return Report(
            Record(
                "scope-state",
                [
                    .init("scope", scope), .init("active", false),
                    .init("result", outcome.hasChanged ? "deactivated" : "already"),
                    .init("revoked", revoked), .init("accesses_left", accesses.count - revoked),
                ]
            )
        )
    }
}
