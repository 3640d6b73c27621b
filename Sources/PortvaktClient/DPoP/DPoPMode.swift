public import JOSE

/// Whether tokens are bound to a key by DPoP (RFC 9449), so that a stolen one is of no use without the key.
///
/// ```swift
/// var configuration = try ClientConfiguration.fromEnvironment()
/// configuration.dpop = try .ephemeral(.es256)
/// ```
public enum DPoPMode: Sendable {
    /// Bearer tokens: whoever holds one may use it.
    case off
    /// Bound to this key.
    case key(any ProofSigner)

    /// Bound to a new key that lives in the memory of this process, as nobody needs to know it beforehand.
    ///
    /// - Throws: `KeyLoadingError` when no key can be made.
    public static func ephemeral(_ algorithm: JWSAlgorithm = .es256) throws(KeyLoadingError) -> DPoPMode {
        .key(try ProofKey(generating: algorithm))
    }
}

/// Whoever can sign DPoP proofs: a key in memory, or in a module that does not give it out.
public protocol ProofSigner: Sendable {
    /// The algorithm that it signs by; an asymmetric one that the server's metadata name in
    /// `dpop_signing_alg_values_supported`.
    var algorithm: JWSAlgorithm { get }

    /// The public half of the key, which every proof carries.
    var publicKey: JWK { get }

    /// The signature of a JWS signing input (RFC 7515 §5.1), in the raw form of RFC 7518.
    ///
    /// - Throws: `SigningError`.
    func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8]
}
