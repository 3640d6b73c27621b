/// A key that signs here, wherever its private half is: in this process's memory, or in a PKCS#11 token.
public enum SigningKey: Sendable {
    /// Held in memory, read from a file.
    case held(PrivateKey)
    /// In a token, which it never leaves.
    case inToken(PKCS11Key)

    /// The public half.
    public var publicKey: PublicKey {
        switch self {
        case .held(let key): key.publicKey
        case .inToken(let key): key.publicKey
        }
    }

    /// What it is good for.
    public var kind: KeyKind { publicKey.kind }

    /// A signer for one thread; with a token it takes a session that no other thread has at the time.
    ///
    /// - Throws: `CryptoError.unsupportedKey` when the scheme does not fit the key, `.operation`.
    public func makeSigner(_ scheme: SignatureScheme) throws(CryptoError) -> ThreadBoundSigner {
        switch self {
        case .held(let key): try key.makeSigner(scheme)
        case .inToken(let key): try ThreadBoundSigner(key, scheme)
        }
    }

    /// Whether both are the very same key object, so that a signer made of one serves the other.
    public static func === (left: SigningKey, right: SigningKey) -> Bool {
        switch (left, right) {
        case (.held(let left), .held(let right)): left === right
        case (.inToken(let left), .inToken(let right)): left === right
        case (.held, .inToken), (.inToken, .held): false
        }
    }
}
