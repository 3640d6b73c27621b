public import JOSE
public import LibCrypto
public import Vocabulary

/// Signs with a key in memory, read from a JWK, from PEM or from PKCS#12; it never prints the key.
///
/// With an enterprise certificate the assertion carries it as `x5c`, unless a `kid` is named under which the key is
/// registered.
public struct KeySigner: AssertionSigner {
    /// The algorithm that it signs by.
    public let algorithm: JWSAlgorithm
    /// How the assertion names the key.
    public let keyReference: KeyReference

    private let key: PrivateKey

    /// A signer with a key.
    ///
    /// - Throws: `KeyLoadingError.algorithm` when the algorithm does not fit the key, `.certificateOfAnotherKey`,
    ///   `.certificate` when the first certificate cannot be read.
    public init(
        _ key: PrivateKey,
        keyReference: KeyReference,
        algorithm: JWSAlgorithm? = nil
    ) throws(KeyLoadingError) {
        let algorithm = algorithm ?? .preferred(for: key.kind)
        guard algorithm.fits(key.kind) else { throw .algorithm(algorithm, key.kind) }
        if case .certificates(let chain) = keyReference { try KeyCertificates.check(chain, against: key.publicKey) }
        self.key = key
        self.algorithm = algorithm
        self.keyReference = keyReference
    }

    /// Reads a private JWK (RFC 7517), as NAIS gives it in `MASKINPORTEN_CLIENT_JWK`.
    ///
    /// The `kid` is the given one, else the key's own; without any, its `x5c` is sent.
    ///
    /// - Throws: `KeyLoadingError`.
    public init(
        jwk: some Collection<UInt8>,
        keyID: String? = nil,
        algorithm: JWSAlgorithm? = nil
    ) throws(KeyLoadingError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: jwk) } catch { throw .jwk("not strict JSON: \(error)") }
        guard let object = value.object else { throw .jwk("not a JSON object") }
        let secret: JWK.Private
        do throws(JWKError) { secret = try JWK.Private(parsing: object) } catch { throw .jwk("\(error)") }
        let reference = try KeyCertificates.reference(
            keyID ?? secret.publicJWK.keyID,
            secret.publicJWK.certificateChain
        )
        try self.init(secret.key, keyReference: reference, algorithm: algorithm ?? secret.publicJWK.algorithm)
    }

    /// Reads a PEM key: PKCS#8, PKCS#1 or SEC 1, encrypted or not.
    ///
    /// Certificates come from the same text, or from `certificates`, another PEM text; the client's own is told by its key.
    /// A text in one line with `\n` spelled out, as environment variables hold it, is read too.
    ///
    /// - Throws: `KeyLoadingError`.
    public init(
        pem: String,
        passphrase: Secret? = nil,
        keyID: String? = nil,
        certificates: String? = nil,
        algorithm: JWSAlgorithm? = nil
    ) throws(KeyLoadingError) {
        let pem = KeyCertificates.unfolded(pem)
        let key: PrivateKey
        do throws(CryptoError) { key = try PrivateKey(pem: pem, passphrase: passphrase) } catch { throw .key(error) }
        let chain = keyID == nil ? try KeyCertificates.chain(in: certificates ?? pem, of: key.publicKey) : []
        try self.init(key, keyReference: KeyCertificates.reference(keyID, chain), algorithm: algorithm)
    }

    /// Reads a PKCS#12 container, as issuers of enterprise certificates hand them out.
    ///
    /// - Throws: `KeyLoadingError`.
    public init(
        pkcs12: [UInt8],
        passphrase: Secret,
        keyID: String? = nil,
        algorithm: JWSAlgorithm? = nil
    ) throws(KeyLoadingError) {
        let container: PKCS12
        do throws(CryptoError) {
            container = try PKCS12(der: pkcs12, passphrase: passphrase)
        } catch {
            throw .key(error)
        }
        let chain = KeyCertificates.ordered([container.certificateDER] + container.chainDER)
        try self.init(container.key, keyReference: KeyCertificates.reference(keyID, chain), algorithm: algorithm)
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

extension KeySigner: CustomStringConvertible {
    /// The algorithm, and how the key is named.
    public var description: String {
        switch keyReference {
        case .keyID(let keyID): "\(algorithm.rawValue) key `\(keyID)`"
        case .certificates: "\(algorithm.rawValue) key of an enterprise certificate"
        }
    }
}
