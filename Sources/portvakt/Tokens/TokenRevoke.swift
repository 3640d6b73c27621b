import ArgumentParser
import AuditLedger
import JOSE
import Operations
import TokenIssuance

/// `portvakt token revoke`.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End tokens before their time: one, or all that a client, consumer or scope has by now.",
        discussion: """
            Tokens that are issued afterwards are not concerned: to stop those too, disable the client or withdraw the \
            access. Providers that introspect learn of it at once, those that read the status list within its ttl, and \
            those that check the signature alone not before the token's exp.
            """
    )

    @Option(help: ArgumentHelp("This token: its text, @FILE, or - for stdin.", valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("The token with this jti.", valueName: "id"))
    var jti: String?

    @Option(help: ArgumentHelp("All tokens of this client.", valueName: "id"), completion: .clients)
    var client: String?

    @Option(
        help: ArgumentHelp("All tokens for this consumer, whoever holds them.", valueName: "org"),
        completion: .organisations
    )
    var consumer: String?

    @Option(help: "All tokens with this scope.", completion: .scopes)
    var scope: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        guard [token, jti, client, consumer, scope].compactMap(\.self).count == 1 else {
            throw CLIError.usage("name exactly one of `--token`, `--jti`, `--client`, `--consumer` and `--scope`")
        }
        // The token itself goes nowhere: its `jti` names it.
        let jti = try token.map { try Self.identifier(inToken: try TokenArgument.text($0)) } ?? jti
        let act = try RevokeTokens(["jti": jti, "client": client, "consumer": consumer, "scope": scope])
        if let jti {
            let found = try await options.answer(FindToken(["jti": jti]))
            if found["state"] == .text("alive") {
                let client = found["client_id"].cell
                try options.confirm("end the token `\(jti)` of the client `\(client.isEmpty ? "?" : client)`")
            }
        } else {
            try options.confirm("end all tokens of the \(act.subject.kind) `\(act.subject.identifier)`")
        }
        try await options.perform(act)
    }

    /// The `jti` of a token; that it is one of ours, the ledger must say.
    private static func identifier(inToken text: String) throws(CLIError) -> String {
        guard let jws = try? CompactJWS(parsing: text, maximumLength: OwnTokenReader.maximumLength),
            let id = (try? jws.payloadObject())?["jti"]?.string
        else { throw CLIError("token_malformed", "that is no signed JWT with a `jti`") }
        return id
    }
}
