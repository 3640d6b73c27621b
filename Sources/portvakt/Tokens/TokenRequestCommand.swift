import ArgumentParser
import JOSE
import Operations
import PortvaktClient
import Vocabulary

/// `portvakt token request`.
struct TokenRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Ask an authorization server for an access token.",
        discussion: """
            The token alone goes to stdout, all else to stderr. What the options do not say comes from --env-file or the \
            environment, in NAIS' names: MASKINPORTEN_CLIENT_ID, MASKINPORTEN_CLIENT_JWK, MASKINPORTEN_WELL_KNOWN_URL, \
            MASKINPORTEN_SCOPES and so on. Works with Maskinporten as well.
            """
    )

    @Option(name: .long, help: ArgumentHelp("A scope; repeat for several.", valueName: "scope"), completion: .scopes)
    var scope: [String] = []

    @Option(name: .long, help: ArgumentHelp("The API that the token is for; repeat for several.", valueName: "url"))
    var resource: [String] = []

    @Option(name: .long, help: ArgumentHelp("The consumer that a supplier asks for.", valueName: "number"))
    var consumerOrg: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A file of authorization_details, JSON; - is stdin.", valueName: "file"),
        completion: .file()
    )
    var details: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A file with the person's national identity number (pid); - is stdin.", valueName: "file"),
        completion: .file()
    )
    var pidFile: String?

    @Flag(name: .long, help: "Bind the token to a key by DPoP; without --dpop-key to one that nobody keeps.")
    var dpop = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The key that the token is bound to, a JWK; made when it is not there. For `token proof`.",
            valueName: "file"
        ),
        completion: .file()
    )
    var dpopKey: String?

    @Flag(name: .long, help: "Print the header field that presents the token.")
    var header = false

    @Flag(name: .long, help: "Print a curl command that presents the token, without the API's URL.")
    var curl = false

    @Flag(name: .long, help: "Show on stderr what was signed.")
    var showAssertion = false

    @OptionGroup(title: "Client and server") var client: TokenClientOptions

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if header, curl { throw ValidationError("--header and --curl contradict each other.") }
    }

    func run() async throws {
        try options.requireNoServer()
        let configuration = try boundConfiguration()
        let request = try request(configuration.defaultRequest)
        // Taken here: the request is sent by a task that does not inherit this one's console.
        let console = showAssertion ? Console.current : nil
        let transport = ObservedTransport(HTTPTokenTransport(CommandHTTP.client)) { sent in
            if let console, let text = AssertionText(of: sent) { console.writeError(text.shown) }
        }
        let token: AccessToken
        do throws(TokenError) {
            token = try await TokenClient(configuration, transport: transport).token(for: request)
        } catch {
            throw error.cliError
        }
        try show(token)
    }

    private func boundConfiguration() throws(CLIError) -> ClientConfiguration {
        var configuration = try client.configuration()
        if let dpopKey {
            configuration.dpop = .key(try DPoPKeyFile.readOrMake(dpopKey))
        } else if dpop {
            do throws(KeyLoadingError) { configuration.dpop = try .ephemeral() } catch {
                throw CLIError("key_unusable", "no key could be made: \(error)")
            }
        }
        return configuration
    }

    private func request(_ configured: TokenRequest?) throws -> TokenRequest {
        var request = configured ?? TokenRequest([])
        if !scope.isEmpty {
            do throws(ScopeName.ParseError) {
                request.scopes = try TokenRequest(parsing: scope.joined(separator: " ")).scopes
            } catch {
                throw CLIError.usage("not the name of a scope: `\(scope.joined(separator: " "))`")
            }
        }
        guard !request.scopes.isEmpty else {
            throw CLIError.usage("no scope is asked for", hint: "give `--scope`, or set `MASKINPORTEN_SCOPES`")
        }
        if !resource.isEmpty { request.resource = resource }
        if let consumerOrg {
            guard let number = try? OrganisationNumber(parsing: consumerOrg) else {
                throw CLIError.usage("`--consumer-org` is no organisation number: `\(consumerOrg)`")
            }
            request.consumerOrganisation = number
        }
        if let details {
            guard let read = try? AuthorizationDetail.all(parsing: InputFile.readText(details)) else {
                throw CLIError.usage("`\(details)` holds no authorization details: objects with a `type`")
            }
            request.authorizationDetails = read
        }
        if let pidFile {
            let text = try InputFile.readSecret(pidFile).exposed
            guard let person = PersonIdentifier(parsing: text) else {
                throw CLIError.usage("`\(pidFile)` does not hold eleven digits")
            }
            request.person = person
        }
        return request
    }

    private func show(_ token: AccessToken) throws {
        let scopes = token.scopes.sorted().map(\.rawValue).joined(separator: " ")
        let now = options.now
        options.note("token for \(scopes), until \(token.expiresAt) (\(token.expiresAt.relative(to: now)))")
        if token.kind == .dpop, let dpopKey {
            options.note("bound to the key in `\(dpopKey)`: each use needs a proof, by `portvakt token proof`")
        }
        if let traceID = token.traceID { options.detail("trace id: \(traceID)") }
        let console = Console.current
        if header { return try console.write("Authorization: \(token.authorization)\n") }
        if curl { return try console.write("curl --header 'Authorization: \(token.authorization)'\n") }
        guard options.json || options.output != nil || options.fields != nil else {
            return try console.write(token.value + "\n")
        }
        try options.print(
            Record(
                "token",
                [
                    .init("access_token", token.value), .init("token_type", token.kind.rawValue),
                    .init("expires_in", token.lifetime), .init("expires_at", token.expiresAt),
                    .init("scope", scopes), .init("trace_id", token.traceID),
                ]
            )
        )
    }
}

