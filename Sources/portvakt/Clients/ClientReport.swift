import ArgumentParser
import Foundation
import Operations

/// `portvakt client report`.
struct ClientReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report to those who own clients: scopes, keys, last use, and what wants attention.",
        discussion: """
            One page for each organisation: keys that end, scopes that give no token and why, clients that nobody uses, \
            owners that are closed. With --out each page becomes a file `ORG.md`, to be sent to its organisation; what stands \
            there under that name already is replaced.
            """
    )

    @Option(help: ArgumentHelp("Only clients of this organisation.", valueName: "org"), completion: .organisations)
    var org: String?

    @Option(help: ArgumentHelp("How near the end of a key wants attention, as 60d.", valueName: "time"))
    var within: String?

    @Flag(help: "Pages of Markdown instead of one list.")
    var markdown = false

    @Option(help: ArgumentHelp("Write the pages into this folder.", valueName: "folder"), completion: .directory)
    var out: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let report = try await options.answer(ReportOnClients(["org": org, "within": within]))
        guard markdown || out != nil else { return try options.print(report) }
        let pages = Self.pages(of: report)
        guard let out else {
            return try Console.current.write(pages.map(\.text).joined(separator: "\n"))
        }
        do {
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
            for page in pages {
                try Data(page.text.utf8).write(to: URL(filePath: "\(out)/\(page.owner).md"), options: .atomic)
            }
        } catch {
            throw CLIError("output_failed", "cannot write into `\(out)`: \(error.localizedDescription)")
        }
        options.note("\(pages.count) pages in `\(out)`")
    }

    /// The report cut at each owner.
    static func pages(of report: Report) -> [(owner: String, text: String)] {
        guard case .table(let columns, let rows) = report.content,
            let owner = columns.firstIndex(where: { $0.key == "client_orgno" }),
            let name = columns.firstIndex(where: { $0.key == "client_orgname" })
        else { return [] }
        let inner = columns.indices.filter { $0 != owner && $0 != name }
        return Dictionary(grouping: rows) { $0.cells[owner].cell }.sorted { $0.key < $1.key }.map { number, rows in
            let page = Report(
                schema: report.schema,
                content: .table(
                    columns: inner.map { columns[$0] },
                    rows: rows.map { row in
                        Report.Row(cells: inner.map { row.cells[$0] }, tones: inner.map { row.tones[$0] })
                    }
                ),
                facts: report.facts
            )
            return (number, page.markdown(title: "Clients of \(rows[0].cells[name].cell) (\(number))"))
        }
    }
}
