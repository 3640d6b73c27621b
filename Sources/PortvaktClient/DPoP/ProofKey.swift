public import JOSE
public import LibCrypto
public import Vocabulary

/// A key in memory that signs DPoP proofs; it never prints itself.
public struct ProofKey: ProofSigner {
    /// The algorithm that it signs by.
    public let algorithm: JWSAlgorithm
    /// The public half.
    public let publicKey: JWK

    private let key: PrivateKey

    /// A signer with a key.
    ///
    /// - Throws: `KeyLoadingError.algorithm` when the algorithm does not fit the key.
    public init(_ key: PrivateKey, algorithm: JWSAlgorithm? = nil) throws(KeyLoadingError) {
        let algorithm = algorithm ?? .preferred(for: key.kind)
        guard algorithm.fits(key.kind) else { throw .algorithm(algorithm, key.kind) }
        self.key = key
        self.algorithm = algorithm
        publicKey = JWK(key.publicKey, keyID: nil, algorithm: nil)
    }

    /// A signer with a new key.
    ///
    /// - Throws: `KeyLoadingError.key` when none can be drawn.
    public init(generating algorithm: JWSAlgorithm) throws(KeyLoadingError) {
        let kind: KeyKind =
            switch algorithm {
            case .es256: .ec(.p256)
            case .es384: .ec(.p384)
            case .es512: .ec(.p521)
            case .edDSA: .ed25519
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa(bits: 2048)
            }
        let key: PrivateKey
        do throws(CryptoError) { key = try PrivateKey.generate(kind) } catch { throw .key(error) }
        try self.init(key, algorithm: algorithm)
    }

    /// Reads a private JWK (RFC 7517).
    ///
    /// - Throws: `KeyLoadingError.jwk`, `.algorithm`.
    public init(jwk: some Collection<UInt8>, algorithm: JWSAlgorithm? = nil) throws(KeyLoadingError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: jwk) } catch { throw .jwk("not strict JSON: \(error)") }
        guard let object = value.object else { throw .jwk("not a JSON object") }
        let secret: JWK.Private
        do throws(JWKError) { secret = try JWK.Private(parsing: object) } catch { throw .jwk("\(error)") }
        try self.init(secret.key, algorithm: algorithm ?? secret.publicJWK.algorithm)
    }

    /// Reads a PEM key: PKCS#8, PKCS#1 or SEC 1, encrypted or not.
    ///
    /// - Throws: `KeyLoadingError.key`, `.algorithm`.
    public init(pem: String, passphrase: Secret? = nil, algorithm: JWSAlgorithm? = nil) throws(KeyLoadingError) {
        let key: PrivateKey
        do throws(CryptoError) {
            key = try PrivateKey(pem: KeyCertificates.unfolded(pem), passphrase: passphrase)
        } catch {
            throw .key(error)
        }
        try self.init(key, algorithm: algorithm)
    }

    /// The signature of a signing input.
    ///
    /// - Throws: `SigningError` when libcrypto refuses.
    public func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8] {
        do throws(CryptoError) {
            return try key.sign(signingInput, scheme: algorithm.scheme)
        } catch {
            throw SigningError("\(error)")
        }
    }
}

extension ProofKey: CustomStringConvertible, CustomReflectable {
    /// The algorithm and the public key's thumbprint.
    public var description: String { "\(algorithm.rawValue) key `\(publicKey.thumbprint())`" }

    /// Shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
