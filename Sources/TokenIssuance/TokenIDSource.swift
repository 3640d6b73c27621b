import JOSE
public import Vocabulary

/// Draws the identifiers of access tokens; tests give a counter.
public protocol TokenIDSource: Sendable {
    /// The next identifier, never drawn before.
    func next() -> TokenID
}

/// 256 bits of the system's random numbers, in base64url.
public struct RandomTokenIDs: TokenIDSource {
    /// The system's random numbers.
    public init() {}

    /// The next identifier, 43 characters.
    public func next() -> TokenID {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for _ in 0..<4 { withUnsafeBytes(of: generator.next() as UInt64) { bytes.append(contentsOf: $0) } }
        return TokenID(Base64URL.encode(bytes))
    }
}
