import Administration
import ArgumentParser
import Foundation
import Operations
import SQLiteStorage
import Scopes
import Vocabulary

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
        let path = try path ?? options.dataFolder().path + "/scopes"
        if let file = try ScopeSources.plan(at: path) {
            guard !prune else {
                throw CLIError.usage(
                    "`--prune` is said when a plan is made",
                    hint: "portvakt scope diff --prune --out PLAN"
                )
            }
            try apply(file)
        } else {
            try apply(try ScopeSources(at: path))
        }
    }

    private func apply(_ sources: ScopeSources) throws {
        let files = try sources.read()
        var planning = ScopePlanOptions()
        planning.prunes = prune
        planning.maximumRemovals = maxRemovals
        planning.isWholeFolder = sources.isFolder
        let plan = try options.lookWithoutTrace { try $0.plan(files, planning) }
        guard !dryRun else { return try show(dry: plan) }
        try confirm(plan.isEmpty, plan.lines)
        let outcome = try options.administer { try $0.apply(files, planning, agreed: plan) }
        options.warn(outcome.warnings)
        try plan.show(options, isApplied: true)
    }

    private func apply(_ file: ScopePlanFile) throws {
        guard !dryRun else {
            var planning = file.options
            planning.maximumRemovals = maxRemovals
            let plan = try options.lookWithoutTrace { reader in
                guard try reader.revision == file.revision else { throw AdministrationRefusal.stalePlan }
                return try reader.plan(ScopeFile.read(file.sources.map { ($0.name, $0.text) }), planning)
            }
            return try show(dry: plan)
        }
        try confirm(file.changesNothing, file.lines)
        let outcome = try options.administer { try $0.apply(file, maximumRemovals: maxRemovals) }
        options.warn(outcome.warnings)
        try outcome.value.show(options, isApplied: true)
    }

    private func show(dry plan: ScopePlan) throws {
        try plan.show(options, isApplied: false)
        if !plan.isEmpty { throw ExitCode(ExitStatus.attention.rawValue) }
    }

    private func confirm(_ isEmpty: Bool, _ lines: [String]) throws {
        guard !isEmpty, !options.yes else { return }
        for line in lines { options.note(line) }
        try options.confirm("apply this plan")
    }
}
