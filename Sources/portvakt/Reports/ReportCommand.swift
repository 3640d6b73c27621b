import ArgumentParser
import Operations

/// `portvakt report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report on processing of data, and on what is kept about a person.",
        subcommands: [ReportProcessingCommand.self, ReportPersonCommand.self]
    )
}

/// `portvakt report processing`.
struct ReportProcessingCommand: AsyncParsableCommand {
    /// A form of the record.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case markdown
        case csv
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "processing",
        abstract: "The record of processing: who shares what with whom, on what basis, for what, through whom.",
        discussion: "Shaped as GDPR article 30 has it; suppliers without the consumer's own act are marked `unproven`."
    )

    @Option(
        help: ArgumentHelp("Only what this organisation shares, uses or processes.", valueName: "org"),
        completion: .organisations
    )
    var org: String?
    @Option(help: "The form: markdown, csv or json; without it as other lists.") var format: Format?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let report = try await options.answer(ReportProcessing(["org": org]))
        switch format {
        case nil: try options.print(report)
        case .markdown: try Console.current.write(report.markdown(title: "Record of processing"))
        case .csv: try Console.current.write(report.commaSeparated)
        case .json: try Console.current.write(report.json)
        }
    }
}

/// `portvakt report person`.
struct ReportPersonCommand: AsyncParsableCommand {
    /// A form of the report.
    typealias Format = ReportProcessingCommand.Format

    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "What is kept about a person: roles, consents, acts, and tokens that named the person, and to whom.",
        discussion:
            "The national identity number comes from stdin and is neither kept nor repeated. The ledger remembers that it was asked."
    )

    @Option(
        help: ArgumentHelp("A file with the person's national identity number; - is stdin.", valueName: "file"),
        completion: .file()
    )
    var person = "-"

    @Option(help: "The form: markdown, csv or json; without it as other lists.") var format: Format?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let report = try await options.answer(
            ReportPerson(["person": try options.identityNumber(file: person)])
        )
        switch format {
        case nil: try options.print(report)
        case .markdown: try Console.current.write(report.markdown(title: "What is kept about a person"))
        case .csv: try Console.current.write(report.commaSeparated)
        case .json: try Console.current.write(report.json)
        }
    }
}
