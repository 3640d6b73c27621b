public import JOSE

/// Whoever can sign an assertion: a key in memory, in a hardware module, or in a key service.
///
/// Key bytes are never asked for, so that a module that does not give them out fits. A signer whose key changes while the
/// program runs gives the present one by ``current()``; others need not implement it.
public protocol AssertionSigner: Sendable {
    /// The algorithm that it signs by; RS256 is what Maskinporten takes for certain.
    var algorithm: JWSAlgorithm { get }

    /// How the assertion names the key.
    var keyReference: KeyReference { get }

    /// The signature of a JWS signing input (RFC 7515 §5.1), in the raw form of RFC 7518.
    ///
    /// - Throws: `SigningError`.
    func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8]

    /// What signs one assertion, so that header and signature are by the same key; the signer itself unless its key changes.
    func current() async -> any AssertionSigner

    /// Looks for a new key at once, after the server refused this one or it could not sign; whether there is another.
    func renew(after refused: KeyReference) async -> Bool
}

extension AssertionSigner {
    /// The signer itself: its key does not change.
    public func current() async -> any AssertionSigner { self }

    /// False: its key does not change.
    public func renew(after refused: KeyReference) async -> Bool { false }
}

/// How an assertion names its key: exactly one of `kid` and `x5c` is sent, as Maskinporten demands.
public enum KeyReference: Sendable, Hashable {
    /// By the identifier under which the key is registered on the client.
    case keyID(String)
    /// By the enterprise certificate, DER, the client's own first (RFC 7515 §4.1.6).
    case certificates([[UInt8]])
}

/// A key could not sign.
public struct SigningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why, without anything of the key.
    public let reason: String

    /// An error.
    public init(_ reason: String) { self.reason = reason }

    /// Why.
    public var description: String { reason }
}
