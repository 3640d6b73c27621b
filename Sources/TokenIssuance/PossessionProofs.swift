import JOSE
import LibCrypto

/// What a token request proves beside its form: keys that the token shall be bound to.
///
/// Nothing in it is believed yet.
public struct PossessionProofs: Sendable, Hashable {
    /// The `DPoP` header fields as they were sent (RFC 9449 §4.1), one element for each.
    public var dpop: [String]
    /// The certificate that the client showed; nil when it showed none.
    public var clientCertificate: ClientCertificate?

    /// Nothing beside the form: a request for a bearer token.
    public static let none = PossessionProofs()

    /// The proofs of a request.
    public init(dpop: [String] = [], clientCertificate: ClientCertificate? = nil) {
        self.dpop = dpop
        self.clientCertificate = clientCertificate
    }
}

/// A client certificate as it was presented in the TLS handshake or by a trusted proxy (RFC 8705 §2, RFC 9440 §2).
///
/// The peer has proved that it holds the leaf's key; nothing else about the certificates has been checked.
public struct ClientCertificate: Sendable, Hashable {
    /// The certificates in DER, the leaf first.
    public let chain: [[UInt8]]
    /// `x5t#S256` of the leaf (RFC 8705 §3.1): the SHA-256 of its DER, 43 characters of base64url.
    public let thumbprint: String

    /// A presented chain; nil when it is empty.
    public init?(chain: [[UInt8]]) {
        guard let leaf = chain.first else { return nil }
        self.chain = chain
        thumbprint = Base64URL.encode(HashFunction.sha256.digest(leaf))
    }
}
