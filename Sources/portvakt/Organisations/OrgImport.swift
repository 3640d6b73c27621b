import Administration
import ArgumentParser
import Operations
import Organisations
import SQLiteStorage

/// `portvakt org import FILE|-`.
struct OrgImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import a file of Enhetsregisteret into the local register.",
        discussion: """
            Takes the register's bulk files of main units, sub-units or roles (JSON; of units CSV too), packed or not, a page \
            of a search, a single unit or its roles; what it is is told from the content. A bulk file replaces its kind: units \
            that are missing from it are marked as deleted, or have no roles any more. Of persons only pseudonyms are kept. \
            Nothing is changed unless the whole file could be read.
            """
    )

    @Argument(help: ArgumentHelp("The file; - is stdin.", valueName: "file"), completion: .file())
    var file: String

    @Flag(help: "Only add and change; leave alone what the file does not hold.")
    var update = false

    @Flag(help: "Only say what would change.")
    var dryRun = false

    @Flag(
        help: "Allow an import that closes more than 100 and more than 5 % of the live units, or ends all their roles."
    )
    var allowClosing = false

    @Flag(help: "Leave the index of names as it is; `org index` finishes it.")
    var noIndex = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireDataFolder()
        let file = file == "-" ? FileByteSource.standardInput() : try FileByteSource(path: file)
        let source = try PeekedSource(file)
        switch source.content {
        case .units: try importUnits(source, size: file.size)
        case .roles: try importRoles(source, size: file.size)
        }
    }

    private func importUnits(_ source: some ByteSource, size: Int64?) throws {
        let store = try SQLiteStore(.init(path: options.dataFolder().path), opening: .requireCurrent)
        let now = options.now
        let actor = Actor(options.operatorIdentity)
        let reason = options.reason
        let importing = OrganisationImport(
            mode: update ? .update : .replace,
            allowsClosing: allowClosing,
            isDryRun: dryRun
        )
        let bar = options.progress("importing", total: size.map { Int($0) })
        defer { bar.finish() }
        let report = try importing.run(
            source,
            into: SQLiteOrganisationImport(into: store) { $0.ledgerEvent(by: actor, reason: reason, at: now) },
            progress: { bar.update(Int($0.bytesTaken), count: $0.units, of: "units") }
        )
        bar.finish()
        try show(report)
        // The register is live: what follows is only for finding units by name.
        if !dryRun, !noIndex { options.indexNamesAfterwards(in: store) }
        try store.close()
    }

    private func show(_ report: ImportReport) throws {
        warn(about: report.malformed, of: report.malformedCount)
        if report.document != .wholeRegister, !update {
            options.note("the file is not a whole register, so nothing was marked as deleted for missing from it")
        }
        var members: [OutputValue.Member] = [
            .init("document", report.document.rawValue), .init("mode", report.mode.rawValue),
            .init("kinds", report.kinds.map(\.rawValue).sorted()), .init("dry_run", report.isDryRun),
            .init("read", report.unitCount), .init("new", report.added), .init("changed", report.changed),
            .init("closed", report.closed), .init("unchanged", report.unchanged),
            .init("invalid", report.malformedCount), .init("bytes", report.byteCount),
            .init("milliseconds", Int(report.duration / .milliseconds(1))),
        ]
        if options.rendering.format.isStructured { members.append(.init("invalid_units", report.malformed)) }
        try options.print(Record("org-import", members))
    }

    /// Names the first malformed units on stderr, and counts the rest.
    func warn(about malformed: [MalformedUnit], of count: Int) {
        for unit in malformed.prefix(Self.malformedShown) { options.warn("\(unit)") }
        if count > Self.malformedShown {
            options.warn("\(count - Self.malformedShown) more units are malformed (`--json` lists 1000)")
        }
    }

    /// The most malformed units that are named on stderr.
    private static let malformedShown = 20
}

extension OutputFormat {
    /// Whether it can hold a list of objects inside a record.
    var isStructured: Bool {
        switch self {
        case .json, .jsonl, .yaml: true
        case .table, .tsv, .id: false
        }
    }
}

extension RegisterFileError: CLIErrorConvertible {
    var cliError: CLIError {
        CLIError("register_file_unreadable", "\(self); nothing was changed", hint: hint, details: details)
    }

    private var hint: String? {
        switch self {
        case .mixedKinds: "import each kind by itself, or use `--update`"
        case .truncated, .gzip(.truncated): "fetch the file again; it was not copied whole"
        case .foreign(.csv), .foreign(.archive): "fetch `enheter/lastned` or `underenheter/lastned` instead"
        default: nil
        }
    }

    private var details: [OutputValue.Member] {
        guard case .nothingReadable(let count, let first) = self else { return [] }
        return [.init("invalid", count), .init("invalid_units", first)]
    }
}

extension ImportRefusal: CLIErrorConvertible {
    var cliError: CLIError {
        switch self {
        case .closesTooMany(let kind, let closing, let live):
            CLIError(
                "closes_too_many",
                "the import would mark \(closing) of \(live) live \(kind.words)s as deleted; nothing was changed",
                hint: "is the file whole? If it is, repeat with `--allow-closing`",
                details: [
                    .init("kind", kind.rawValue), .init("closing", closing), .init("live", live),
                ]
            )
        case .endsTooManyRoles(let ending, let known):
            CLIError(
                "ends_too_many_roles",
                "the import would end all roles of \(ending) of \(known) units that have any; nothing was changed",
                hint: "is the file whole? If it is, repeat with `--allow-closing`",
                details: [.init("ending", ending), .init("units_with_roles", known)]
            )
        case .alreadyRunning: .conflict("import_running", "\(self)")
        }
    }
}

extension FileByteSource.ReadError: CLIErrorConvertible {
    var cliError: CLIError { CLIError("file_unreadable", "\(self)") }
}

extension Actor {
    /// Who runs the command.
    init(_ identity: OperatorIdentity) {
        self.init(
            operatingSystemUser: identity.user,
            originalUser: identity.sudoUser,
            host: identity.host,
            claimed: identity.claimedName,
            command: identity.command
        )
    }
}

/// The import of a file of units as a step of another command.
enum OrganisationImportCommand {
    /// Imports it whole, or not at all.
    ///
    /// - Throws: what `org import` throws; for a file of roles, which need units first, a `CLIError`.
    static func run(_ file: String, into store: SQLiteStore, _ options: GlobalOptions) throws {
        let bytes = try FileByteSource(path: file)
        let source = try PeekedSource(bytes)
        guard case .units = source.content else {
            throw CLIError("register_file_of_roles", "`\(file)` holds roles: import it with `portvakt org import`")
        }
        let bar = options.progress("importing", total: bytes.size.map { Int($0) })
        defer { bar.finish() }
        let (actor, now) = (Actor(options.operatorIdentity), options.now)
        let report = try OrganisationImport(mode: .replace).run(
            source,
            into: SQLiteOrganisationImport(into: store) { $0.ledgerEvent(by: actor, at: now) },
            progress: { bar.update(Int($0.bytesTaken), count: $0.units, of: "units") }
        )
        for unit in report.malformed.prefix(20) { options.warn("\(unit)") }
        options.note("\(file): \(report.added) units")
    }
}
