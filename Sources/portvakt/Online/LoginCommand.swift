import ArgumentParser
import Foundation
import JOSE
import Operations
import PortvaktClient
import Vocabulary

/// `portvakt login`.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Ask a context's server for a token, and say what its client may do there.",
        discussion: """
            Makes the context the current one when the server gives a token. No token is kept: each command gets one of its \
            own with the context's key, good for at most two minutes, and forgets it when it ends.
            """
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        var file = try options.contextFile()
        guard case .server(let context) = try options.target() else {
            throw CLIError(
                "context_not_found",
                "no context is named and none is current",
                hint: "run `portvakt context set NAME --server URL --issuer URL --client-id ID --key FILE`",
                status: .notAllowed
            )
        }
        let session = try await ServerSession(context, patience: try options.patience(), now: options.now)
        if file.current != context.name {
            file.current = context.name
            try file.write()
            options.note(
                "`\(context.name)` is the current context now: commands without `--data` go to `\(context.server)`"
            )
        }
        try options.print(Record("login", session.members))
    }
}

/// `portvakt whoami`.
struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Say as whom commands act, and where: on the data folder, or at a server."
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        guard case .server(let context) = try options.target() else { return try showFolder() }
        let session = try await ServerSession(context, patience: try options.patience(), now: options.now)
        try options.print(Record("whoami", [.init("where", "server")] + session.members))
    }

    private func showFolder() throws {
        let identity = options.operatorIdentity
        let folder = try? options.dataFolder()
        // A folder without a database has none, and says so by `usable` and this alone.
        let issuer = folder == nil ? nil : (try? options.issuer()) ?? nil
        try options.print(
            Record(
                "whoami",
                [
                    .init("where", "data folder"), .init("actor", identity.actor),
                    .init("claimed_name", identity.claimedName),
                    .init("data", URL(filePath: options.data).standardizedFileURL.path),
                    .init("usable", folder != nil), .init("issuer", issuer),
                ]
            )
        )
    }
}

/// What a context's client may do at its server, as a token of the moment says.
struct ServerSession: Sendable {
    /// What administers: all that a token for the admin listener can hold here.
    static let scopes = [
        "portvakt:operator", "idporten:dcr.read", "idporten:dcr.modify", "idporten:dcr.write",
        "idporten:dcr/onbehalfof:write", "idporten:dcr.supplier", "idporten:scopes.write",
    ]

    private let context: ServerContext
    private let granted: [ScopeName]
    private let token: AccessToken
    private let claims: JSONObject

    /// Asks for everything at once; where that is refused, for one scope after the other.
    ///
    /// - Throws: `CLIError` when no token is given at all: exit 4, or 5 when the server cannot be reached.
    init(_ context: ServerContext, patience: Duration, now: Timestamp) async throws {
        let tokens = try OperatorServer.tokens(of: context, patience: patience)
        let wanted = try Self.scopes.map { try ScopeName(parsing: $0) }
        let (granted, token) = try await Self.ask(tokens, for: wanted, context)
        self.context = context
        self.granted = granted
        self.token = token
        // Our own token: what it says of us is shown to us alone, and nothing is decided by it.
        claims = (try? CompactJWS(parsing: token.value).payloadObject()) ?? JSONObject()
    }

    private static func ask(
        _ tokens: TokenClient,
        for wanted: [ScopeName],
        _ context: ServerContext
    ) async throws -> ([ScopeName], AccessToken) {
        do throws(TokenError) {
            return (wanted, try await tokens.token(for: TokenRequest(wanted)))
        } catch {
            // A server that cannot be reached, or does not know the client, is asked no more.
            guard case .refused = error.kind, error.refusal?.error == "invalid_scope" else {
                throw CLIError(notLoggedIn: error, context)
            }
        }
        var granted: [ScopeName] = []
        var last: AccessToken?
        var refusal: TokenError?
        for scope in wanted {
            do throws(TokenError) {
                last = try await tokens.token(for: TokenRequest([scope]))
                granted.append(scope)
            } catch {
                if refusal == nil { refusal = error }
            }
        }
        if let last { return (granted, last) }
        if let refusal { throw CLIError(notLoggedIn: refusal, context) }
        throw CLIError("not_logged_in", "the server gave no token", status: .notAllowed)
    }

    /// What is shown.
    var members: [OutputValue.Member] {
        [
            .init("context", context.name), .init("server", context.server),
            .init("issuer", claims["iss"]?.string ?? context.issuer),
            .init("client_id", claims["client_id"]?.string ?? context.clientID),
            .init("organisation", organisation), .init("scopes", granted),
            .init("is_operator", granted.contains { $0.rawValue == OperatorServer.scope }),
            .init("token_until", token.expiresAt),
        ]
    }

    private var organisation: String? {
        claims["consumer"]?["ID"]?.string.map { $0.hasPrefix("0192:") ? String($0.dropFirst(5)) : $0 }
    }
}
