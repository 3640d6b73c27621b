import JOSE

/// What a client draws at random.
struct Draws: Sendable {
    /// A `jti`: 128 bits in base64url.
    var identifier: @Sendable () -> String
    /// A number from 0 up to 1.
    var chance: @Sendable () -> Double

    /// From the system's generator.
    static let system = Draws(
        identifier: {
            var generator = SystemRandomNumberGenerator()
            return Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        },
        chance: { Double.random(in: 0..<1) }
    )
}
