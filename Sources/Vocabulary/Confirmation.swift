/// The keys that a token is bound to (`cnf`, RFC 7800 §3.1): whoever presents it must prove that it holds them.
///
/// Both may stand; then both are demanded. A confirmation that names neither is never made by this server.
public struct Confirmation: Sendable, Hashable {
    /// `jkt`: the SHA-256 JWK thumbprint of the key that signs DPoP proofs (RFC 9449 §6.1), 43 characters of base64url.
    public var keyThumbprint: String?
    /// `x5t#S256`: the SHA-256 of the client certificate in DER (RFC 8705 §3.1), 43 characters of base64url.
    public var certificateThumbprint: String?

    /// A confirmation.
    public init(keyThumbprint: String? = nil, certificateThumbprint: String? = nil) {
        self.keyThumbprint = keyThumbprint
        self.certificateThumbprint = certificateThumbprint
    }
}
