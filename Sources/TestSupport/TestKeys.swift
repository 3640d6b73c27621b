public import LibCrypto

/// Keys made once a process: making an RSA key for each test would take longer than the tests.
public enum TestKeys {
    /// RSA, 2048 bits.
    public static let rsa = make(.rsa(bits: 2_048))
    /// Another one.
    public static let otherRSA = make(.rsa(bits: 2_048))
    /// P-256.
    public static let p256 = make(.ec(.p256))
    /// Ed25519.
    public static let ed25519 = make(.ed25519)

    private static func make(_ kind: KeyKind) -> PrivateKey {
        do { return try PrivateKey.generate(kind) } catch { preconditionFailure("libcrypto makes no key: \(error)") }
    }
}
