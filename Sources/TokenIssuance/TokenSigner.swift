import JOSE
import LibCrypto
public import Logging
import Synchronization
import Vocabulary

/// Signs access tokens; alone with the private keys.
///
/// Called by the ledger's writer, batch by batch, so the lock is uncontended; behind it each key has one prepared context.
public final class TokenSigner: Sendable {
    /// A header is the same for all tokens of one key and type, and encoded once.
    private struct HeaderKey: Hashable {
        let key: KeyID
        let type: String
    }

    private struct Prepared {
        let key: SigningKey
        let signer: ThreadBoundSigner
        let encodedHeader: [UInt8]
    }

    private let ring: SigningKeyRing
    private let logger: Logger
    private let prepared = Mutex<[HeaderKey: Prepared]>([:])
    /// Keys that failed when they were asked last; each is told of once, and once more when it signs again.
    private let failing = Mutex<Set<KeyID>>([])

    /// A signer with the keys of `ring`.
    public init(ring: SigningKeyRing, logger: Logger = Logger(label: "portvakt.token-signer")) {
        self.ring = ring
        self.logger = logger
    }

    /// The key that will sign with that algorithm; looked for before anything is claimed.
    ///
    /// - Throws: `Unavailable.noSigningKey` when none is active.
    func key(for algorithm: JWSAlgorithm, at now: Timestamp) throws -> SigningKeyRing.Key {
        guard let key = ring.active(algorithm, at: now) else { throw Unavailable.noSigningKey }
        return key
    }

    /// Signs the claims with that key as a compact JWS (RFC 7515 §7.1).
    ///
    /// - Throws: `Unavailable.signingFailed`; why stands in the log.
    func sign(_ claims: AccessTokenClaims, with key: SigningKeyRing.Key) throws -> String {
        let id = key.record.id
        let token: String
        do { token = try signed(claims, with: key) } catch {
            if failing.withLock({ $0.insert(id).inserted }) {
                logger.error("signing key cannot be used", metadata: ["kid": "\(id)", "cause": "\(error)"])
            }
            throw Unavailable.signingFailed
        }
        if failing.withLock({ !$0.isEmpty && $0.remove(id) != nil }) {
            logger.notice("signing key can be used again", metadata: ["kid": "\(id)"])
        }
        return token
    }

    private func signed(_ claims: AccessTokenClaims, with key: SigningKeyRing.Key) throws -> String {
        let payload = claims.payload().encoded()
        let place = HeaderKey(key: key.record.id, type: claims.headerType)
        return try prepared.withLock { prepared in
            let known: Prepared
            if let found = prepared[place], found.key === key.signingKey {
                known = found
            } else {
                known = try Self.prepare(key, type: claims.headerType)
                prepared[place] = known
            }
            return try CompactJWS.sign(encodedHeader: known.encodedHeader, payload: payload, with: known.signer)
        }
    }

    private static func prepare(_ key: SigningKeyRing.Key, type: String) throws -> Prepared {
        let header: JSONObject = [
            "kid": .string(key.record.id.rawValue),
            "typ": .string(type),
            "alg": .string(key.record.algorithm.rawValue),
        ]
        var encoded: [UInt8] = []
        Base64URL.encode(header.encoded(), into: &encoded)
        return Prepared(
            key: key.signingKey,
            signer: try key.signingKey.makeSigner(key.record.algorithm.scheme),
            encodedHeader: encoded
        )
    }
}
