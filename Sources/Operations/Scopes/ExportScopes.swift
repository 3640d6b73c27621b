import Administration
import JOSE
import Scopes
import Vocabulary

/// Scopes as a scope file, or as a catalogue of data services.
package struct ExportScopes: Inquiry {
    package static let name = "scope-export"
    package static let summary = "Write scopes as a scope file, or as a catalogue of data services."
    package static let parameters = [
        Parameter("format", .word(Format.allCases.map(\.rawValue)), "The form; yaml if not given."),
        Parameter("prefix", .prefix, "Only scopes under this prefix; a scope file is of one."),
        Parameter("org", .organisation, "Only scopes that this organisation owns."),
        Parameter("license", .text, "The web address of the licence, for a catalogue."),
        Parameter("contact", .text, "A mail or web address, for a catalogue."),
    ]
    package let arguments: Arguments
    private var query = ScopeQuery()
    private let format: Format
    private let license: String?
    private let contact: String?

    /// What is written.
    private enum Format: String, CaseIterable {
        case yaml
        case dcat
        case jsonld = "dcat-jsonld"
    }

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.prefix = try arguments.prefix("prefix")
        query.owner = try arguments.organisation("org")
        let word = try arguments.text("format") ?? Format.yaml.rawValue
        guard let format = Format(rawValue: word) else {
            throw .usage("`\(word)` is no form: yaml, dcat or dcat-jsonld")
        }
        self.format = format
        license = try arguments.text("license")
        contact = try arguments.text("contact")
        if format == .yaml, query.prefix == nil {
            throw .usage("a scope file is of one prefix", hint: "name it with `--prefix`")
        }
        if let license, !ServiceCatalogue.isWebAddress(license) {
            throw .usage("\(arguments.title(of: "license")) is no web address: `\(license)`")
        }
        if let contact, !ServiceCatalogue.isContact(contact) {
            throw .usage("\(arguments.title(of: "contact")) is neither a mail address nor a web address: `\(contact)`")
        }
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let text =
            switch format {
            case .yaml: try file(reader, for: context.viewer)
            case .dcat: try catalogue(reader, at: context.now).turtle
            case .jsonld: JSONValue.object(try catalogue(reader, at: context.now).jsonLD).text() + "\n"
            }
        return Report(Record("scope-export", [.init("format", format.rawValue), .init("text", text)]))
    }

    private func file(_ reader: some OperationReader, for viewer: Viewer) throws -> String {
        guard let prefix = query.prefix else { throw OperationFault.usage("a scope file is of one prefix") }
        guard let assignment = try reader.prefixAssignment(prefix), viewer.isOne(of: assignment.owner) else {
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

    // A catalogue holds what is public and in force, whoever asks.
    private func catalogue(_ reader: some OperationReader, at now: Timestamp) throws -> ServiceCatalogue {
        var options = ServiceCatalogue.Options(base: try reader.setting("issuer") ?? "urn:portvakt:")
        options.publisher = try query.owner ?? reader.operatorOrganisation
        options.contact = contact
        options.licence = license
        return ServiceCatalogue(try reader.scopes(query).filter { $0.isActive(at: now) }, options)
    }
}
