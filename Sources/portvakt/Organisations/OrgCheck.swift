import ArgumentParser
import Operations

/// `portvakt org check ORG…`.
struct OrgCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that organisation numbers are valid, known and active, and would get tokens.",
        discussion: """
            Numbers come as arguments or, with --file, from a file with a number at the beginning of each line. Exits with 3 when \
            any of them would get no token.
            """
    )

    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org"), completion: .organisations)
    var organisations: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with a number a line; - is stdin. Empty lines and lines with # are left out.",
            valueName: "file"
        ),
        completion: .file()
    )
    var file: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard !organisations.isEmpty || file != nil else { throw ValidationError("Name organisations, or a --file.") }
    }

    func run() async throws {
        let typed = try organisations + (file.map { try Self.numbers(in: try InputFile.readText($0)) } ?? [])
        try await options.perform(CheckOrganisations(["orgs": typed]))
    }

    /// The first word of each line that has one.
    static func numbers(in text: String) throws(CLIError) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line -> String? in
            let line = line.prefix { $0 != "#" }
            // `310 279 323` is one number, `310279323;RASK ELG AS` a number and its name.
            let number = line.prefix { !",;\t".contains($0) }.filter { $0 != " " && $0 != "\"" }
            return number.isEmpty ? nil : number
        }
    }
}
