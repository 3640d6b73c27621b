import ArgumentParser
import JOSE
import Operations

/// `portvakt explain CLIENT --scope SCOPE…`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say whether a client would get a token, and if not, everything that is lacking and who can mend it.",
        discussion: "Exits 3 when the answer is no. The ledger remembers that it was asked."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "client-id")) var client: String
    @Option(help: "A scope; give it again for several.", completion: .scopes) var scope: [String]
    @Option(help: ArgumentHelp("The consumer for which the client acts.", valueName: "org"), completion: .organisations)
    var consumerOrg: String?
    @Option(help: ArgumentHelp("The value of `iss_onbehalfof`.", valueName: "value")) var onBehalfOf: String?
    @Option(help: ArgumentHelp("A resource for `aud`; give it again for several.", valueName: "uri"))
    var resource: [String] = []
    @Option(
        help: ArgumentHelp("A file with the element of `authorization_details`; - is stdin.", valueName: "file"),
        completion: .file()
    )
    var details: String?
    @Flag(help: "As if a `pid` were sent.") var pid = false
    @Flag(help: "As if a DPoP proof were sent.") var dpop = false
    @Flag(help: "As if a client certificate were shown.") var mtls = false
    @Option(help: "The key that the client signs with.") var kid: String?
    @Option(help: ArgumentHelp("The time of the request, as 2027-06-30T12:00:00Z.", valueName: "time")) var at: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let details = try details.map { path throws(CLIError) in try Self.detail(path) }
        try await options.perform(
            ExplainToken([
                "client": client, "scope": scope, "consumer_org": consumerOrg, "on_behalf_of": onBehalfOf,
                "resource": resource, "details": details, "pid": pid, "dpop": dpop, "mtls": mtls, "kid": kid, "at": at,
            ])
        )
    }

    private static func detail(_ path: String) throws(CLIError) -> JSONObject {
        let bytes = try InputFile.read(path)
        guard let value = try? JSONValue(parsing: bytes), let object = value.object ?? value.array?.first?.object else {
            throw CLIError("details_malformed", "`\(path)` holds no JSON object")
        }
        return object
    }
}
