import Administration
import ArgumentParser
import Operations
import Scopes
import Vocabulary

/// `portvakt scope create SCOPE`.
struct ScopeCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a scope under an assigned prefix.",
        discussion: """
            For example: `portvakt scope create acme:catch.read --description "Read catch reports" --lifetime 120s`. Scopes \
            that shall live in files are made with `portvakt scope apply`.
            """
    )

    @Argument(help: "The scope, as `acme:catch/reports.read`.")
    var scope: String

    @Option(help: ArgumentHelp("Short text.", valueName: "text"))
    var description: String

    @Option(help: ArgumentHelp("Long text, limited Markdown.", valueName: "text"))
    var longDescription: String?

    @Option(help: ArgumentHelp("Who sees it in lists: public, private or internal.", valueName: "who"))
    var visibility: String?

    @Option(help: ArgumentHelp("The longest life of a token with it, as 120s.", valueName: "time"))
    var lifetime: String?

    @Option(help: ArgumentHelp("The delegation register, a URI or `internal`.", valueName: "source"))
    var delegationSource: String?

    @Option(help: ArgumentHelp("The one audience of tokens with it.", valueName: "uri"))
    var audience: String?

    @Option(help: ArgumentHelp("A resource that may be asked for; repeat for more.", valueName: "uri"))
    var resource: [String] = []

    @Option(help: ArgumentHelp("An integration type that may hold it; repeat for more.", valueName: "type"))
    var integrationType: [String] = []

    @Flag(help: "Every organisation may use it, without a grant.")
    var accessibleForAll = false

    @Option(help: ArgumentHelp("typ of the token's header: JWT or at+jwt.", valueName: "typ"))
    var tokenTyp: String?

    @Option(help: ArgumentHelp("The algorithm of the token's signature.", valueName: "alg"))
    var tokenAlg: String?

    @Option(help: ArgumentHelp("Whether a pid is allowed, required or refused.", valueName: "rule"))
    var pid: String?

    @Option(help: ArgumentHelp("The version of the terms that consumers must have accepted.", valueName: "version"))
    var termsVersion: String?

    @Option(help: ArgumentHelp("The provider's legal basis.", valueName: "text"))
    var legalBasis: String?

    @Option(help: ArgumentHelp("What the data may be used for.", valueName: "text"))
    var purpose: String?

    @Option(help: ArgumentHelp("A category of data; repeat for more.", valueName: "text"))
    var dataCategory: [String] = []

    @Flag(help: "Bind tokens to a client certificate (mTLS), and refuse requests without one.")
    var mtlsRequired = false

    @Flag(help: "Open to European organisations that sign with an e-seal, without registration or grant.")
    var europeanBusinesses = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let name = try Typed.scope(scope)
        let fields = try fields()
        let scope = try options.administer { try $0.createScope(name, fields, origin: "cli") }.value
        try options.print(Record("scope", scope.outputMembers))
    }

    private func fields() throws(CLIError) -> [ScopeField: ScopeFieldValue] {
        var fields: [ScopeField: ScopeFieldValue] = [.description: .text(description)]
        let texts: [(ScopeField, String?)] = [
            (.longDescription, longDescription), (.visibility, visibility?.uppercased()),
            (.delegationSource, delegationSource), (.enforcedAudience, audience), (.headerType, tokenTyp),
            (.signingAlgorithm, tokenAlg), (.pid, pid), (.requiredTermsVersion, termsVersion),
            (.legalBasis, legalBasis),
            (.purpose, purpose),
        ]
        for (field, text) in texts { fields[field] = text.map { .text($0) } }
        let lists: [(ScopeField, [String])] = [
            (.allowedResources, resource), (.allowedIntegrationTypes, integrationType), (.dataCategories, dataCategory),
        ]
        for (field, items) in lists where !items.isEmpty { fields[field] = .list(items) }
        if accessibleForAll { fields[.isAccessibleForAll] = .flag(true) }
        if mtlsRequired { fields[.requiresClientCertificate] = .flag(true) }
        if europeanBusinesses { fields[.supportsEuropeanBusinesses] = .flag(true) }
        if let lifetime { fields[.maximumTokenAge] = .number(try Typed.span(lifetime, option: "--lifetime").count) }
        return fields
    }
}
