public import JOSE
import LibCrypto
import Synchronization
public import Vocabulary

/// Signs documents that are no tokens: status lists and signed introspection answers.
///
/// Apart from ``TokenSigner``, whose contexts the ledger's writer must never wait for.
public final class DocumentSigner: Sendable {
    private struct Prepared {
        let key: SigningKey
        let signer: ThreadBoundSigner
    }

    private let ring: SigningKeyRing
    private let algorithm: JWSAlgorithm
    private let prepared = Mutex<Prepared?>(nil)

    /// A signer with the active key of that algorithm.
    public init(ring: SigningKeyRing, algorithm: JWSAlgorithm) {
        self.ring = ring
        self.algorithm = algorithm
    }

    /// The identifier of the key that signs at that time; nil when there is none.
    public func keyID(at now: Timestamp) -> KeyID? { ring.active(algorithm, at: now)?.record.id }

    /// Signs claims as a compact JWS whose header names that type.
    ///
    /// - Throws: `Unavailable.noSigningKey`, `Unavailable.signingFailed` when the device that holds the key does not sign.
    public func sign(_ payload: JSONObject, type: String, at now: Timestamp) throws -> String {
        guard let key = ring.active(algorithm, at: now) else { throw Unavailable.noSigningKey }
        let header: JSONObject = [
            "kid": .string(key.record.id.rawValue), "typ": .string(type), "alg": .string(algorithm.rawValue),
        ]
        return try prepared.withLock { prepared in
            let signer: ThreadBoundSigner
            if let known = prepared, known.key === key.signingKey {
                signer = known.signer
            } else {
                signer = try key.signingKey.makeSigner(algorithm.scheme)
                prepared = Prepared(key: key.signingKey, signer: signer)
            }
            do { return try CompactJWS.sign(header: header, payload: payload.encoded(), with: signer) } catch {
                guard key.isInToken else { throw error }
                throw Unavailable.signingFailed
            }
        }
    }
}
