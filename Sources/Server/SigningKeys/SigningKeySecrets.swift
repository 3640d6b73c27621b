import LibCrypto
public import Vocabulary

/// What opens signing keys: a pass phrase for files, a PIN for a token; never a flag, always a file or the environment.
public struct SigningKeySecrets: Sendable {
    /// Where a PIN comes from.
    public enum PINSource: Sendable {
        /// The environment.
        case given(Secret)
        /// A file's first line, read again whenever the PIN is needed anew.
        case file(String)
    }

    /// The pass phrase of encrypted PEM and PKCS#12; new files are encrypted with it.
    public var passphrase: Secret?
    /// The user's PIN of the token.
    public var pin: PINSource?

    /// Secrets; none opens unencrypted files alone.
    public init(passphrase: Secret? = nil, pin: PINSource? = nil) {
        self.passphrase = passphrase
        self.pin = pin
    }

    /// The PIN for a token, which its URI may name a file for.
    ///
    /// - Throws: `PrivateFile.Fault` when the file is missing or open to others.
    func pin(for uri: PKCS11URI) throws -> Secret? {
        if let file = uri.pinFile { return try Self.firstLine(of: file) }
        switch pin {
        case nil: return nil
        case .given(let pin): return pin
        case .file(let path): return try Self.firstLine(of: path)
        }
    }

    /// The file that the PIN for a token is read from.
    func pinFile(for uri: PKCS11URI) -> String? {
        if let file = uri.pinFile { return file }
        guard case .file(let path) = pin else { return nil }
        return path
    }

    /// The first line of a file that is nobody else's.
    static func firstLine(of path: String) throws(PrivateFile.Fault) -> Secret {
        Secret(String(decoding: try PrivateFile.read(path).prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self))
    }
}