/// Shows each request before it is sent.
private struct ObservedTransport: TokenTransport {
    private let transport: HTTPTokenTransport
    private let observe: @Sendable (TransportRequest) -> Void

    init(_ transport: HTTPTokenTransport, observe: @escaping @Sendable (TransportRequest) -> Void) {
        self.transport = transport
        self.observe = observe
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        observe(request)
        return try await transport.send(request)
    }
}

/// Header and claims of an assertion as they were signed; the person that it may name is left out.
private struct AssertionText {
    let shown: String

    init?(of request: TransportRequest) {
        let fields = String(decoding: request.body, as: UTF8.self).split(separator: "&")
        guard let assertion = fields.first(where: { $0.hasPrefix("assertion=") })?.dropFirst("assertion=".count),
            let jws = try? CompactJWS(parsing: assertion), var claims = try? jws.payloadObject()
        else { return nil }
        if claims.contains("pid") { claims["pid"] = "<redacted>" }
        shown = "POST \(request.url)\n\(jws.header.pretty())\n\(claims.pretty())\n"
    }
}

extension TokenError: CLIErrorConvertible {
    var cliError: CLIError {
        var error = CLIError(
            code ?? refusal?.error ?? name,
            message,
            hint: hint,
            traceID: traceID,
            details: [
                .init("reason", refusal?.reason), .init("error", refusal?.error), .init("error_uri", refusal?.uri),
                .init("http_status", httpStatus), .init("attempts", attempts), .init("server", server),
            ],
            status: status
        )
        error.showsDetails = true
        return error
    }

    private var name: String {
        switch kind {
        case .refused: "refused"
        case .rateLimited: "rate_limited"
        case .serverUnavailable: "server_unavailable"
        case .network: "network"
        case .timedOut: "timed_out"
        case .invalidResponse: "invalid_response"
        case .clockSkew: "clock_skew"
        case .configuration: "configuration"
        case .signing: "signing_failed"
        case .cancelled: "cancelled"
        }
    }

    private var status: ExitStatus {
        switch kind {
        case .network, .timedOut, .serverUnavailable: .unreachable
        case .configuration: .usage
        case .cancelled: .interrupted
        case .refused, .rateLimited, .invalidResponse, .clockSkew, .signing: .failed
        }
    }
}
