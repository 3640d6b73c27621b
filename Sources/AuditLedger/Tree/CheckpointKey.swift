internal import JOSE
internal import LibCrypto

/// What checks the signatures of checkpoints: a public key and its name, written as `name+hash+key` (C2SP signed-note, vkey).
public struct CheckpointVerifier: Sendable, Hashable {
    /// The key's name, which is the origin of its checkpoints.
    public let name: String
    /// The 32 bytes of the Ed25519 public key.
    public let publicKey: [UInt8]
    /// The first four bytes of SHA-256 over name, line feed, algorithm and public key.
    public let keyHash: [UInt8]

    static let hashLength = 4
    /// The signature type of Ed25519.
    private static let algorithm: UInt8 = 0x01
    /// The longest name, in bytes.
    static let maximumName = 512

    init(name: String, publicKey: [UInt8]) {
        self.name = name
        self.publicKey = publicKey
        let named = Array("\(name)\n".utf8) + [Self.algorithm] + publicKey
        keyHash = Array(HashFunction.sha256.digest(named).prefix(Self.hashLength))
    }

    /// Reads a key; nil when the text is none, or its hash is not that of name and key.
    public init?(_ text: String) {
        // Base64 has plus signs of its own; a name and a hash have none.
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, Self.isName(parts[0]), let key = try? Base64.decode(parts[2]),
            key.first == Self.algorithm, key.count == 33, (try? PublicKey(.ed25519(Array(key.dropFirst())))) != nil
        else { return nil }
        self.init(name: parts[0], publicKey: Array(key.dropFirst()))
        guard parts[1] == hashText else { return nil }
    }

    /// Whether a text can be a key's name: it has no white space and no plus sign.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumName
            && !text.unicodeScalars.contains { $0.properties.isWhitespace || $0 == "+" || $0.value < 0x20 }
    }

    fileprivate var hashText: String { keyHash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    /// Whether the holder of the private key signed the message.
    func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        (try? PublicKey(.ed25519(publicKey)))?.isValidSignature(signature, of: message, scheme: .ed25519) ?? false
    }
}

extension CheckpointVerifier: CustomStringConvertible {
    /// The key as it is given to others: `name+hash+key`.
    public var description: String { "\(name)+\(hashText)+\(Base64.encode([Self.algorithm] + publicKey))" }
}

/// What signs checkpoints: an Ed25519 key for nothing else, and its name.
///
/// Its text, `PRIVATE+KEY+name+hash+seed`, is the one of Go's `sumdb/note`, so that public tools read it.
public struct CheckpointKey: Sendable {
    /// The public half.
    public let verifier: CheckpointVerifier
    private let seed: [UInt8]
    private let key: PrivateKey

    private static let prefix = "PRIVATE+KEY+"
    private static let algorithm: UInt8 = 0x01

    /// The key's name.
    public var name: String { verifier.name }

    /// Draws a new key.
    ///
    /// - Returns: nil when the name has white space or a plus sign, or is too long.
    /// - Throws: `CryptoError`.
    public static func generate(named name: String) throws -> CheckpointKey? {
        guard CheckpointVerifier.isName(name),
            case .ed25519(_, let seed) = try PrivateKey.generate(.ed25519).privateComponents()
        else { return nil }
        return CheckpointKey(name: name, seed: seed)
    }

    /// Reads a key; nil when the text is none.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, CheckpointVerifier.isName(parts[0]), let bytes = try? Base64.decode(parts[2]),
            bytes.count == 33, bytes[0] == Self.algorithm
        else { return nil }
        self.init(name: parts[0], seed: Array(bytes.dropFirst()))
        guard parts[1] == verifier.hashText else { return nil }
    }

    private init?(name: String, seed: [UInt8]) {
        guard let key = try? PrivateKey(ed25519Seed: seed), case .ed25519(let publicKey) = key.publicKey.components
        else { return nil }
        self.key = key
        self.seed = seed
        verifier = CheckpointVerifier(name: name, publicKey: publicKey)
    }

    /// A text that holds the secret; for the file that nobody else can read.
    public var secretText: String {
        "\(Self.prefix)\(name)+\(verifier.hashText)+\(Base64.encode([Self.algorithm] + seed))"
    }

    func sign(_ message: [UInt8]) throws -> [UInt8] { try key.sign(message, scheme: .ed25519) }
}

extension CheckpointKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name, and nothing of the key.
    public var description: String { "checkpoint key \(name)" }

    /// The name, and nothing of the key.
    public var debugDescription: String { description }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
