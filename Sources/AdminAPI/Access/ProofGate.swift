import HTTPServer
import HTTPTypes
import Hummingbird
import JOSE
import TokenIssuance
import Vocabulary

/// Checks that whoever shows a token that is bound to a key holds the key (RFC 9449 §7), at this server's own APIs.
struct ProofGate: Sendable {
    /// The URL of the admin listener, with a final slash: what `htu` begins with, never the request's `Host`.
    let base: String
    /// The nonces that are given and taken.
    let nonces: DPoPNonces
    /// Whether a proof without nonce is refused.
    let isNonceRequired: Bool
    /// The proofs that were used; one memory for all endpoints.
    let used: DPoPReplayMemory

    /// Checks the proof that goes with a token of ours, and uses it up.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - token: The token's text; its signature has been checked.
    ///   - thumbprint: `cnf.jkt` of the token.
    ///   - now: The present time.
    /// - Throws: a ``HTTPServer/Problem`` of 401, or `Unavailable` when no more proofs can be remembered.
    func check(_ request: Request, token: String, boundTo thumbprint: String, at now: Timestamp) throws {
        let outcome: DPoPReplayMemory.Outcome
        do throws(DPoPProofFault) {
            let presented = try UnverifiedDPoPProof(parsing: request.headers[values: .dpop])
            let proof = try presented.proved()
            guard let target = DPoPTarget(base.dropLast() + request.uri.path) else { throw .target(presented.target) }
            try presented.check(method: request.method.rawValue, target: target)
            let acceptance = try presented.checkFreshness(
                at: now,
                nonces: nonces,
                isNonceRequired: isNonceRequired
            )
            try presented.check(accessToken: token)
            guard proof.thumbprint == thumbprint else { throw .otherKey }
            // Last: a proof that fails elsewhere is not used up (RFC 9449 §11.1).
            outcome = used.claim(proof.replayKey, until: acceptance.until, at: now)
            if outcome == .replayed { throw .replayed }
        } catch {
            throw Self.problem(error)
        }
        if outcome == .full { throw Unavailable.queueFull }
    }

    private static func problem(_ fault: DPoPProofFault) -> Problem {
        let refusal = Refusal.dpopProof(fault)
        var problem = Problem(refusal.code, reason: refusal.reason, refusal.explanation, details: refusal.details)
        // RFC 9449 §7.1: at a resource it is a matter of the token, not of the request's form.
        problem.status = 401
        return problem
    }
}

extension HTTPField.Name {
    /// RFC 9449 §4.1.
    static let dpop = known("DPoP")
    /// RFC 9449 §8.1.
    static let dpopNonce = known("DPoP-Nonce")
}
