public import AuditLedger
import JOSE
import Scopes
public import Vocabulary

// Ending tokens before their time. What is issued from now on is not concerned: to keep a client from new tokens, disable it.
extension Administration {
    /// Ends all tokens of a client, consumer or scope that were issued up to now.
    ///
    /// The facts that tokens are issued on stay as they are, so that no cached decision is lost.
    /// - Parameters:
    ///   - subject: Whose tokens; for a single one there is ``revokeToken(_:)``.
    ///   - longestLife: No token lives longer.
    /// - Returns: the revocation in force; changed unless one of this very second or later stood already.
    /// - Throws: `AdministrationRefusal`: `.unknownClient`, `.unknownOrganisation`, `.unknownScope`.
    @discardableResult
    public func revokeTokens(
        of subject: TokenRevocation.Subject,
        longestLife: Seconds
    ) throws -> AdministrationOutcome<TokenRevocation?> {
        var event = LedgerEvent(time: now, kind: .tokensRevoked)
        switch subject {
        case .client(let id): event.concern(try existing(id))
        case .consumer(let number):
            _ = try warnings(about: number)
            event.consumer = number
        case .scope(let name): event.scopes = [try existing(name).name]
        case .token: preconditionFailure("a token is ended by itself")
        }
        guard let revocation = try transaction.revokeAll(of: subject, longestLife: longestLife, at: now) else {
            return AdministrationOutcome(try transaction.revocation(of: subject), hasChanged: false)
        }
        event.details["issued_until"] = .string("\(revocation.issuedUntil)")
        try append(event, of: revocation)
        return AdministrationOutcome(revocation)
    }

    /// Ends one token, known from its entry in the ledger.
    ///
    /// - Throws: What the transaction throws.
    @discardableResult
    public func revokeToken(_ token: IssuedTokenEntry) throws -> AdministrationOutcome<TokenRevocation?> {
        guard let revocation = try transaction.revoke(token.id, issued: token.issued, expires: token.expires) else {
            return AdministrationOutcome(try transaction.revocation(of: .token(token.id)), hasChanged: false)
        }
        var event = LedgerEvent(time: now, kind: .tokensRevoked)
        event.client = token.client
        event.consumer = token.consumer
        event.supplier = token.supplier
        event.scopes = token.scopes
        event.tokenID = token.id
        event.details["exp"] = .integer(token.expires.seconds)
        try append(event, of: revocation)
        return AdministrationOutcome(revocation)
    }

    private func append(_ event: LedgerEvent, of revocation: TokenRevocation) throws {
        var event = event
        event.details["subject"] = .string(revocation.subject.kind)
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        try transaction.append(event, claiming: [])
    }
}

/// A token as the ledger knows it.
public struct IssuedTokenEntry: Sendable, Hashable {
    /// `jti`.
    public let id: TokenID
    /// `iat`.
    public let issued: Timestamp
    /// `exp`.
    public let expires: Timestamp
    /// `client_id`.
    public let client: ClientID?
    /// `consumer`.
    public let consumer: OrganisationNumber?
    /// `supplier`.
    public let supplier: OrganisationNumber?
    /// `scope`.
    public let scopes: [ScopeName]

    /// The token that an entry tells of; nil when it tells of none.
    public init?(_ event: LedgerEvent) {
        guard event.kind == .tokenIssued, let id = event.tokenID, let lifetime = event.details["lifetime"]?.integer
        else { return nil }
        self.id = id
        issued = event.time
        expires = event.time + Seconds(lifetime)
        client = event.client
        consumer = event.consumer
        supplier = event.supplier
        scopes = event.scopes
    }
}
