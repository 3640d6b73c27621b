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
        if case .certificates(let chain) = keyReference { try Self.check(chain, against: key) }
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
        let reference = try Self.reference(keyID ?? secret.publicJWK.keyID, secret.publicJWK.certificateChain)
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
        let pem = Self.unfolded(pem)
        let key: PrivateKey
        do throws(CryptoError) { key = try PrivateKey(pem: pem, passphrase: passphrase) } catch { throw .key(error) }
        let chain = keyID == nil ? try Self.chain(in: certificates.map(Self.unfolded) ?? pem, of: key) : []
        try self.init(key, keyReference: Self.reference(keyID, chain), algorithm: algorithm)
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
        let chain = Self.ordered([container.certificateDER] + container.chainDER)
        try self.init(container.key, keyReference: Self.reference(keyID, chain), algorithm: algorithm)
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

    private static func reference(_ keyID: String?, _ chain: [[UInt8]]) throws(KeyLoadingError) -> KeyReference {
        if let keyID { return .keyID(keyID) }
        guard !chain.isEmpty else { throw .unnamed }
        return .certificates(chain)
    }

    private static func check(_ chain: [[UInt8]], against key: PrivateKey) throws(KeyLoadingError) {
        guard let first = chain.first else { throw .unnamed }
        let certificate: Certificate
        do throws(CertificateError) { certificate = try Certificate(der: first) } catch {
            throw .certificate("\(error)")
        }
        guard (try? certificate.publicKey()) == key.publicKey else { throw .certificateOfAnotherKey }
    }

    /// The certificates of a text, the key's own first; files have them in any order.
    private static func chain(in pem: String, of key: PrivateKey) throws(KeyLoadingError) -> [[UInt8]] {
        let blocks: [(label: String, der: [UInt8])]
        do throws(CryptoError) {
            // Encrypted keys of the traditional form cannot be read as plain blocks; certificates stand apart then.
            blocks = try PEM.blocks(in: pem)
        } catch {
            guard case .malformedPEM = error, pem.contains("ENCRYPTED") else { throw .key(error) }
            return []
        }
        let found = blocks.filter { $0.label == "CERTIFICATE" }.map(\.der)
        guard !found.isEmpty else { return [] }
        let own = found.firstIndex { der in
            guard let certificate = try? Certificate(der: der) else { return false }
            return (try? certificate.publicKey()) == key.publicKey
        }
        guard let own else { throw .certificateOfAnotherKey }
        return ordered([found[own]] + found[..<own] + found[(own + 1)...])
    }

    /// The first certificate and its issuers, each behind the one it issued; self-signed ones need not be sent.
    private static func ordered(_ certificates: [[UInt8]]) -> [[UInt8]] {
        let read = certificates.compactMap { try? Certificate(der: $0) }
        guard read.count == certificates.count, var last = read.first else { return certificates }
        var chain = [last]
        while let issuer = read.first(where: { $0.subject == last.issuer && !chain.contains($0) }) {
            if issuer.isSelfSigned { break }
            chain.append(issuer)
            last = issuer
        }
        return chain.map(\.der)
    }

    private static func unfolded(_ pem: String) -> String {
        pem.contains("\n") ? pem : pem.replacing("\\n", with: "\n")
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

/// Why a key cannot be used.
public enum KeyLoadingError: Error, Sendable, Equatable {
    /// The key or container cannot be opened.
    case key(CryptoError)
    /// The text is no private JWK; says why.
    case jwk(String)
    /// The certificate cannot be read; says why.
    case certificate(String)
    /// None of the certificates is that of the key.
    case certificateOfAnotherKey
    /// Neither a `kid` nor a certificate says whose key it is.
    case unnamed
    /// The algorithm does not fit the key.
    case algorithm(JWSAlgorithm, KeyKind)
}

extension KeyLoadingError: CustomStringConvertible {
    /// One line for whoever configures the key.
    public var description: String {
        switch self {
        case .key(let error): "\(error)"
        case .jwk(let reason): "not a private JWK: \(reason)"
        case .certificate(let reason): "the certificate cannot be read: \(reason)"
        case .certificateOfAnotherKey: "none of the certificates belongs to the key"
        case .unnamed: "neither a `kid` nor a certificate says whose key it is"
        case .algorithm(let algorithm, let kind): "\(algorithm.rawValue) does not fit a key of kind \(kind)"
        }
    }
}
