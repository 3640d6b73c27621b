public import JOSE
public import Vocabulary

/// What an API demands of tokens that are bound to a key by DPoP (RFC 9449 §7).
///
/// ```swift
/// var policy = VerificationPolicy(issuer: issuer)
/// policy.dpop = .acceptIfBound(at: "https://api.example.no")
/// ```
public struct DPoPPolicy: Sendable {
    /// Which tokens are taken.
    public enum Mode: Sendable, Hashable {
        /// Bound ones with a proof, and bearer tokens.
        case acceptIfBound
        /// Bound ones with a proof alone.
        case required
        /// Bearer tokens alone.
        case off
    }

    /// Which tokens are taken.
    public var mode: Mode
    /// By which URL clients know the API.
    public var externalURL: ExternalURL
    /// The algorithms of proofs that are taken.
    public var algorithms = Set(JWSAlgorithm.allCases)
    /// How far a proof's `iat` may be from this machine's time, either way.
    public var window = UnverifiedDPoPProof.window
    /// Gives nonces and takes them in the place of `iat`; nil: none are given.
    public var nonces: DPoPNonces?
    /// Whether a proof without nonce is refused (RFC 9449 §9); counts only where nonces are given.
    public var isNonceRequired = false

    /// A policy.
    public init(_ mode: Mode, externalURL: ExternalURL) {
        self.mode = mode
        self.externalURL = externalURL
    }

    /// Bearer tokens alone: whatever is bound to a key is refused.
    public static let off = DPoPPolicy(.off, externalURL: .custom { _ in nil })

    /// Bound tokens with a proof, and bearer tokens, at an API that clients know by this base URL.
    public static func acceptIfBound(at base: String) -> DPoPPolicy {
        DPoPPolicy(.acceptIfBound, externalURL: .base(base))
    }

    /// Bound tokens with a proof alone, at an API that clients know by this base URL.
    public static func required(at base: String) -> DPoPPolicy { DPoPPolicy(.required, externalURL: .base(base)) }

    /// What the proof of a request must be, in the order of RFC 9449 §4.3; all but whether it was used before.
    ///
    /// - Returns: The proof, and how long it must be remembered.
    func check(
        _ request: IncomingRequest,
        token: String,
        boundTo thumbprint: String,
        at now: Timestamp
    ) throws(DPoPProofFault) -> (proof: DPoPProof, until: Timestamp) {
        let presented = try UnverifiedDPoPProof(parsing: request.dpop, algorithms: algorithms)
        let proof = try presented.proved()
        guard let target = externalURL.url(of: request).flatMap(DPoPTarget.init) else {
            throw .target(String(presented.target.prefix(200)))
        }
        try presented.check(method: request.method, target: target)
        let acceptance = try presented.checkFreshness(
            at: now,
            window: window,
            nonces: nonces,
            isNonceRequired: isNonceRequired
        )
        try presented.check(accessToken: token)
        // INVARIANT: the token's signature has been checked, so that `thumbprint` is what the issuer has bound it to.
        guard proof.thumbprint == thumbprint else { throw .otherKey }
        return (proof, acceptance.until)
    }
}
