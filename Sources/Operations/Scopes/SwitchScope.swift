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
        Parameter("when", .time, "Not now, but from this moment on."),
    ]
    package let arguments: Arguments
    package let scope: ScopeName
    private let revokesAccess: Bool
    /// When it shall be; nil: now.
    package let moment: Timestamp?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        revokesAccess = try arguments.flag("revoke_access")
        moment = try arguments.text("when").map { text throws(OperationFault) in
            guard let time = Parsed.time(text) else {
                throw .usage(
                    "\(arguments.title(of: "when")) is no time: `\(text)`",
                    hint: "write a day as 2027-06-30, from whose beginning it counts, or 2027-06-30T12:00:00Z"
                )
            }
            return time
        }
        if moment != nil, revokesAccess {
            throw .usage("access is withdrawn now or not at all: give it an end with `portvakt access grant --until`")
        }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        guard try administration.transaction.scope(scope) != nil else {
            throw AdministrationRefusal.unknownScope(scope)
        }
        if let moment { return try schedule(moment, administration, at: context.now) }
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

    /// From that second on decisions find the scope inactive; nothing has to run then.
    private func schedule(
        _ moment: Timestamp,
        _ administration: Administration<some OperationTransaction>,
        at now: Timestamp
    ) throws -> Report {
        guard moment > now else {
            throw OperationFault(.refused, "moment_in_the_past", "`\(moment)` is over: leave it out to deactivate now")
        }
        let outcome = try administration.changeScope(scope, [.activeUntil: .text("\(moment)")])
        return Report(
            Record(
                "scope-state",
                [
                    .init("scope", scope), .init("active", outcome.value.isActive(at: now)),
                    .init("active_until", moment), .init("result", outcome.hasChanged ? "scheduled" : "already"),
                ]
            )
        )
    }
}
