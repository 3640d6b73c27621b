public import AuditLedger
import Clients
import JOSE
public import Vocabulary

/// Who asks about tokens, proved.
public struct EndpointCaller: Sendable {
    /// The organisation whose rights count.
    public let organisation: OrganisationNumber
    /// The client that asks.
    public let client: ClientID
    /// What uses up the caller's assertion; empty where it showed a token or a certificate.
    public let claims: [ReplayClaim]
}

/// Proves who asks about tokens: a client by its assertion or its certificate, or whoever holds a token of ours (DESIGN §4).
public struct CallerAuthenticator: Sendable {
    private let clients: ClientAuthenticator
    private let tokens: OwnTokenReader
    private let standing: TokenStanding
    private let audiences: Set<String>
    private let bound: BoundTokenRules

    /// An authenticator.
    ///
    /// - Parameters:
    ///   - clients: Proves clients.
    ///   - tokens: Reads tokens of ours.
    ///   - standing: Says which of them still stand.
    ///   - audiences: What `aud` of a caller's token may name; a token for somebody else's API is none for this server.
    ///   - bound: Checks the proofs of callers' tokens that are bound to a key.
    public init(
        clients: ClientAuthenticator,
        tokens: OwnTokenReader,
        standing: TokenStanding,
        audiences: Set<String>,
        bound: BoundTokenRules
    ) {
        self.clients = clients
        self.tokens = tokens
        self.standing = standing
        self.audiences = audiences
        self.bound = bound
    }

    /// The caller of a request to the endpoint at `url`: by the credentials in its form, or by its `Authorization` field.
    ///
    /// - Throws: `RefusedRequest`, or what the registry throws.
    func caller(of query: TokenQuery, at url: String, now: Timestamp) async throws -> EndpointCaller {
        let credentials = query.form.credentials
        if let text = credentials.clientAssertion {
            return try await client(byAssertion: text, named: credentials.clientID, at: now)
        }
        // RFC 6750 §2.1: the scheme without case, one space, the token; RFC 9449 §7.1 gives bound tokens another one.
        let parts = (query.authorization.first ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        if parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()) {
            // Two could be read by two parties in two ways.
            guard query.authorization.count == 1 else { throw refused(.unusable) }
            return try await holder(of: parts[1], shownAs: scheme, proofs: query.proofs, at: url, now: now)
        }
        if let certificate = query.proofs.clientCertificate,
            let id = credentials.clientID.flatMap({ try? ClientID(parsing: $0) })
        {
            return try caller(try await clients.authenticate(.certificate(certificate, of: id), at: now))
        }
        throw RefusedRequest(.accessTokenMissing)
    }

    private func client(
        byAssertion text: String,
        named name: String?,
        at now: Timestamp
    ) async throws -> EndpointCaller {
        let assertion: UnverifiedAssertion
        do { assertion = try UnverifiedAssertion(parsing: text, as: .clientAuthentication) } catch {
            throw RefusedRequest(error, isClientAuthentication: true)
        }
        // RFC 7521 §4.2: `client_id` is unnecessary, but if present it names the same client.
        let claimed = assertion.unverifiedClaims.client
        if let name, !isSameBytes(name, claimed.rawValue) {
            throw RefusedRequest(.mismatch("client_id"), claimedClient: claimed)
        }
        return try caller(try await clients.authenticate(.assertion(assertion), at: now))
    }

    private func caller(_ authenticated: AuthenticatedClient) throws -> EndpointCaller {
        guard authenticated.client.isActive else {
            throw RefusedRequest(
                .clientDisabled(authenticated.client.id),
                isClientAuthentication: true,
                isAuthenticated: true,
                claimedClient: authenticated.client.id
            )
        }
        return EndpointCaller(
            organisation: authenticated.client.holder,
            client: authenticated.client.id,
            claims: authenticated.claims
        )
    }

    /// Whoever holds a token of ours acts for its consumer.
    private func holder(
        of text: String,
        shownAs scheme: Scheme,
        proofs: PossessionProofs,
        at url: String,
        now: Timestamp
    ) async throws -> EndpointCaller {
        guard let token = tokens.token(in: text, at: now), let grounds = token.grounds else { throw refused(.unusable) }
        // DESIGN §11: what was given by somebody else is no right to administer.
        guard grounds.supplier == nil, !grounds.isDelegated else { throw refused(.onBehalf) }
        let audience = token.claims["aud"].map { $0.string.map { [$0] } ?? $0.strings ?? [] } ?? []
        // A provider that was shown a token made for its API must not be able to pass it on here as its own; against one
        // without `aud`, which is anybody's to pass on, binding helps.
        guard audience.isEmpty || !audiences.isDisjoint(with: audience) else { throw refused(.audience) }
        try check(token.claims, shownAs: scheme, certificate: proofs.clientCertificate)
        if let thumbprint = token.claims["cnf"]?["jkt"]?.string {
            try prove(proofs.dpop, of: text, boundTo: thumbprint, at: url, now: now)
        }
        guard try await standing.facts(about: token, at: now) != nil else { throw refused(.ended) }
        return EndpointCaller(organisation: grounds.consumer, client: grounds.client, claims: [])
    }

    /// RFC 8705 §3, RFC 9449 §7.1: a token that is bound to a certificate comes with that certificate, one that is bound to a
    /// key by the scheme `DPoP` and no other by that scheme; what else `cnf` may say (RFC 7800 §3) cannot be proved here.
    private func check(_ claims: JSONObject, shownAs scheme: Scheme, certificate: ClientCertificate?) throws {
        var confirmation: JSONObject = [:]
        if let claim = claims["cnf"] {
            guard let members = claim.object, !members.isEmpty else { throw refused(.bound) }
            confirmation = members
        }
        guard (scheme == .dpop) == (confirmation["jkt"]?.string != nil) else { throw refused(.bound) }
        for name in confirmation.names where name != "jkt" {
            guard name == "x5t#S256", let certificate, confirmation[name]?.string == certificate.thumbprint else {
                throw refused(.bound)
            }
        }
    }

    private func prove(
        _ fields: [String],
        of token: String,
        boundTo thumbprint: String,
        at url: String,
        now: Timestamp
    ) throws {
        do {
            try bound.check(fields, method: "POST", url: url, token: token, boundTo: thumbprint, at: now)
        } catch let fault as DPoPProofFault {
            throw RefusedRequest(.dpopProof(fault), isTokenAccess: true)
        }
    }

    /// How a token is shown.
    private enum Scheme: String {
        case bearer
        case dpop
    }

    private func refused(_ fault: Refusal.AccessTokenFault) -> RefusedRequest {
        RefusedRequest(.accessTokenRefused(fault))
    }
}
