internal import AuditLedger
internal import Clients
internal import Scopes
public import TokenIssuance
internal import Vocabulary

/// What decides whether a token still stands, read in one snapshot and never from memory: nobody decides it again later.
public struct SQLiteTokenStanding: TokenStandingRegistry {
    private let store: SQLiteStore

    /// A registry on `store`.
    public init(store: SQLiteStore) { self.store = store }

    /// The facts about a token.
    public func facts(about token: OwnToken) async throws -> TokenStandingFacts {
        try await store.read { try $0.standing(of: token) }
    }
}

extension SQLiteReader {
    fileprivate func standing(of token: OwnToken) throws -> TokenStandingFacts {
        let client = try token.grounds.flatMap { try self.client($0.client) }
        let query = client.flatMap { client in token.grounds?.query(for: client) }
        let owners = try token.grounds?.scopes.compactMap { try scope($0)?.owner } ?? []
        return TokenStandingFacts(
            client: client,
            scopeOwners: Set(owners),
            facts: try query.map { try facts(for: $0) },
            revocations: try token.revocationSubjects.compactMap { try revocation(of: $0) },
            hasEnded: try token.status.flatMap { try hasEnded(token.tokenID, at: $0) } ?? false
        )
    }
}
