import Administration
import JOSE
package import Scopes
import Vocabulary

/// Scope files as texts, and how they are compared with the store.
struct ScopeFileArguments: Sendable {
    /// The files.
    static let files = Parameter("files", .object, "The texts of the scope files, by their names.").required
    /// What is done with what stands in none of them.
    static let pruning = [
        Parameter("prune", .flag, "Remove what came from files and stands in none any more."),
        Parameter("part", .flag, "The files are not all there are: prune only what came from these."),
    ]
    /// Guards against facts that have moved, and against too much.
    static let guards = [
        Parameter("max_removals", .number(0...Int64(Int32.max)), "The most removals that are done; 10 if not given."),
        Parameter("revision", .number(0...Int64.max), "The revision of the facts that must still hold."),
    ]

    /// How they are compared.
    var options = ScopePlanOptions()
    /// The revision that must hold; nil: any.
    private let revision: Int64?
    /// The files, read strictly before the store is opened, or all that is wrong in them.
    private let reading: Result<[ScopeFile], ScopeFileProblems>
    /// The largest body with files, in bytes.
    static let maximumBody = 16 * 1_024 * 1_024

    init(_ arguments: Arguments, mostRemovals: Int) throws(OperationFault) {
        var sources: [(name: String, text: String)] = []
        for member in try arguments.required("files", arguments.object).members {
            guard let text = member.value.string else { throw .usage("`\(member.name)` of the files must be one text") }
            sources.append((member.name, text))
        }
        let sorted = sources.sorted { $0.name < $1.name }
        reading = Result { () throws(ScopeFileProblems) in try ScopeFile.read(sorted) }
        options.prunes = try arguments.flag("prune")
        options.isWholeFolder = try !arguments.flag("part")
        options.maximumRemovals =
            try arguments.number("max_removals", in: 0...Int64(Int32.max)).map(Int.init) ?? mostRemovals
        revision = try arguments.number("revision", in: 0...Int64.max)
    }

    /// The plan that the files come to.
    ///
    /// - Throws: `AdministrationRefusal.stalePlan` when the facts have moved, which is told before anything else; then
    ///   `OperationFault` with all that is wrong in the files or speaks against them, each with file and line.
    func plan(_ reader: some OperationReader) throws -> (files: [ScopeFile], plan: ScopePlan, revision: Int64) {
        let base = try reader.revision
        if let revision, revision != base { throw AdministrationRefusal.stalePlan }
        do {
            let files = try reading.get()
            return (files, try reader.plan(files, options), base)
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
