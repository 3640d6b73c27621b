public import JOSE
public import Vocabulary

/// Checks that whoever shows this server a token that is bound to a key holds the key (RFC 9449 §7).
public struct BoundTokenRules: Sendable {
    private let nonces: DPoPNonces
    private let isNonceRequired: Bool
    private let used: DPoPReplayMemory

    /// Rules with a memory of the proofs that were used.
    ///
    /// - Parameters:
    ///   - nonces: The nonces that are given and taken.
    ///   - isNonceRequired: Whether a proof without nonce is refused.
    ///   - used: The proofs that were used; one memory for all endpoints that share these rules.
    public init(
        nonces: DPoPNonces = DPoPNonces(),
        isNonceRequired: Bool = false,
        used: DPoPReplayMemory = DPoPReplayMemory()
    ) {
        self.nonces = nonces
        self.isNonceRequired = isNonceRequired
        self.used = used
    }

    /// Checks the proof that goes with a token of ours, and uses it up.
    ///
    /// - Parameters:
    ///   - fields: The `DPoP` header fields as they were sent.
    ///   - method: The method of the request.
    ///   - url: Where it was sent, made of configuration and path, never of the request's `Host`.
    ///   - token: The token's text; its signature has been checked.
    ///   - thumbprint: `cnf.jkt` of the token.
    ///   - now: The present time.
    /// - Throws: `DPoPProofFault`, or `Unavailable.queueFull` when no more proofs can be remembered.
    public func check(
        _ fields: [String],
        method: String,
        url: String,
        token: String,
        boundTo thumbprint: String,
        at now: Timestamp
    ) throws {
        let presented = try UnverifiedDPoPProof(parsing: fields)
        let proof = try presented.proved()
        guard let target = DPoPTarget(url) else { throw DPoPProofFault.target(presented.target) }
        try presented.check(method: method, target: target)
        let acceptance = try presented.checkFreshness(at: now, nonces: nonces, isNonceRequired: isNonceRequired)
        try presented.check(accessToken: token)
        guard proof.thumbprint == thumbprint else { throw DPoPProofFault.otherKey }
        // Last: a proof that fails elsewhere is not used up (RFC 9449 §11.1).
        switch used.claim(proof.replayKey, until: acceptance.until, at: now) {
        case .new: return
        case .replayed: throw DPoPProofFault.replayed
        case .full: throw Unavailable.queueFull
        }
    }
}
