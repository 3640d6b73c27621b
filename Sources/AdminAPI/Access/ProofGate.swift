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
    /// What a proof must hold.
    let rules: BoundTokenRules

    /// Checks the proof that goes with a token of ours, and uses it up.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - token: The token's text; its signature has been checked.
    ///   - thumbprint: `cnf.jkt` of the token.
    ///   - now: The present time.
    /// - Throws: a ``HTTPServer/Problem`` of 401, or `Unavailable` when no more proofs can be remembered.
    func check(_ request: Request, token: String, boundTo thumbprint: String, at now: Timestamp) throws {
        do {
            try rules.check(
                request.headers[values: .dpop],
                method: request.method.rawValue,
                url: base.dropLast() + request.uri.path,
                token: token,
                boundTo: thumbprint,
                at: now
            )
        } catch let fault as DPoPProofFault {
            throw Self.problem(fault)
        }
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
