public import JOSE
public import Vocabulary

/// What a provider of an API demands of every access token.
public struct VerificationPolicy: Sendable {
    /// What is demanded of `aud` (RFC 7519 §4.1.3).
    ///
    /// A token that names another API is refused in both forms but `ignored`: it was meant for somebody else.
    public enum Audience: Sendable, Hashable {
        /// A token without `aud` is taken; one with it must name one of these.
        case mineIfPresent(Set<String>)
        /// One of these must be named.
        case required(Set<String>)
        /// Whatever stands there. Only for a gateway whose APIs check it themselves.
        case ignored
    }

    /// Who must have issued the token, byte for byte, its last slash included.
    public var issuer: Issuer
    /// The algorithms that are taken; the key must fit besides (RFC 8725 §3.1).
    public var algorithms: Set<JWSAlgorithm> = [.rs256]
    /// What is demanded of `aud`.
    public var audience: Audience = .mineIfPresent([])
    /// How far `iat` and `nbf` may be ahead of this machine's clock.
    public var tolerance: Seconds = 10
    /// How long after `exp` a token is still taken: not at all, unless this machine's clock cannot be trusted.
    public var expiryLeeway: Seconds = 0
    /// How long ago a token may have been issued, whatever its `exp`; nil for no limit of our own.
    public var maximumAge: Seconds?
    /// The `typ` that are taken, in lower case and without `application/` (RFC 8725 §3.11).
    public var types: Set<String> = ["jwt", "at+jwt"]
    /// Whether a token without `typ` is taken, as Maskinporten issues them.
    public var acceptsMissingType = true

    /// What is done about tokens that may have been ended before their `exp`; needs the verifier to be given a source.
    public var status = StatusPolicy.ignored

    /// What is demanded of tokens that are bound to a key by DPoP; bearer tokens alone unless told otherwise.
    public var dpop = DPoPPolicy.off

    /// What suits tokens of an issuer.
    public init(issuer: Issuer) { self.issuer = issuer }
}
