import Clients
public import Vocabulary

/// The rules on audience and times of an assertion (RFC 7523 §3 items 3 to 6, spec §2.4).
public struct GrantRules: Sendable {
    /// How far clocks may differ, both ways.
    public static let skew = Seconds(10)

    /// The longest life that may be configured.
    public static let highestMaximumLifetime = Seconds(180)

    /// This server.
    public let issuer: Issuer
    /// The longest `exp - iat`; 120 s unless configured otherwise.
    public let maximumLifetime: Seconds
    /// Whether synthetic national identity numbers are accepted (environment `test`).
    public let acceptsSyntheticPersons: Bool

    /// Rules of one server.
    public init(issuer: Issuer, maximumLifetime: Seconds = 120, acceptsSyntheticPersons: Bool) {
        self.issuer = issuer
        self.maximumLifetime = maximumLifetime
        self.acceptsSyntheticPersons = acceptsSyntheticPersons
    }

    /// RFC 7523 §3 item 3, RFC 10070: `aud` is the issuer and nothing else, byte for byte.
    ///
    /// The token endpoint's URL passes for a grant of a client with the compatibility switch on.
    ///
    /// - Returns: Whether it passed by that switch, which is counted.
    /// - Throws: `.audience`.
    @discardableResult
    func checkAudience(
        _ audience: [String],
        of kind: UnverifiedAssertion.Kind,
        from client: Client?
    ) throws(Refusal) -> Bool {
        guard audience.count == 1, let value = audience.first else {
            throw .audience(received: audience, expected: issuer.rawValue)
        }
        if isSameBytes(value, issuer.rawValue) { return false }
        guard isSameBytes(value, issuer.endpoint("token")), kind == .grant, client?.acceptsTokenEndpointAudience == true
        else {
            throw .audience(received: audience, expected: issuer.rawValue)
        }
        return true
    }

    /// RFC 7523 §3 items 4 to 6, in Maskinporten's order: length of life, start, end.
    ///
    /// - Throws: `.assertionLifetime`, `.assertionNotYetValid`, `.assertionExpired`.
    func checkTimes(of claims: AssertionClaims, at now: Timestamp) throws(Refusal) {
        let lifetime = claims.expires - claims.issuedAt
        guard lifetime <= maximumLifetime else { throw .assertionLifetime(lifetime, limit: maximumLifetime) }
        for (name, value) in [("iat", claims.issuedAt), ("nbf", claims.notBefore ?? claims.issuedAt)]
        where value > now + Self.skew {
            throw .assertionNotYetValid(claim: name, value: value, now: now)
        }
        // At `exp` an assertion is expired (RFC 7519 §4.1.4); the skew is added, and in its last second it is over.
        guard now < claims.expires + Self.skew else { throw .assertionExpired(expires: claims.expires, now: now) }
    }

    /// A synthetic person does not exist where the environment is `prod`.
    ///
    /// - Throws: `.claim("pid", .malformed)`.
    func checkPerson(_ pid: NationalIdentityNumber?) throws(Refusal) {
        guard let pid, pid.isSynthetic, !acceptsSyntheticPersons else { return }
        throw .claim("pid", fault: .malformed)
    }
}
