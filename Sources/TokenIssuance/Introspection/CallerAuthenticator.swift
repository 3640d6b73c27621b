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

    /// An authenticator.
    ///
    /// - Parameters:
    ///   - clients: Proves clients.
    ///   - tokens: Reads tokens of ours.
    ///   - standing: Says which of them still stand.
    ///   - audiences: What `aud` of a caller's token may name; a token for somebody else's API is none for this server.
    public init(
        clients: ClientAuthenticator,
        tokens: OwnTokenReader,
        standing: TokenStanding,
        audiences: Set<String>
    ) {
        self.clients = clients
        self.tokens = tokens
        self.standing = standing
        self.audiences = audiences
    }

    /// The caller of a request with these credentials in its form, and that `Authorization` field.
    ///
    /// - Throws: `RefusedRequest`, or what the registry throws.
    func caller(
        _ credentials: CallerCredentials,
        authorization: String?,
        proofs: PossessionProofs,
        at now: Timestamp
    ) async throws -> EndpointCaller {
        if let text = credentials.clientAssertion {
            return try await client(byAssertion: text, named: credentials.clientID, at: now)
        }
        // RFC 6750 §2.1: the scheme without case, one space, the token; RFC 9449 §7.1 gives bound tokens another one.
        let parts = (authorization ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        if parts.count == 2, ["bearer", "dpop"].contains(parts[0].lowercased()) {
            return try await holder(of: parts[1], proofs: proofs, at: now)
        }
        if let certificate = proofs.clientCertificate,
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
    private func holder(of text: String, proofs: PossessionProofs, at now: Timestamp) async throws -> EndpointCaller {
        guard let token = tokens.token(in: text, at: now), let grounds = token.grounds else { throw refused(.unusable) }
        // DESIGN §11: what was given by somebody else is no right to administer.
        guard grounds.supplier == nil, !grounds.isDelegated else { throw refused(.onBehalf) }
        let audience = token.claims["aud"].map { $0.string.map { [$0] } ?? $0.strings ?? [] } ?? []
        // A provider that was shown a token must not be able to pass it on here as its own.
        guard audience.isEmpty || !audiences.isDisjoint(with: audience) else { throw refused(.audience) }
        try check(token.claims["cnf"], against: proofs)
        guard try await standing.facts(about: token, at: now) != nil else { throw refused(.ended) }
        return EndpointCaller(organisation: grounds.consumer, client: grounds.client, claims: [])
    }

    /// RFC 8705 §3: a token that is bound to a certificate comes over a connection with that certificate.
    private func check(_ confirmation: JSONValue?, against proofs: PossessionProofs) throws {
        guard let confirmation else { return }
        guard let thumbprint = confirmation["x5t#S256"]?.string, confirmation.object?.count == 1,
            let certificate = proofs.clientCertificate, certificate.thumbprint == thumbprint
        else { throw refused(.bound) }
    }

    private func refused(_ fault: Refusal.AccessTokenFault) -> RefusedRequest {
        RefusedRequest(.accessTokenRefused(fault))
    }
}
