import Administration
import ArgumentParser
import Foundation
import JOSE
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt scope diff [PATH]`.
struct ScopeDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what scope files would change.",
        discussion: """
            Reads a scope file, or all of a folder, and shows what `portvakt scope apply` would do: `+` for what is added, \
            `~` with the old and new value for what is changed, `−` for what is removed; each with file and line. Needs no \
            server and changes nothing.

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
        let sources = try ScopeSources(at: path ?? options.dataFolder().path + "/scopes")
        let files = try sources.read()
        var planning = ScopePlanOptions()
        planning.prunes = prune
        // Whoever looks must see all of it; the limit is for whoever removes.
        planning.maximumRemovals = .max
        planning.isWholeFolder = sources.isFolder
        let (plan, revision) = try options.lookWithoutTrace { (try $0.plan(files, planning), try $0.revision) }
        if let out {
            let file = ScopePlanFile(plan, of: sources.files, planning, revision: revision)
            try write(JSONValue.object(file.json).encoded() + Array("\n".utf8), to: out)
        }
        try plan.show(options, isApplied: false, onlySummary: summary)
        if !plan.isEmpty { throw ExitCode(ExitStatus.attention.rawValue) }
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
