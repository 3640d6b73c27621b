import ArgumentParser
import Foundation
import Operations
import Vocabulary

// How a command of ours is written (one file for each noun, its subcommands inside; register the noun in `Portvakt.swift`):
//
//     struct PrefixList: AsyncParsableCommand {
//         static let configuration = CommandConfiguration(commandName: "list", abstract: "List who owns which prefix.")
//         @OptionGroup var options: GlobalOptions
//
//         func run() async throws {
//             let rows = try await prefixes(in: options.dataFolder())
//             try options.print(Table("prefix-list", rows, whenEmpty: "no prefix is assigned", columns: [
//                 Column("prefix") { $0.prefix },
//                 Column("owner") { $0.owner },
//                 Column("assigned_at", .detail) { $0.assignedAt },
//             ]))
//         }
//     }
//
// Data go out through `options.print` (a `Table` or a `Record`) and never through Swift's `print`; all else through
// `options.note`, `.warn`, `.detail` (stderr). Faults are thrown as `CLIError`, or as a module's error that conforms to
// `CLIErrorConvertible` beside the command. An act that takes away calls `try options.confirm("revoke …")` before it
// acts. Long work reports to `options.progress("importing")`. A negative verdict is printed first and then thrown
// (`CLIError.verdict`, exit 3). The ledger's actor is `options.operatorIdentity`. `now` is `options.now`.

/// The options of every command.
struct GlobalOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON; the same as --output json. Errors are then JSON too.")
    var json = false

    @Option(name: .long, help: "The output's format (default: table on a terminal, tsv in a pipe).")
    var output: OutputFormat?

    @Option(name: .long, help: ArgumentHelp("Show only these fields, in this order.", valueName: "a,b"))
    var fields: String?

    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("The data folder (default: ./var).", valueName: "folder"),
        completion: .directory
    )
    var dataOption: String?

    @Option(name: .long, help: ArgumentHelp("The admin URL of a running server to work through.", valueName: "url"))
    var server: String?

    @Option(name: .long, help: ArgumentHelp("The context, which says server and client.", valueName: "name"))
    var context: String?

    @Option(name: .long, help: ArgumentHelp("How long a server may take, as 30s.", valueName: "time"))
    var timeout: String?

    @Flag(name: .long, help: "Do what takes away without asking.")
    var yes = false

    @Flag(name: .long, help: "Never ask; what would have to ask is wrong usage.")
    var noInput = false

    @Flag(name: .long, help: "No notes on stderr, only errors.")
    var quiet = false

    @Flag(name: .long, help: "More notes on stderr.")
    var verbose = false

    @Option(name: .long, help: "When to use colours.")
    var color: ColourChoice = .auto

    @Option(name: .long, help: ArgumentHelp("Why this is done, kept in the ledger.", valueName: "text"))
    var reason: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who says to be acting, kept in the ledger beside the real user.", valueName: "name")
    )
    var claimedName: String?

    mutating func validate() throws {
        if json, let output, output != .json {
            throw ValidationError("--json and --output \(output.rawValue) contradict each other.")
        }
        if dataOption != nil, server != nil || context != nil {
            throw ValidationError("--data and --\(server == nil ? "context" : "server") contradict each other.")
        }
        if claimedName != nil, server != nil || context != nil {
            throw ValidationError("--as is for the data folder: a server knows who calls.")
        }
        if quiet, verbose { throw ValidationError("--quiet and --verbose contradict each other.") }
    }
}

extension OutputFormat: ExpressibleByArgument {}
extension ColourChoice: ExpressibleByArgument {}

extension GlobalOptions {
    /// The data folder's path.
    var data: String { dataOption ?? "./var" }

    /// The present time.
    var now: Timestamp { Console.current.surroundings.clock.now }

    /// How results are written.
    var rendering: Rendering {
        let surroundings = Console.current.surroundings
        let names = fields.map { $0.split(separator: ",").map { String($0).trimmingCharacters(in: .whitespaces) } }
        return Rendering(
            format: json ? .json : output ?? (surroundings.outputIsTerminal ? .table : .tsv),
            fields: names ?? [],
            coloured: color.colours(
                terminal: surroundings.outputIsTerminal,
                environment: surroundings.environment
            )
        )
    }

    /// Writes a table to stdout; an empty one says so on stderr, to people.
    func print<Row>(_ table: Table<Row>) throws { try print(Report(table)) }

    /// Writes a record to stdout.
    func print(_ record: Record) throws { try print(Report(record)) }

    /// Writes a report to stdout, after what it warns of; an empty list says so on stderr, to people.
    ///
    /// - Throws: `CLIError` for a verdict, once all is written.
    func print(_ report: Report) throws {
        for warning in report.warnings { warn(warning) }
        let rendering = rendering
        try Console.current.write(rendering.text(of: report))
        if case .table(_, let rows) = report.content, rows.isEmpty, rendering.format == .table {
            note(report.whenEmpty)
        }
        for line in report.notes { note(line) }
        if let verdict = report.verdict { throw CLIError(verdict) }
    }

    /// Tells a person something, on stderr, unless `--quiet`.
    func note(_ text: String) {
        if !quiet { Console.current.writeError(visibleLines(text) + "\n") }
    }

    /// Tells a person something, on stderr, if `--verbose`.
    func detail(_ text: String) {
        if verbose { Console.current.writeError(visibleLines(text) + "\n") }
    }

    /// Warns a person, on stderr, unless `--quiet`.
    func warn(_ text: String) {
        guard !quiet else { return }
        Console.current.writeError(styledForErrors("warning:", .warning) + " " + visibleLines(text) + "\n")
    }

    /// Text in a style, if stderr takes colours.
    func styledForErrors(_ text: String, _ style: TextStyle) -> String {
        let surroundings = Console.current.surroundings
        let coloured = color.colours(
            terminal: surroundings.errorsAreTerminal,
            environment: surroundings.environment
        )
        return style.apply(text, coloured: coloured)
    }

    /// Asks whether to do an act that takes away: `confirm("revoke the access of `310000124`")`.
    ///
    /// - Throws: `CLIError`: usage (64) without a terminal and without `--yes`; `declined` (1) when the answer is no.
    func confirm(_ act: String) throws(CLIError) {
        if yes { return }
        let console = Console.current
        guard console.surroundings.inputIsTerminal, console.surroundings.errorsAreTerminal, !noInput else {
            throw .usage("`--yes` is needed to \(act) without a terminal", hint: "nothing was done")
        }
        console.writeError("\(visibleLines(act))? [y/N] ")
        let answer = console.readAnswer()?.lowercased().trimmingCharacters(in: .whitespaces)
        guard answer == "y" || answer == "yes" else { throw CLIError("declined", "nothing was done") }
    }

    /// A progress bar on stderr, shown only on a terminal and only when the work takes longer than half a second.
    func progress(_ activity: String, total: Int? = nil) -> ProgressBar {
        ProgressBar(
            activity,
            total: total,
            shown: Console.current.surroundings.errorsAreTerminal && !quiet,
            console: Console.current
        )
    }
}

private func visibleLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }.joined(separator: "\n")
}
