package import Administration
import JOSE
import Scopes
import Vocabulary

/// Scope files, as texts, applied to the store.
package struct ApplyScopeFiles: OperatorAct {
    package static let name = "scope-apply"
    package static let summary = "Make scopes and access agree with scope files, or say what that would change."
    package static let parameters =
        [ScopeFileArguments.files, Parameter("dry_run", .flag, "Only say what would change.")]
        + ScopeFileArguments.pruning + ScopeFileArguments.guards + [
            Parameter(
                "plan",
                .text,
                "The lines that somebody agreed to, as one text; nothing is done when they are others."
            )
        ]
    package static let maximumBody = ScopeFileArguments.maximumBody
    package let arguments: Arguments
    private let given: ScopeFileArguments
    private let isDry: Bool
    private let agreed: String?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        isDry = try arguments.flag("dry_run")
        given = try ScopeFileArguments(arguments, mostRemovals: isDry ? .max : 10)
        agreed = try arguments.text("plan")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let (files, plan, base) = try given.plan(administration.transaction)
        if let agreed, agreed != plan.lines.joined(separator: "\n") { throw AdministrationRefusal.stalePlan }
        guard !isDry else { return Report(plan, isApplied: false, revision: base) }
        let outcome = try administration.apply(files, given.options, agreed: plan)
        var report = Report(outcome.value, isApplied: true, revision: try administration.transaction.revision)
        report.warnings = outcome.warnings.map { "\($0)" }
        return report
    }
}
