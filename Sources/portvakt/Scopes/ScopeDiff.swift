import ArgumentParser
import Foundation
import JOSE
import Operations
import Scopes

/// `portvakt scope diff [PATH]`.
struct ScopeDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what scope files would change.",
        discussion: """
            Reads a scope file, or all of a folder, and shows what `portvakt scope apply` would do: `+` for what is added, \
            `~` with the old and new value for what is changed, `−` for what is removed; each with file and line. Changes \
            nothing; with `--data` it needs no server.

            Exit 0 when files and store agree, 2 when they differ.
            """
    )

    @Argument(help: "A file or folder (default: `scopes` in the data folder).", completion: .file())
    var path: String?

    @Flag(help: "Show what pruning would remove: what came from files and stands in none any more.")
    var prune = false

    @Flag(help: "Show only how much would change.")
    var summary = false

    @Option(
        help: ArgumentHelp("Write the plan to this file, for `scope apply`.", valueName: "file"),
        completion: .file()
    )
    var out: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let sources = try ScopeSources(at: path ?? options.scopeFolder())
        let inquiry = try CompareScopeFiles(sources.arguments(prunes: prune))
        let plan = try ScopePlanReport(try await options.answer(inquiry, leavesNoTrace: true))
        if let out { try write(plan.file(of: sources, prunes: prune), to: out) }
        try plan.show(options, onlySummary: summary)
        if !plan.isEmpty { throw ExitCode(ExitStatus.attention.rawValue) }
    }

    private func write(_ file: ScopePlanFile, to path: String) throws {
        try write(JSONValue.object(file.json).encoded() + Array("\n".utf8), to: path)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        guard bytes.count <= InputFile.maximumSize else {
            throw CLIError("plan_too_large", "the plan would be larger than \(InputFile.maximumSize / 1_048_576) MiB")
        }
        do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
            throw CLIError("file_unwritable", "cannot write `\(path)`")
        }
    }
}
