package import Administration
import JOSE
package import Scopes
import Vocabulary

/// Scope files, as texts, compared with the store or applied to it.
package struct ApplyScopeFiles: OperatorAct {
    package static let name = "scope-apply"
    package static let summary = "Make scopes and access agree with scope files, or say what that would change."
    package static let parameters = [
        Parameter("files", .object, "The texts of the scope files, by their names.").required,
        Parameter("dry_run", .flag, "Only say what would change."),
        Parameter("prune", .flag, "Remove what came from files and stands in none any more."),
        Parameter("part", .flag, "The files are not all there are: prune only what came from these."),
        Parameter("max_removals", .number(0...Int64(Int32.max)), "The most removals that are done (10)."),
        Parameter("revision", .number(0...Int64.max), "The revision of the facts that must still hold."),
        Parameter("plan", .text, "The lines that somebody agreed to; nothing is done when they are others.").list,
    ]
    package let arguments: Arguments
    private let sources: [(name: String, text: String)]
    private let isDry: Bool
    private var options = ScopePlanOptions()
    private let revision: Int64?
    private let agreed: [String]?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        var sources: [(name: String, text: String)] = []
        for member in try arguments.required("files", arguments.object).members {
            guard let text = member.value.string else { throw .usage("`\(member.name)` of the files must be one text") }
            sources.append((member.name, text))
        }
        self.sources = sources.sorted { $0.name < $1.name }
        isDry = try arguments.flag("dry_run")
        options.prunes = try arguments.flag("prune")
        options.isWholeFolder = try !arguments.flag("part")
        let limit = try arguments.number("max_removals", in: 0...Int64(Int32.max)).map(Int.init)
        // Whoever looks must see all of it; the limit is for whoever removes.
        options.maximumRemovals = limit ?? (isDry ? .max : 10)
        revision = try arguments.number("revision", in: 0...Int64.max)
        agreed = arguments["plan"] == nil ? nil : try arguments.texts("plan")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let transaction = administration.transaction
        let base = try transaction.revision
        if let revision, revision != base { throw AdministrationRefusal.stalePlan }
        do {
            let files = try ScopeFile.read(sources)
            let plan = try transaction.plan(files, options)
            if let agreed, agreed != plan.lines { throw AdministrationRefusal.stalePlan }
            guard !isDry else { return Report(plan, isApplied: false, revision: base) }
            let outcome = try administration.apply(files, options, agreed: plan)
            var report = Report(outcome.value, isApplied: true, revision: try transaction.revision)
            report.warnings = outcome.warnings.map { "\($0)" }
            return report
        } catch let problems as ScopeFileProblems {
            throw OperationFault(problems)
        } catch let problems as ScopePlanProblems {
            throw OperationFault(problems)
        }
    }
}

extension OperationFault {
    /// All that is wrong in scope files, each with file and line.
    package init(_ problems: ScopeFileProblems) {
        let list = problems.problems.map { Self.place($0.line, $0.fault.description) }
        self.init(
            .refused,
            "scope_files_invalid",
            problems.description,
            hint: "nothing was done",
            details: [.init("problems", list)]
        )
    }

    /// All that speaks against applying scope files, each with file and line where it has one.
    package init(_ problems: ScopePlanProblems) {
        let list = problems.problems.map { Self.place($0.line, $0.fault.description) }
        self.init(
            .refused,
            "scope_plan_refused",
            problems.description,
            hint: "nothing was done",
            details: [.init("problems", list)]
        )
    }

    private static func place(_ line: SourceLine?, _ message: String) -> OutputValue {
        .object([.init("file", line?.file), .init("line", line?.line), .init("message", message)])
    }
}
