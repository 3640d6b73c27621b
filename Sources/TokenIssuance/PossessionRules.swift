import AuditLedger
public import JOSE
public import Vocabulary

/// The rules for DPoP proofs at the token endpoint (RFC 9449 §5): which are taken, and when a nonce is demanded.
public struct PossessionRules: Sendable {
    private let target: DPoPTarget?
    private let isNonceRequired: Bool
    /// The nonces that are given and taken.
    public let nonces: DPoPNonces

    /// Rules for the token endpoint of `issuer`, as its metadata names it; a request's `Host` is never looked at.
    ///
    /// - Parameters:
    ///   - issuer: This server.
    ///   - nonces: The nonces of all nodes.
    ///   - isNonceRequired: Whether a proof without nonce is refused; one with a nonce that is none of ours always is.
    public init(issuer: Issuer, nonces: DPoPNonces = DPoPNonces(), isNonceRequired: Bool = false) {
        target = DPoPTarget(issuer.endpoint("token"))
        self.nonces = nonces
        self.isNonceRequired = isNonceRequired
    }

    /// A proof that passed all checks but that of its signature, which is made when the client has proved who it is.
    struct PresentedProof: Sendable {
        let proof: UnverifiedDPoPProof
        let acceptance: DPoPProof.Acceptance
    }

    /// The proof of a request, nil when none came: a bearer token is asked for.
    ///
    /// - Throws: `.dpopProof`.
    func read(_ fields: [String], at now: Timestamp) throws(Refusal) -> PresentedProof? {
        guard !fields.isEmpty else { return nil }
        do throws(DPoPProofFault) {
            let proof = try UnverifiedDPoPProof(parsing: fields)
            guard let target else { throw .target(proof.target) }
            try proof.check(method: "POST", target: target)
            let acceptance = try proof.checkFreshness(at: now, nonces: nonces, isNonceRequired: isNonceRequired)
            return PresentedProof(proof: proof, acceptance: acceptance)
        } catch {
            throw .dpopProof(error)
        }
    }
}

extension AuthenticatedGrant {
    /// The grant, bound to the key of the proof, which is used up with the assertion.
    ///
    /// - Throws: `.dpopProof` when the signature does not hold, or the key is none that is taken.
    func bound(by presented: PossessionRules.PresentedProof) throws(Refusal) -> AuthenticatedGrant {
        let proof: DPoPProof
        do throws(DPoPProofFault) { proof = try presented.proof.proved() } catch { throw .dpopProof(error) }
        var grant = self
        var confirmation = confirmation ?? Confirmation()
        confirmation.keyThumbprint = proof.thumbprint
        grant.confirmation = confirmation
        grant.proofClaim = ReplayClaim(
            proof: proof.replayKey,
            issued: presented.acceptance.from,
            expires: presented.acceptance.until
        )
        return grant
    }
}
