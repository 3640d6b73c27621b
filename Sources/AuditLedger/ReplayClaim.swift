internal import LibCrypto
public import Vocabulary

/// The claim that an assertion or a DPoP proof is used now and never again (RFC 7523 §3 item 7; MP-012; RFC 9449 §11.1).
public struct ReplayClaim: Sendable, Hashable {
    /// SHA-256 of what is used once: an assertion's `jti`, or its signing input when it has none; a proof's key and `jti`.
    public let key: [UInt8]
    /// The assertion's own `iat`: after the clock was set back, earlier ones are refused (``ClockRecord/barredUntil``).
    public let issued: Timestamp
    /// The assertion's own `exp`: the claim is held until that plus the skew has passed.
    public let expires: Timestamp
    /// What stands for client and key wherever the claim is held.
    public let digest: ClaimDigest

    /// A claim on an assertion of `client`, within which its identifier is unique.
    public init(client: ClientID, key: [UInt8], issued: Timestamp, expires: Timestamp) {
        self.key = key
        self.issued = issued
        self.expires = expires
        digest = ClaimDigest(of: client, key: key)
    }

    /// A claim on a DPoP proof, which is used once whoever sends it.
    public init(proof key: [UInt8], issued: Timestamp, expires: Timestamp) {
        self.key = key
        self.issued = issued
        self.expires = expires
        digest = ClaimDigest(ofProof: key)
    }
}

/// A claim as it is held: 128 bits that stand for client and key, and the end.
///
/// Two different claims with one digest would need a collision of SHA-256 cut to 128 bits; whoever found one could only
/// refuse himself a token.
public struct HeldClaim: Sendable, Hashable {
    /// The digest of client and key.
    public let digest: ClaimDigest
    /// The assertion's `exp`.
    public let expires: Timestamp

    /// A claim read back.
    public init(digest: ClaimDigest, expires: Timestamp) {
        self.digest = digest
        self.expires = expires
    }

    /// The form in which `claim` is held.
    public init(_ claim: ReplayClaim) {
        digest = claim.digest
        expires = claim.expires
    }
}

/// The first 128 bits of SHA-256 over the client's identifier, a zero byte and the claim's key.
public struct ClaimDigest: Sendable, Hashable {
    /// Bits 0 to 63, big-endian.
    public let high: UInt64
    /// Bits 64 to 127, big-endian.
    public let low: UInt64

    /// A digest read back.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The digest of client and key; no identifier holds a zero byte, so that no two pairs run together.
    public init(of client: ClientID, key: [UInt8]) { self.init(owner: client.rawValue.utf8, key: key) }

    /// The digest of a DPoP proof's key: that of no client, for none has an empty identifier.
    public init(ofProof key: [UInt8]) { self.init(owner: "".utf8, key: key) }

    private init(owner: String.UTF8View, key: [UInt8]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(owner.count + 1 + key.count)
        bytes.append(contentsOf: owner)
        bytes.append(0)
        bytes.append(contentsOf: key)
        let digest = HashFunction.sha256.digest(bytes)
        high = UInt64(bigEndian: digest, at: 0)
        low = UInt64(bigEndian: digest, at: 8)
    }

    /// One word of a digest is as good a hash as can be had.
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

/// Held claims as bytes: for each 16 bytes of digest and 8 of `exp`, big-endian.
public struct ClaimBytes: Sendable, Hashable {
    /// The length of one claim, in bytes.
    public static let length = 24

    /// The bytes.
    public let bytes: [UInt8]

    /// The bytes of `claims`, in their order.
    public init(_ claims: [ReplayClaim]) { self.init(held: claims.map { HeldClaim($0) }) }

    /// The bytes of claims as they are held.
    public init(held claims: [HeldClaim]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(claims.count * Self.length)
        for claim in claims {
            bytes.append(bigEndian: claim.digest.high)
            bytes.append(bigEndian: claim.digest.low)
            bytes.append(bigEndian: UInt64(bitPattern: claim.expires.seconds))
        }
        self.bytes = bytes
    }

    /// Bytes read back; nil when they are no whole number of claims.
    public init?(bytes: [UInt8]) {
        guard bytes.count.isMultiple(of: Self.length) else { return nil }
        self.bytes = bytes
    }

    /// The claims.
    public var claims: [HeldClaim] {
        stride(from: 0, to: bytes.count, by: Self.length).map { start in
            HeldClaim(
                digest: ClaimDigest(
                    high: UInt64(bigEndian: bytes, at: start),
                    low: UInt64(bigEndian: bytes, at: start + 8)
                ),
                expires: Timestamp(seconds: Int64(bitPattern: UInt64(bigEndian: bytes, at: start + 16)))
            )
        }
    }
}

extension UInt64 {
    /// The eight bytes from `start` on.
    init(bigEndian bytes: [UInt8], at start: Int) {
        self = bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension [UInt8] {
    /// Appends the eight bytes of `value`.
    mutating func append(bigEndian value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }
}
