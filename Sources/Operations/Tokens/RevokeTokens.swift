package import Administration
package import AuditLedger
import TokenIssuance
import Vocabulary

/// A token that could still be alive, as the ledger knows it.
package struct FindToken: Inquiry {
    package static let name = "token-find"
    package static let summary = "Find a token that could still be alive, by its `jti`."
    package static let parameters = [Parameter("jti", .text, "The token's `jti`.").required]
    package let arguments: Arguments
    private let id: TokenID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = TokenID(try arguments.requiredText("jti"))
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let token = try IssuedTokenEntry(id, in: reader, for: context.viewer, at: context.now)
        return Report(
            Record(
                "token",
                [
                    .init("jti", token.id), .init("client_id", token.client), .init("consumer_orgno", token.consumer),
                    .init("supplier_orgno", token.supplier), .init("scopes", token.scopes),
                    .init("issued", token.issued), .init("ends", token.expires),
                    .init("state", context.now < token.expires ? "alive" : "ended"),
                ]
            )
        )
    }
}

/// Ends tokens before their time: one, or all that a client, consumer or scope has by now.
package struct RevokeTokens: OperatorAct {
    package static let name = "token-revoke"
    package static let summary =
        "End tokens before their time: one, or all that a client, consumer or scope has by now."
    package static let parameters = [
        Parameter("jti", .text, "The token with this `jti`."),
        Parameter("client", .client, "All tokens of this client."),
        Parameter("consumer", .organisation, "All tokens for this consumer, whoever holds them."),
        Parameter("scope", .scope, "All tokens with this scope."),
    ]
    package let arguments: Arguments
    /// Whose tokens.
    package let subject: TokenRevocation.Subject

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        let subjects: [TokenRevocation.Subject?] = [
            try arguments.text("jti").map { .token(TokenID($0)) }, try arguments.client("client").map { .client($0) },
            try arguments.organisation("consumer").map { .consumer($0) },
            try arguments.scope("scope").map { .scope($0) },
        ]
        let named = subjects.compactMap(\.self)
        guard let subject = named.first, named.count == 1 else {
            throw .usage("name exactly one of a token, a client, a consumer and a scope")
        }
        self.subject = subject
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        guard case .token(let id) = subject else {
            let outcome = try administration.revokeTokens(of: subject, longestLife: IssuancePolicy.highestLifetime)
            return report(
                outcome.hasChanged ? "revoked" : "already",
                until: outcome.value?.issuedUntil,
                warnings: outcome.warnings.map(\.description)
            )
        }
        let token = try IssuedTokenEntry(id, in: administration.transaction, for: context.viewer, at: context.now)
        guard context.now < token.expires else { return report("ended") }
        return report(try administration.revokeToken(token).hasChanged ? "revoked" : "already")
    }

    private func report(_ result: String, until: Timestamp? = nil, warnings: [String] = []) -> Report {
        Report(
            Record(
                "token-revocation",
                [
                    .init("subject", subject.kind), .init(subject.member, subject.identifier),
                    .init("issued_until", until), .init("result", result),
                ]
            ),
            warnings: warnings
        )
    }
}

extension IssuedTokenEntry {
    /// The entry of a token's issuance: it tells whose it is and when it ends.
    ///
    /// - Throws: `OperationFault` when the ledger has no such token that could still be alive.
    fileprivate init(
        _ id: TokenID,
        in reader: some OperationReader,
        for viewer: Viewer,
        at now: Timestamp
    ) throws {
        var query = LedgerQuery()
        query.kinds = [.tokenIssued]
        query.tokenID = id
        // What ended is not looked for; an entry bears the token's own `iat`.
        query.since = now - IssuancePolicy.highestLifetime
        guard let event = try reader.newestEntries(query, limit: 1).first?.event, let token = IssuedTokenEntry(event),
            viewer.isOne(of: token.consumer, token.supplier)
        else {
            throw OperationFault(
                .absent,
                "token_not_found",
                "the ledger has no token of that `jti` that could still be alive",
                hint: "nothing was done"
            )
        }
        self = token
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
