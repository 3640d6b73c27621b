import ArgumentParser
import Operations
import Scopes

/// `portvakt scope apply [PATH|PLAN]`.
struct ScopeApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make scopes and access agree with scope files.",
        discussion: """
            Reads a scope file, or all of a folder, and shows what would change: `+` for what is added, `~` for what is \
            changed, `−` for what is removed. Nothing is removed without `--prune`, and then only what came from a file. All \
            of it is done in one transaction, or nothing.

            A plan that `portvakt scope diff --out PLAN` has written is carried out as it stands: if anything was changed \
            since, nothing is done and the exit status is 6.

            With `--dry-run` nothing is done, and the exit status is 2 when something would be.
            """
    )

    @Argument(help: "A file, folder or plan (default: `scopes` in the data folder).", completion: .file())
    var path: String?

    @Flag(help: "Remove what came from files and stands in none any more.")
    var prune = false

    @Flag(help: "Only show the plan; not a byte of the database changes.")
    var dryRun = false

    @Option(help: ArgumentHelp("The most removals that are done.", valueName: "n"))
    var maxRemovals = 10

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if maxRemovals < 0 { throw ValidationError("--max-removals cannot be negative.") }
    }

    func run() async throws {
        let path = try path ?? options.scopeFolder()
        guard let file = try ScopeSources.plan(at: path) else { return try await apply(ScopeSources(at: path)) }
        guard !prune else {
            throw CLIError.usage(
                "`--prune` is said when a plan is made",
                hint: "portvakt scope diff --prune --out PLAN"
            )
        }
        try await apply(file)
    }

    private func apply(_ sources: ScopeSources) async throws {
        let arguments = sources.arguments(prunes: prune).setting("max_removals", to: maxRemovals)
        let plan = try ScopePlanReport(
            try await options.answer(CompareScopeFiles(arguments), leavesNoTrace: true)
        )
        guard !dryRun else { return try show(dry: plan) }
        try confirm(plan.isEmpty, plan.lines)
        try await apply(arguments, agreed: plan.lines)
    }

    private func apply(_ file: ScopePlanFile) async throws {
        let sources = ScopeSources(files: file.sources, isFolder: file.options.isWholeFolder)
        let arguments = sources.arguments(prunes: file.options.prunes).setting("max_removals", to: maxRemovals)
            .setting("revision", to: Int(file.revision))
        guard !dryRun else {
            let report = try await options.answer(CompareScopeFiles(arguments), leavesNoTrace: true)
            return try show(dry: ScopePlanReport(report))
        }
        try confirm(file.changesNothing, file.lines)
        try await apply(arguments, agreed: file.lines)
    }

    private func apply(_ arguments: Arguments, agreed lines: [String]) async throws {
        let agreed = arguments.setting("plan", to: lines.joined(separator: "\n"))
        try ScopePlanReport(try await options.answer(ApplyScopeFiles(agreed))).show(options)
    }

    private func show(dry plan: ScopePlanReport) throws {
        try plan.show(options)
        if !plan.isEmpty { throw ExitCode(ExitStatus.attention.rawValue) }
    }

    private func confirm(_ isEmpty: Bool, _ lines: [String]) throws {
        guard !isEmpty, !options.yes else { return }
        for line in lines { options.note(line) }
        try options.confirm("apply this plan")
    }
}
