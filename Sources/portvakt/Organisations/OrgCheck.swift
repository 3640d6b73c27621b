import ArgumentParser
import Operations
import Organisations
import SQLiteStorage
import Server
import Vocabulary

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

    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org"))
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
        let folder = try options.dataFolder()
        let policy = distressPolicy(of: folder)
        let verdicts = try options.look { reader in
            try typed.map { try Verdict($0, policy: policy ?? .warn, reader) }
        }
        if policy == nil, verdicts.contains(where: { $0.standing?.distress.isPresent == true }) {
            options.warn("the configuration cannot be read, so `organisation_distress` is taken to be `warn`")
        }
        try options.print(Table("org-check", verdicts, whenEmpty: "the file names no organisation", columns: columns))
        let bad = verdicts.filter { !$0.getsTokens }
        guard bad.isEmpty else {
            throw CLIError.verdict(
                "org_check_failed",
                "\(bad.count) of \(verdicts.count) organisations may not get tokens: "
                    + bad.prefix(Self.mostNamed).map { "`\($0.typed)` (\($0.status))" }.joined(separator: ", ")
                    + (bad.count > Self.mostNamed ? " …" : "")
            )
        }
    }

    /// The most organisations that the verdict names.
    private static let mostNamed = 20

    private var columns: [Column<Verdict>] {
        [
            Column("organisation_number", title: "ORG") { $0.number.map { "\($0)" } ?? $0.typed },
            Column("valid", style: { $0.number == nil ? .bad : .plain }) { $0.number != nil },
            Column("known", style: { $0.standing == nil ? .bad : .plain }) { $0.standing != nil },
            Column("active", style: { $0.isActive ? .plain : .bad }) { $0.isActive },
            Column("tokens", style: { $0.getsTokens ? .good : .bad }) { $0.getsTokens },
            Column("status", style: { $0.standing.map(OrganisationStatus.tone) ?? .bad }) { $0.status },
            Column("name") { $0.standing?.name },
            Column("kind", .detail) { $0.unit?.kind.rawValue },
            Column("parent") { $0.unit?.parent },
            Column("reason") { $0.reason },
        ]
    }

    /// What the server's setting does with distressed organisations; nil when the configuration cannot be read.
    private func distressPolicy(of folder: DataFolder) -> DistressPolicy? {
        let environment = Console.current.surroundings.environment
        return try? ServerConfiguration(ConfigurationInputs(dataFolder: folder.path, environment: environment))
            .organisationDistress
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

    /// What is found out about one number, as far as it goes.
    struct Verdict: Sendable {
        let typed: String
        let number: OrganisationNumber?
        let unit: Organisation?
        let standing: OrganisationStanding?
        /// The state in a word or two.
        let status: String
        /// Why no token is issued, or what is noted with one; nil when there is nothing to say.
        let reason: String?
        /// Whether a token request of it would fail for what it is.
        let getsTokens: Bool

        init(_ typed: String, policy: DistressPolicy, _ reader: SQLiteReader) throws {
            self.typed = typed
            do throws(OrganisationNumber.ParseError) {
                number = try OrganisationNumber(typed: typed)
            } catch {
                (number, unit, standing, getsTokens) = (nil, nil, nil, false)
                (status, reason) = (error.words, "no organisation has this number")
                return
            }
            unit = try number.flatMap { try reader.organisation($0) }
            standing = try number.flatMap { try reader.standing(of: $0) }
            status = standing.map(OrganisationStatus.words) ?? "not in the register"
            switch (standing, standing?.impediment) {
            case (nil, _): (getsTokens, reason) = (false, "the register here does not know it")
            case (_, .deleted?): (getsTokens, reason) = (false, "deleted units get no token")
            case (_, .mainUnitDeleted?):
                (getsTokens, reason) = (false, "a sub-unit gets none when its main unit is deleted")
            case (let standing?, nil) where standing.distress.isPresent:
                switch policy {
                case .allow: (getsTokens, reason) = (true, "`organisation_distress` is `allow`")
                case .warn: (getsTokens, reason) = (true, "tokens are marked: `organisation_distress` is `warn`")
                case .refuse: (getsTokens, reason) = (false, "`organisation_distress` is `refuse`")
                }
            default: (getsTokens, reason) = (true, nil)
            }
        }

        /// Valid, known and alive; what is bankrupt or winding up is active too, and its status says so.
        var isActive: Bool { standing.map { $0.impediment == nil } ?? false }
    }
}
