public import LibCrypto

/// Why a JSON object is no key that we use.
public enum JWKError: Error, Equatable, Sendable {
    /// A member that the kind of key demands is missing.
    case missing(String)
    /// A member of the wrong JSON type.
    case wrongType(String)
    /// A symmetric key (`kty` is `oct`): signatures of ours are never made with shared secrets.
    case symmetricKey
    /// `kty` is another than RSA, EC and OKP.
    case unsupportedKeyType(String)
    /// `crv` is another than P-256, P-384, P-521 and Ed25519.
    case unsupportedCurve(String)
    /// Members of a private key where a public one is expected: the key has been shown to somebody.
    case privateMembers([String])
    /// A member that is not strict base64url.
    case base64url(String, Base64URLError)
    /// An integer that is empty or begins with a zero octet (RFC 7518 §2, Base64urlUInt).
    case integer(String)
    /// A coordinate or scalar that is not as long as the curve demands (RFC 7518 §6.2.1.2).
    case length(String, expected: Int)
    /// The point does not satisfy the equation of the curve.
    case pointNotOnCurve
    /// The numbers make no key.
    case malformedKey(String)
    /// The key can be broken.
    case weakKey(KeyWeakness)
    /// `use` is another than `sig`.
    case wrongUse(String)
    /// `key_ops` lacks what the key is read for, or names something twice (RFC 7517 §4.3).
    case wrongKeyOperations([String])
    /// `alg` is none that we use.
    case unsupportedAlgorithm(String)
    /// `alg` is for other keys.
    case algorithmDoesNotFit(JWSAlgorithm, KeyKind)
    /// The element of `x5c` at this index is not base64 with padding.
    case certificate(index: Int)
}

extension JWKError: CustomStringConvertible {
    /// One line for whoever registers the key.
    public var description: String {
        switch self {
        case .missing(let name): "`\(name)` is missing"
        case .wrongType(let name): "`\(name)` has the wrong type"
        case .symmetricKey: "a symmetric key; an asymmetric one is expected"
        case .unsupportedKeyType(let type): "`kty` is `\(type)`; `RSA`, `EC` or `OKP` is expected"
        case .unsupportedCurve(let curve): "`crv` is `\(curve)`; `P-256`, `P-384`, `P-521` or `Ed25519` is expected"
        case .privateMembers(let names):
            "it holds the private key (\(names.map { "`\($0)`" }.joined(separator: ", "))); make a new key, and send its public half"
        case .base64url(let name, let error): "`\(name)` is not base64url: \(error)"
        case .integer(let name): "`\(name)` is empty or begins with a zero octet"
        case .length(let name, let expected): "`\(name)` must have \(expected) bytes"
        case .pointNotOnCurve: "the point is not on the curve"
        case .malformedKey(let reason): "not a key: \(reason)"
        case .weakKey(let weakness): "a weak key: \(weakness)"
        case .wrongUse(let use): "`use` is `\(use)`; `sig` is expected"
        case .wrongKeyOperations(let operations):
            "`key_ops` is \(operations.map { "`\($0)`" }.joined(separator: ", ")), which is not for this"
        case .unsupportedAlgorithm(let name): "`alg` is `\(name)`, which is not supported"
        case .algorithmDoesNotFit(let algorithm, let kind): "`alg` is `\(algorithm.rawValue)`, but the key is \(kind)"
        case .certificate(let index): "`x5c` element \(index) is not base64 of a certificate"
        }
    }
}
