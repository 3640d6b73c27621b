public import JOSE
public import LibCrypto
public import Vocabulary

/// A public key registered on a client.
public struct ClientKey: Sendable, Hashable {
    /// Its identifier, unique within the client.
    public let id: KeyID
    /// The one algorithm that it may be used with.
    public let algorithm: JWSAlgorithm
    /// The key itself.
    public let publicKey: PublicKey
    /// The RFC 7638 thumbprint (SHA-256, base64url): what the ledger and caches call it by.
    public let thumbprint: String
    /// The SHA-256 (hexadecimal) of the certificate that it was registered with (`x5c` in the JWK), if any.
    public let certificateThumbprint: String?
    /// That certificate and those after it in `x5c`, in DER; empty without one.
    ///
    /// Revocation is looked up by them.
    public let certificateChain: [[UInt8]]
    /// That certificate was blocked after an incident, so the key proves nobody.
    public let isCertificateBlocked: Bool
    /// When it was posted.
    public let created: Timestamp
    /// First second after its life: at most one year after it was posted.
    public let expires: Timestamp

    /// The longest life of a key from the moment of posting.
    public static let maximumLifetime = Seconds.days(365)

    /// A key.
    public init(
        id: KeyID,
        algorithm: JWSAlgorithm,
        publicKey: PublicKey,
        thumbprint: String,
        certificateThumbprint: String? = nil,
        certificateChain: [[UInt8]] = [],
        isCertificateBlocked: Bool = false,
        created: Timestamp,
        expires: Timestamp
    ) {
        self.id = id
        self.algorithm = algorithm
        self.publicKey = publicKey
        self.thumbprint = thumbprint
        self.certificateThumbprint = certificateThumbprint
        self.certificateChain = certificateChain
        self.isCertificateBlocked = isCertificateBlocked
        self.created = created
        self.expires = expires
    }

    /// Whether it is over at `now`; it gets no leeway.
    public func isExpired(at now: Timestamp) -> Bool { now >= expires }
}
