import AuditLedger
import Clients
import JOSE
public import Vocabulary

/// Answers revocation requests (RFC 7009).
public final class TokenRevoker: Sendable {
    private let reader: TokenQueryReader
    private let issuer: Issuer
    private let standing: any TokenStandingRegistry
    private let ledger: any CallerLedger

    /// A revoker made of its parts.
    public init(
        reader: TokenQueryReader,
        issuer: Issuer,
        standing: any TokenStandingRegistry,
        ledger: any CallerLedger
    ) {
        self.reader = reader
        self.issuer = issuer
        self.standing = standing
        self.ledger = ledger
    }

    /// Ends a token if the caller may, and does nothing else; the caller learns no difference (RFC 7009 §2.2).
    ///
    /// - Returns: whether anything changed, for the log alone.
    /// - Throws: `RefusedRequest` when the caller is not authenticated, `Unavailable`, anything else for ours.
    @discardableResult
    public func revoke(_ query: TokenQuery) async throws -> Bool {
        try await reader.answer(query, at: issuer.endpoint("revoke")) { caller, now in
            guard let token = reader.tokens.token(in: query.form.token, at: now), let grounds = token.grounds,
                try await mayEnd(token, grounds, caller)
            else {
                try await ledger.claim(caller, at: now)
                return false
            }
            let revocation = AskedRevocation(token: token, grounds: grounds, caller: caller, trace: query.trace)
            return try await ledger.revoke(revocation, at: now)
        }
    }

    /// The client itself, the organisation that it belongs to, and the owners of the token's scopes (DESIGN §4).
    private func mayEnd(_ token: OwnToken, _ grounds: TokenGrounds, _ caller: EndpointCaller) async throws -> Bool {
        if caller.client == grounds.client { return true }
        let known = try await standing.facts(about: token)
        if let client = known.client, [client.owner, client.holder].contains(caller.organisation) { return true }
        return known.scopeOwners.contains(caller.organisation)
    }
}

/// A revocation that somebody who may asked for.
public struct AskedRevocation: Sendable {
    let token: OwnToken
    let grounds: TokenGrounds
    let caller: EndpointCaller
    let trace: RequestTrace

    /// What the ledger remembers of it.
    func event(at now: Timestamp) -> LedgerEvent {
        var event = LedgerEvent(time: now, kind: .tokensRevoked)
        event.traceID = trace.traceID
        event.parentTraceID = trace.parentTraceID
        event.client = grounds.client
        event.consumer = grounds.consumer
        event.supplier = grounds.supplier
        event.scopes = grounds.scopes
        event.tokenID = token.tokenID
        event.actor = "client \(caller.client) of \(caller.organisation)"
        event.details["subject"] = "token"
        event.details["exp"] = .integer(token.expires.seconds)
        return event
    }
}
