import Administration
import ArgumentParser
import JOSE
import SQLiteStorage
import Scopes
import Vocabulary

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
        var query = ScopeQuery()
        query.prefix = try prefix.map { text throws(CLIError) in try Typed.prefix(text) }
        query.owner = try org.map { text throws(CLIError) in try Typed.organisation(text) }
        switch format {
        case .yaml:
            guard let prefix = query.prefix else {
                throw CLIError.usage("a scope file is of one prefix", hint: "name it with `--prefix`")
            }
            try Console.current.write(try file(of: prefix))
        case .dcat: try Console.current.write(try catalogue(query).turtle)
        case .jsonld: try Console.current.write(JSONValue.object(try catalogue(query).jsonLD).text() + "\n")
        }
    }

    private func file(of prefix: ScopePrefix) throws -> String {
        try options.look { reader in
            guard let assignment = try reader.prefixAssignment(prefix) else {
                throw AdministrationRefusal.prefixUnassigned(prefix)
            }
            var scopes = ScopeQuery()
            scopes.prefix = prefix
            scopes.includesInactive = true
            var accesses = AccessQuery()
            accesses.prefix = prefix
            return ScopeFileText(
                assignment,
                scopes: try reader.scopes(scopes),
                accesses: Dictionary(grouping: try reader.accesses(accesses), by: \.scope)
            ).text
        }
    }

    private func catalogue(_ query: ScopeQuery) throws -> ServiceCatalogue {
        if let license, !ServiceCatalogue.isWebAddress(license) {
            throw CLIError.usage("`--license` is no web address: `\(license)`")
        }
        if let contact, !ServiceCatalogue.isContact(contact) {
            throw CLIError.usage("`--contact` is neither a mail address nor a web address: `\(contact)`")
        }
        return try options.look { reader in
            var catalogue = ServiceCatalogue.Options(base: try reader.setting("issuer") ?? "urn:portvakt:")
            catalogue.publisher = try query.owner ?? reader.operatorOrganisation
            catalogue.contact = contact
            catalogue.licence = license
            return ServiceCatalogue(try reader.scopes(query), catalogue)
        }
    }
}
