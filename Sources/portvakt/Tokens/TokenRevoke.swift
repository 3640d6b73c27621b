import Administration
import ArgumentParser
import AuditLedger
import JOSE
import Operations
import SQLiteStorage
import TokenIssuance
import Vocabulary

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
        if let token { return try revoke(try Self.identifier(inToken: try TokenArgument.text(token))) }
        if let jti { return try revoke(TokenID(jti)) }
        let subject: TokenRevocation.Subject
        if let client {
            subject = .client(try Typed.client(client))
        } else if let consumer {
            subject = .consumer(try Typed.organisation(consumer))
        } else {
            subject = .scope(try Typed.scope(scope ?? ""))
        }
        try options.confirm("end all tokens of the \(subject.kind) `\(subject.identifier)`")
        let outcome = try options.administer {
            try $0.revokeTokens(of: subject, longestLife: IssuancePolicy.highestLifetime)
        }
        options.warn(outcome.warnings)
        try print(subject, outcome.hasChanged ? "revoked" : "already", until: outcome.value?.issuedUntil)
    }

    /// One token, which the ledger must know: it tells whose it is and when it ends.
    private func revoke(_ id: TokenID) throws {
        var query = LedgerQuery()
        query.kinds = [.tokenIssued]
        query.tokenID = id
        // What ended is not looked for; an entry bears the token's own `iat`.
        query.since = options.now - IssuancePolicy.highestLifetime
        let entry = try options.look { [query] in try $0.newestEntries(query, limit: 1).first?.event }
        guard let entry, let issued = IssuedTokenEntry(entry) else {
            throw CLIError(
                "token_not_found",
                "the ledger has no token of that `jti` that could still be alive",
                hint: "nothing was done"
            )
        }
        guard options.now < issued.expires else {
            return try print(.token(id), "ended", until: nil)
        }
        try options.confirm("end the token `\(id)` of the client `\(issued.client.map { "\($0)" } ?? "?")`")
        let outcome = try options.administer { try $0.revokeToken(issued) }
        try print(.token(id), outcome.hasChanged ? "revoked" : "already", until: nil)
    }

    /// The `jti` of a token; that it is one of ours, the ledger must say.
    private static func identifier(inToken text: String) throws(CLIError) -> TokenID {
        guard let jws = try? CompactJWS(parsing: text, maximumLength: OwnTokenReader.maximumLength),
            let id = (try? jws.payloadObject())?["jti"]?.string
        else { throw CLIError("token_malformed", "that is no signed JWT with a `jti`") }
        return TokenID(id)
    }

    private func print(_ subject: TokenRevocation.Subject, _ result: String, until: Timestamp?) throws {
        try options.print(
            Record(
                "token-revocation",
                [
                    .init("subject", subject.kind), .init(subject.member, subject.identifier),
                    .init("issued_until", until), .init("result", result),
                ]
            )
        )
    }
}

extension TokenRevocation.Subject {
    /// The name of the member that holds the identifier.
    fileprivate var member: String {
        switch self {
        case .token: "jti"
        case .client: "client_id"
        case .consumer: "consumer_orgno"
        case .scope: "scope"
        }
    }
}
