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

    @Argument(help: "The scope, as `acme:catch/reports.read`.", completion: .scopes)
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
        try await options.perform(
            CreateScope([
                "scope": scope, "description": description, "long_description": longDescription,
                "visibility": visibility, "lifetime": lifetime, "delegation_source": delegationSource,
                "audience": audience, "resource": resource, "integration_type": integrationType,
                "accessible_for_all": accessibleForAll, "token_typ": tokenTyp, "token_alg": tokenAlg, "pid": pid,
                "terms_version": termsVersion, "legal_basis": legalBasis, "purpose": purpose,
                "data_category": dataCategory, "mtls_required": mtlsRequired,
                "european_businesses": europeanBusinesses,
            ])
        )
    }
}
