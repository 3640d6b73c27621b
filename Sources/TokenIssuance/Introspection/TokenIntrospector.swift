import JOSE
import Scopes
public import Vocabulary

/// Answers introspection requests (RFC 7662): reads only, but for the caller's own assertion, which is used up.
public final class TokenIntrospector: Sendable {
    private let reader: TokenQueryReader
    private let issuer: Issuer
    private let standing: TokenStanding
    private let ledger: any CallerLedger
    private let documents: DocumentSigner

    /// An introspector made of its parts.
    public init(
        reader: TokenQueryReader,
        issuer: Issuer,
        standing: TokenStanding,
        ledger: any CallerLedger,
        documents: DocumentSigner
    ) {
        self.reader = reader
        self.issuer = issuer
        self.standing = standing
        self.ledger = ledger
        self.documents = documents
    }

    /// Says what the caller may know of a token.
    ///
    /// - Throws: `RefusedRequest` for the caller's fault, `Unavailable`, anything else for ours.
    public func introspect(_ query: TokenQuery) async throws -> Introspection {
        try await reader.answer(query, at: issuer.endpoint("introspect")) { caller, now in
            try await ledger.claim(caller, at: now)
            // RFC 7662 §2.2, §4: every token that is none of the caller's business looks alike.
            guard let token = reader.tokens.token(in: query.form.token, at: now),
                let facts = try await standing.facts(about: token, at: now)
            else { return .inactive(for: caller.client) }
            let owned = facts.scopes.filter { $0.scope?.owner == caller.organisation }.map(\.name)
            guard !owned.isEmpty else { return .inactive(for: caller.client) }
            return .active(token, scopes: owned, for: caller.client)
        }
    }

    /// The answer as a signed JWT (RFC 9701 §5).
    ///
    /// - Throws: `Unavailable.noSigningKey`.
    public func sign(_ introspection: Introspection) throws -> String {
        let now = reader.now
        return try documents.sign(
            introspection.signedPayload(issuer: issuer, at: now),
            type: Introspection.signedType,
            at: now
        )
    }
}
