import Administration
import ArgumentParser
import Foundation
import Operations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt scope apply [PATH]`.
struct ScopeApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make scopes and access agree with scope files.",
        discussion: """
            Reads a scope file, or all of a folder, and shows what would change: `+` for what is added, `~` for what is \
            changed, `−` for what is removed. Nothing is removed without `--prune`, and then only what came from a file. All \
            of it is done in one transaction, or nothing.

            With `--dry-run` nothing is done, and the exit status is 2 when something would be.
            """
    )

    @Argument(help: "A file or folder (default: `scopes` in the data folder).", completion: .file())
    var path: String?

    @Flag(help: "Remove what came from files and stands in none any more.")
    var prune = false

    @Flag(help: "Only show the plan.")
    var dryRun = false

    @Option(help: ArgumentHelp("The most removals that are done.", valueName: "n"))
    var maxRemovals = 10

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if maxRemovals < 0 { throw ValidationError("--max-removals cannot be negative.") }
    }

    func run() async throws {
        let sources = try ScopeSources(at: path ?? options.dataFolder().path + "/scopes")
        let files = try ScopeFile.read(sources.files)
        var planning = ScopePlanOptions()
        planning.prunes = prune
        planning.maximumRemovals = maxRemovals
        planning.isWholeFolder = sources.isFolder
        let plan = try options.look { try $0.plan(files, planning) }
        if dryRun {
            try show(plan, isApplied: false)
            if !plan.isEmpty { throw ExitCode(ExitStatus.attention.rawValue) }
            return
        }
        if !plan.isEmpty, !options.yes {
            for line in plan.lines { options.note(line) }
            try options.confirm("apply this plan")
        }
        let outcome = try options.administer { try $0.apply(files, planning, agreed: plan) }
        options.warn(outcome.warnings)
        try show(plan, isApplied: true)
    }

    private func show(_ plan: ScopePlan, isApplied: Bool) throws {
        if options.rendering.format == .table {
            let style = { (line: String) -> TextStyle in
                switch line.first {
                case "+": .good
                case "~": .warning
                case "−": .bad
                default: .plain
                }
            }
            let coloured = options.rendering.coloured
            try Console.current.write(
                plan.lines.map { style($0).apply(visible($0), coloured: coloured) + "\n" }.joined()
            )
            return
        }
        try options.print(
            Table(
                "scope-plan",
                plan.changes,
                facts: [
                    .init("applied", isApplied), .init("add", plan.additions), .init("change", plan.alterations),
                    .init("remove", plan.removals), .init("kept", plan.kept.map(\.output)),
                ],
                columns: [
                    Column("action") { $0.sign.rawValue },
                    Column("object") { $0.object },
                    Column("name") { $0.name },
                    Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
                    Column("fields") { $0.fields },
                    Column("place") { $0.place },
                ]
            )
        )
    }
}

/// The scope files at a path.
struct ScopeSources {
    /// Names relative to the folder, and texts.
    let files: [(name: String, text: String)]
    /// Whether a folder was read: its files are all there are.
    let isFolder: Bool

    /// Reads a file, or the `.yaml` and `.yml` files of a folder, by name.
    ///
    /// - Throws: `CLIError` when something cannot be read, or a folder holds no such file.
    init(at path: String) throws(CLIError) {
        guard let status = try? FileStatus(path) else {
            throw CLIError("file_unreadable", "there is nothing at `\(path)`")
        }
        isFolder = status.isFolder
        guard status.isFolder else {
            files = [(URL(filePath: path).lastPathComponent, try InputFile.readText(path))]
            return
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw CLIError("file_unreadable", "cannot read the folder `\(path)`")
        }
        var files: [(name: String, text: String)] = []
        for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            files.append((name, try InputFile.readText(path + "/" + name)))
        }
        guard !files.isEmpty else {
            throw CLIError("file_unreadable", "the folder `\(path)` holds no scope file (`.yaml`)")
        }
        self.files = files
    }
}

extension ScopePlan.Change {
    fileprivate var object: String {
        switch self {
        case .assignPrefix: "prefix"
        case .createScope, .changeScope, .deactivateScope: "scope"
        case .grantAccess, .changeAccess, .revokeAccess: "access"
        }
    }

    fileprivate var name: String {
        switch self {
        case .assignPrefix(let prefix, _, _): prefix.rawValue
        case .createScope(let name, _, _), .changeScope(let name, _, _), .deactivateScope(let name, _),
            .grantAccess(let name, _, _, _, _), .changeAccess(let name, _, _, _), .revokeAccess(let name, _, _):
            name.rawValue
        }
    }

    fileprivate var consumer: OrganisationNumber? {
        switch self {
        case .assignPrefix(_, let owner, _): owner
        case .grantAccess(_, let consumer, _, _, _), .changeAccess(_, let consumer, _, _),
            .revokeAccess(_, let consumer, _):
            consumer
        case .createScope, .changeScope, .deactivateScope: nil
        }
    }

    fileprivate var fields: [OutputValue] {
        switch self {
        case .createScope(_, let fields, _), .changeScope(_, let fields, _): fields.map(\.output)
        case .grantAccess(_, _, let fields, _, _), .changeAccess(_, _, let fields, _): fields.map(\.output)
        case .assignPrefix, .revokeAccess, .deactivateScope: []
        }
    }

    fileprivate var place: String {
        switch self {
        case .assignPrefix(_, _, let line), .createScope(_, _, let line), .changeScope(_, _, let line),
            .grantAccess(_, _, _, _, let line), .changeAccess(_, _, _, let line):
            line.description
        case .revokeAccess(_, _, let origin), .deactivateScope(_, let origin): origin
        }
    }
}

extension ScopePlan.FieldChange where Field: RawRepresentable<String> {
    fileprivate func output(_ old: OutputValue, _ new: OutputValue) -> OutputValue {
        .object([.init("field", field.rawValue), .init("old", old), .init("new", new), .init("place", "\(line)")])
    }
}

extension ScopePlan.ScopeChange {
    fileprivate var output: OutputValue { output(old.json?.output ?? .none, new.json?.output ?? .none) }
}

extension ScopePlan.AccessChange {
    fileprivate var output: OutputValue { output(old.json?.output ?? .none, new.json?.output ?? .none) }
}

extension ScopePlan.Kept {
    fileprivate var output: OutputValue {
        .object([
            .init("scope", scope), .init("consumer_orgno", consumer), .init("origin", origin),
            .init("reason", reason == .notPruned ? "not_pruned" : "not_from_file"),
        ])
    }
}
