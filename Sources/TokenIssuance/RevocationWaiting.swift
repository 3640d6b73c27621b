import Clients
import EnterpriseCertificates
import JOSE
import LibCrypto
import Vocabulary

/// Waits, a few seconds at most, for what nobody has ever asked about a certificate's revocation.
///
/// Everything else is answered from memory: evidence is renewed ahead, apart from any request.
extension ClientAuthenticator {
    /// Has responders and lists asked when a request was refused only because nobody had asked them yet.
    ///
    /// Enterprise certificates are public: only whoever has signed with the certificate's key has anybody asked about it.
    ///
    /// - Returns: whether it is worth another look.
    func settle(
        _ refused: RefusedRequest,
        _ proofs: [UnverifiedGrant.Proof],
        from client: Client?,
        at now: Timestamp
    ) async -> Bool {
        guard refused.awaitsEvidence else { return false }
        for proof in proofs {
            guard let chain = possessedChain(proof, of: client) else { continue }
            await certificates.settle(chain, at: now)
        }
        return true
    }

    /// The chain that a proof rests on, once its key is seen to be the sender's.
    private func possessedChain(_ proof: UnverifiedGrant.Proof, of client: Client?) -> [[UInt8]]? {
        switch proof {
        // The handshake has proved it.
        case .certificate(let presented, _): return presented.chain
        case .assertion(let assertion):
            switch assertion.credential {
            case .certificates(let chain):
                guard let leaf = chain.first, let key = try? Certificate(der: leaf).publicKey(),
                    assertion.algorithm.fits(key.kind), assertion.jws.isSigned(by: key, algorithm: assertion.algorithm)
                else { return nil }
                return chain
            case .key(let id):
                // The signature was looked at before the certificate that the key is bound to.
                return client?.key(id).flatMap { $0.certificateChain.isEmpty ? nil : $0.certificateChain }
            }
        }
    }
}

extension RefusedRequest {
    /// Whether it was refused only because nobody has been asked yet.
    var awaitsEvidence: Bool {
        guard case .certificate(.revocationUnknown(let doubt)) = refusal else { return false }
        return doubt.isPending
    }
}

extension UnverifiedGrant {
    /// All that shall prove the client.
    var proofs: [Proof] { [proof] + (companion.map { [.assertion($0)] } ?? []) }
}
