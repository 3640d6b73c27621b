public import Vocabulary

/// The claim that an assertion is used now and never again (RFC 7523 §3 item 7; MP-012).
public struct ReplayClaim: Sendable, Hashable {
    /// The client: an identifier is unique within one client only.
    public let client: ClientID
    /// SHA-256 of the assertion's `jti`, or of its signing input when it has none; 32 bytes.
    public let key: [UInt8]
    /// The assertion's own `exp`: the claim is held until that plus the skew has passed.
    public let expires: Timestamp

    /// A claim.
    public init(client: ClientID, key: [UInt8], expires: Timestamp) {
        self.client = client
        self.key = key
        self.expires = expires
    }
}
