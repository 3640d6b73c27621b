import JOSE
public import Vocabulary

/// Draws the identifiers of access tokens; tests give a counter.
public protocol TokenIDSource: Sendable {
    /// The next identifier, never drawn before.
    func next() -> TokenID
}

/// 256 bits of the system's random numbers, in base64url.
public struct RandomTokenIDs: TokenIDSource {
    private let pool = RandomPool()

    /// The system's random numbers.
    public init() {}

    /// The next identifier, 43 characters.
    public func next() -> TokenID {
        TokenID(Base64URL.encode(pool.next(4).withUnsafeBytes { Array($0) }))
    }
}
