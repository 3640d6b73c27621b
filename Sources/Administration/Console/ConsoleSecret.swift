import JOSE
import LibCrypto
import Vocabulary

/// What opens the console, in a link or a cookie: 256 random bits, of which only the hash is ever kept.
public struct ConsoleSecret: Sendable, Hashable {
    /// How many bytes it has.
    public static let length = 32

    /// The bits as base64url, 43 characters; shown once, to whom it belongs.
    public let text: String
    private let bytes: [UInt8]

    /// Draws a secret.
    public init(drawing generator: inout any RandomNumberGenerator) {
        bytes = (0..<Self.length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        text = Base64URL.encode(bytes)
    }

    /// Reads what came in a form or a cookie; nil when it cannot be one.
    public init?(parsing text: some StringProtocol) {
        guard text.utf8.count == 43, let bytes = try? Base64URL.decode(String(text)), bytes.count == Self.length else {
            return nil
        }
        self.bytes = bytes
        self.text = String(text)
    }

    /// What the store knows it by: the SHA-256.
    ///
    /// The bits are random, so that nothing slower is needed to keep it from being guessed.
    public var hash: [UInt8] { HashFunction.sha256.digest(bytes) }

    /// The word by which a form of the session proves that the session's own page made it.
    ///
    /// Another hash than the stored one, so that neither leads to the other or to the secret.
    public var formWord: String {
        Base64URL.encode(HashFunction.sha256.authenticationCode(of: Array("portvakt console form".utf8), key: bytes))
    }
}

extension ConsoleSecret: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "<redacted>" }
}
