public import JOSE
public import LibCrypto

/// Why a key cannot be used.
public enum KeyLoadingError: Error, Sendable, Equatable {
    /// The key or container cannot be opened.
    case key(CryptoError)
    /// The text is no private JWK; says why.
    case jwk(String)
    /// The key in the PKCS#11 token cannot be used.
    case token(PKCS11Error)
    /// A file cannot be read.
    case file(String)
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
        case .token(let error): "\(error)"
        case .file(let path): "the file `\(path)` cannot be read"
        case .certificate(let reason): "the certificate cannot be read: \(reason)"
        case .certificateOfAnotherKey: "none of the certificates belongs to the key"
        case .unnamed: "neither a `kid` nor a certificate says whose key it is"
        case .algorithm(let algorithm, let kind): "\(algorithm.rawValue) does not fit a key of kind \(kind)"
        }
    }
}
