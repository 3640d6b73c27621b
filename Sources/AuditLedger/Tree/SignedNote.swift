internal import JOSE
internal import LibCrypto

/// A text with signatures, in the form that checkpoints of transparency logs have (C2SP signed-note).
///
/// The text ends with a line feed; an empty line and the signature lines follow: an em dash, the key's name, and in base64
/// four bytes that tell keys apart and the signature.
public struct SignedNote: Sendable, Hashable {
    /// One signature line.
    public struct Signature: Sendable, Hashable {
        /// The name of the key.
        public let name: String
        /// Four bytes that tell keys of one name apart.
        public let keyHash: [UInt8]
        /// The signature.
        public let bytes: [UInt8]
    }

    /// The text, with its last line feed.
    public let text: String
    /// The signatures, one at least.
    public let signatures: [Signature]

    /// Why a note cannot be believed.
    public enum Fault: Error, Hashable, Sendable {
        /// It is not of the form; says where.
        case malformed(String)
        /// No signature is by the key.
        case unsigned(key: String)
        /// A signature that says that it is by the key is not.
        case forged(key: String)
    }

    /// The longest note, in bytes, and the most signatures of one.
    private static let (maximumLength, maximumSignatures) = (65_536, 16)

    /// Signs a text.
    ///
    /// - Throws: `CryptoError`.
    init(_ text: String, by key: CheckpointKey) throws {
        precondition(text.hasSuffix("\n"))
        self.text = text
        signatures = [Signature(name: key.name, keyHash: key.verifier.keyHash, bytes: try key.sign(Array(text.utf8)))]
    }

    /// Reads a note; its signatures are not looked at yet.
    ///
    /// - Throws: `Fault.malformed`.
    public init(parsing bytes: [UInt8]) throws(Fault) {
        guard bytes.count <= Self.maximumLength else { throw .malformed("longer than \(Self.maximumLength) bytes") }
        guard let whole = String(validating: bytes, as: UTF8.self) else { throw .malformed("no UTF-8") }
        guard !bytes.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\n") }) else {
            throw .malformed("control characters")
        }
        // The last empty line parts text and signatures: the text may have empty lines of its own.
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.last?.isEmpty == true else { throw .malformed("no line feed at its end") }
        let body = lines.dropLast()
        guard let gap = body.lastIndex(where: \.isEmpty), gap > 0, gap + 1 < body.endIndex else {
            throw .malformed("no signatures")
        }
        guard body.endIndex - gap - 1 <= Self.maximumSignatures else { throw .malformed("too many signatures") }
        text = body[..<gap].joined(separator: "\n") + "\n"
        var found: [Signature] = []
        for line in body[(gap + 1)...] { found.append(try Self.signature(line)) }
        signatures = found
    }

    private static func signature(_ line: Substring) throws(Fault) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", CheckpointVerifier.isName(String(parts[1])),
            let bytes = try? Base64.decode(parts[2]), bytes.count > CheckpointVerifier.hashLength
        else { throw .malformed("a line that is no signature") }
        return Signature(
            name: String(parts[1]),
            keyHash: Array(bytes.prefix(CheckpointVerifier.hashLength)),
            bytes: Array(bytes.dropFirst(CheckpointVerifier.hashLength))
        )
    }

    /// The note as it is written.
    public var description: String {
        text + "\n"
            + signatures.map { "\u{2014} \($0.name) \(Base64.encode($0.keyHash + $0.bytes))\n" }.joined()
    }

    /// Checks that the key signed it; signatures by others are passed over.
    ///
    /// - Throws: `Fault.unsigned`, `.forged`.
    public func check(by key: CheckpointVerifier) throws(Fault) {
        let own = signatures.filter { $0.name == key.name && $0.keyHash == key.keyHash }
        guard !own.isEmpty else { throw .unsigned(key: key.name) }
        for signature in own where !key.isValid(signature.bytes, of: Array(text.utf8)) {
            throw .forged(key: key.name)
        }
    }
}

extension SignedNote: CustomStringConvertible {}

extension SignedNote.Fault: CustomStringConvertible {
    /// One line for the operator.
    public var description: String {
        switch self {
        case .malformed(let detail): "not a signed note: \(detail)"
        case .unsigned(let key): "the note is not signed by the key `\(key)` that was given"
        case .forged(let key): "the note's signature is not by the key `\(key)` whose it says it is"
        }
    }
}
