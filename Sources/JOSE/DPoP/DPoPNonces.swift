internal import LibCrypto
public import Vocabulary

/// Nonces for DPoP proofs (RFC 9449 §8, §9) without any memory: the time, and a code over it under a key.
///
/// Every node that has the key takes the nonces of all others. A nonce may serve for many proofs while it lasts; that each
/// proof is used once is the `jti`'s business.
public struct DPoPNonces: Sendable {
    /// How many bytes the key has.
    public static let keyLength = 32
    /// How long a nonce serves.
    public static let lifetime = Seconds(300)
    /// By how much the clocks of two nodes may differ.
    static let skew = Seconds(10)

    private let key: [UInt8]

    /// Nonces under a key; nil unless it has ``keyLength`` bytes.
    public init?(key: [UInt8]) {
        guard key.count == Self.keyLength else { return nil }
        self.key = key
    }

    /// Nonces under a key of this process alone, good until it ends.
    public init() {
        var generator = SystemRandomNumberGenerator()
        key = (0..<Self.keyLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// The nonce of that second, 32 characters of base64url.
    public func nonce(at now: Timestamp) -> String { Base64URL.encode(text(of: now.seconds)) }

    /// When a nonce was given; nil when it is none of ours, has ended, or is of a time to come.
    public func time(of nonce: String, at now: Timestamp) -> Timestamp? {
        guard nonce.utf8.count == Self.length, let bytes = try? Base64URL.decode(nonce) else { return nil }
        let seconds = Int64(bitPattern: bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        let expected = text(of: seconds)
        // Whole and in constant time, so that nobody finds a code byte by byte.
        var difference: UInt8 = 0
        for (left, right) in zip(bytes, expected) { difference |= left ^ right }
        guard difference == 0, bytes.count == expected.count else { return nil }
        let given = Timestamp(seconds: seconds)
        guard given <= now + Self.skew, now < given + Self.lifetime else { return nil }
        return given
    }

    private static let length = 32

    /// Eight bytes of time and sixteen of the code over it.
    private func text(of seconds: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        let pattern = UInt64(bitPattern: seconds)
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: pattern >> UInt64(shift)))
        }
        let code = HashFunction.sha256.authenticationCode(of: Self.purpose + bytes, key: key)
        return bytes + code.prefix(16)
    }

    /// The key signs nothing else by this name.
    private static let purpose = Array("portvakt dpop nonce 1|".utf8)
}

extension DPoPNonces: CustomStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }

    /// Shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
