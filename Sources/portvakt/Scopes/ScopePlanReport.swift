import JOSE
import Operations
import Scopes
import Vocabulary

/// What scope files would change or have changed, as it was answered here or by a server.
struct ScopePlanReport: Sendable {
    private let report: Report
    /// The plan as people read it, a line for each change and field, and the sum at the end.
    let lines: [String]
    /// The revision of the facts that it was made of, or led to.
    let revision: Int64

    /// Reads an answer.
    ///
    /// - Throws: `CLIError` when it is none of ours.
    init(_ report: Report) throws(CLIError) {
        guard let lines = report["lines"].jsonValue.strings, !lines.isEmpty,
            let revision = report["revision"].jsonValue.integer
        else { throw CLIError("answer_unknown", "the server answers with something that is no plan") }
        self.report = report
        self.lines = lines
        self.revision = revision
    }

    /// Whether nothing is to be added, changed or removed.
    var isEmpty: Bool { ["add", "change", "remove"].allSatisfy { report[$0] == .number(0) } }

    /// The plan file, for `scope apply`.
    func file(of sources: ScopeSources, prunes: Bool) -> ScopePlanFile {
        var options = ScopePlanOptions()
        options.prunes = prunes
        options.isWholeFolder = sources.isFolder
        return ScopePlanFile(lines, of: sources.files, options, revision: revision)
    }

    /// Writes it in the format asked for, after what it warns of.
    func show(_ options: GlobalOptions, onlySummary: Bool = false) throws {
        guard options.rendering.format == .table else {
            return try options.print(onlySummary ? summary : report)
        }
        for warning in report.warnings { options.warn(warning) }
        let coloured = options.rendering.coloured
        let shown = onlySummary ? lines.suffix(1) : lines[...]
        try Console.current.write(
            shown.map { Self.tone($0).apply(visible($0), coloured: coloured) + "\n" }.joined()
        )
    }

    /// The sums alone.
    private var summary: Report {
        guard case .table(let columns, _) = report.content else { return report }
        let facts = report.facts.map { fact in
            switch fact.name {
            case "kept": OutputValue.Member("kept", OutputValue.list([]))
            case "lines": OutputValue.Member("lines", Array(lines.suffix(1)))
            default: fact
            }
        }
        var summary = Report(
            schema: report.schema,
            content: .table(columns: columns, rows: []),
            facts: facts,
            whenEmpty: report.whenEmpty
        )
        summary.warnings = report.warnings
        return summary
    }

    private static func tone(_ line: String) -> Tone {
        switch line.first {
        case "+": .good
        case "~": .warning
        case "−": .bad
        default: .plain
        }
    }
}
