public import JOSE
import LibCrypto
public import Vocabulary

extension ClientKey {
    /// The key that a JWK registers when it is posted at `now` (spec §5.4).
    ///
    /// With `x5c` the key is bound to the certificate and ends with it. Whether the certificate is an enterprise
    /// certificate of the client's owner is for those to see who know trust anchors.
    ///
    /// - Throws: `ClientKeyFault`: `.missing`, `.keyID`, `.certificate`, `.certificateOfAnotherKey`,
    ///   `.certificateNotValid`, `.over`, `.tooLong`.
    public init(registering jwk: JWK, at now: Timestamp) throws(ClientKeyFault) {
        guard let kid = jwk.keyID else { throw .missing("kid") }
        guard let algorithm = jwk.algorithm else { throw .missing("alg") }
        // Enforced by the API since its version of 2025-05-22.
        guard jwk.isMarkedForSignatures else { throw .missing("use") }
        let id: KeyID
        do { id = try KeyID(parsing: kid) } catch { throw .keyID(kid) }
        let certificate = try Self.certificate(of: jwk, at: now)
        let latest = now + Self.maximumLifetime
        // Without a wish of its own a key lives as long as it may.
        var expires = jwk.expires ?? latest
        guard expires <= latest else { throw .tooLong(expires: expires, latest: latest) }
        // A certificate is valid in its last second, a key is over at its end.
        if let certificate { expires = min(expires, certificate.notAfter + 1) }
        guard expires > now else { throw .over(expires: expires, now: now) }
        self.init(
            id: id,
            algorithm: algorithm,
            publicKey: jwk.publicKey,
            thumbprint: jwk.thumbprint(),
            certificateThumbprint: certificate.map { hexadecimal($0.thumbprint) },
            certificateChain: certificate == nil ? [] : jwk.certificateChain,
            created: now,
            expires: expires
        )
    }

    private static func certificate(of jwk: JWK, at now: Timestamp) throws(ClientKeyFault) -> Certificate? {
        guard let der = jwk.certificateChain.first else { return nil }
        let certificate: Certificate
        do throws(CertificateError) {
            certificate = try Certificate(der: der)
            for other in jwk.certificateChain.dropFirst() { _ = try Certificate(der: other) }
        } catch {
            throw .certificate(error)
        }
        guard certificate.subjectPublicKeyInfo == jwk.publicKey.spkiDER else { throw .certificateOfAnotherKey }
        guard certificate.isValid(at: now) else {
            throw .certificateNotValid(from: certificate.notBefore, until: certificate.notAfter)
        }
        return certificate
    }

    /// The key as the API answers with it: public members, `exp` always.
    public var jwk: JWK {
        JWK(
            publicKey,
            keyID: id.rawValue,
            algorithm: algorithm,
            certificateChain: certificateChain,
            expires: expires
        )
    }
}

extension Client {
    /// What became of a posted key.
    public enum KeyAddition: String, Sendable, Hashable {
        /// It is new on the client.
        case added
        /// The very same key was there; its year begins anew.
        case renewed
    }

    /// Registers a key; from the first one on the client authenticates by keys.
    ///
    /// The same key under the same `kid` starts a new life (spec §5.4).
    ///
    /// - Throws: `.keyIDTaken` for another key under that `kid`, `.tooMany`.
    @discardableResult
    public mutating func add(_ key: ClientKey) throws(ClientKeyFault) -> KeyAddition {
        if let index = keys.firstIndex(where: { $0.id == key.id }) {
            guard keys[index].publicKey == key.publicKey else { throw .keyIDTaken(key.id) }
            keys[index] = key
            return .renewed
        }
        guard keys.count < Self.maximumKeys else { throw .tooMany(limit: Self.maximumKeys) }
        keys.append(key)
        authentication = .registeredKey
        return .added
    }

    /// Takes a key away; the client goes on authenticating by keys, also when it has none left (DESIGN §2.2).
    ///
    /// - Throws: `.unknown`.
    @discardableResult
    public mutating func removeKey(_ id: KeyID) throws(ClientKeyFault) -> ClientKey {
        guard let index = keys.firstIndex(where: { $0.id == id }) else { throw .unknown(id) }
        return keys.remove(at: index)
    }

    /// Puts another set in place of all keys (spec §5.4: both POST and PUT of a set do).
    ///
    /// - Throws: `.emptySet`, `.tooMany`, `.keyIDTaken` when two of the set have one `kid`.
    public mutating func replaceKeys(with set: [ClientKey]) throws(ClientKeyFault) {
        guard !set.isEmpty else { throw .emptySet }
        guard set.count <= Self.maximumKeys else { throw .tooMany(limit: Self.maximumKeys) }
        var seen: Set<KeyID> = []
        for key in set where !seen.insert(key.id).inserted { throw .keyIDTaken(key.id) }
        keys = set
        authentication = .registeredKey
    }

    /// Takes all keys away and lets the client authenticate by its organisation's certificate again.
    public mutating func resetToCertificate() {
        keys = []
        authentication = .certificate
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
}
