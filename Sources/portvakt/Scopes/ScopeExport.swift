import ArgumentParser
import Operations

/// `portvakt scope export`.
struct ScopeExport: AsyncParsableCommand {
    /// What is written.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        /// A scope file.
        case yaml
        /// A catalogue of data services as Turtle.
        case dcat
        /// The same catalogue as JSON-LD.
        case jsonld = "dcat-jsonld"
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write scopes as a scope file, or as a catalogue of data services.",
        discussion: """
            `--format yaml` writes the scope file of one prefix, with the access to its scopes: `portvakt scope diff` finds \
            no difference. `--format dcat` describes the public scopes as data services for the national data catalogue \
            (DCAT-AP-NO, as Turtle; `dcat-jsonld` as JSON-LD).
            """
    )

    @Option(help: ArgumentHelp("yaml, dcat (Turtle) or dcat-jsonld.", valueName: "form"))
    var format: Form = .yaml

    @Option(help: "Only scopes under this prefix; a scope file is of one.", completion: .prefixes)
    var prefix: String?

    @Option(
        help: ArgumentHelp("Only scopes that this organisation owns.", valueName: "org"),
        completion: .organisations
    )
    var org: String?

    @Option(help: ArgumentHelp("Whom to ask: a mail address or web page (dcat).", valueName: "address"))
    var contact: String?

    @Option(help: ArgumentHelp("The licence of the data (dcat).", valueName: "uri"))
    var license: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let report = try await options.answer(
            ExportScopes([
                "format": format.rawValue, "prefix": prefix, "org": org, "license": license, "contact": contact,
            ])
        )
        try Console.current.write(report["text"].cell)
    }
}
