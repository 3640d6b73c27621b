internal import JOSE
internal import LibCrypto
internal import Vocabulary

/// One link of a node's chain, as it was hashed and stored.
///
/// `hash` = SHA-256(``domain`` ‖ `previous` ‖ `body`); `body` is JSON text with the node, the sequence number, a random
/// salt, the event and its claims, and is kept byte for byte.
public struct LedgerEntry: Sendable, Hashable {
    /// Where it stands.
    public let position: LedgerPosition
    /// The hash of the entry before; 32 zero bytes for the first.
    public let previous: [UInt8]
    /// Its own hash, which the next entry names.
    public let hash: [UInt8]
    /// The hashed text.
    public let body: [UInt8]

    /// An entry read back.
    public init(position: LedgerPosition, previous: [UInt8], hash: [UInt8], body: [UInt8]) {
        self.position = position
        self.previous = previous
        self.hash = hash
        self.body = body
    }

    /// What the first entry of a chain names as the one before.
    public static let genesis = [UInt8](repeating: 0, count: HashFunction.sha256.digestLength)

    /// Tells these hashes from any other use of SHA-256.
    public static let domain = Array("portvakt ledger entry 1\n".utf8)

    /// How many random bytes go into each body, so that a hash tells nothing of an entry that one does not hold.
    public static let saltLength = 16

    /// The longest body, in bytes: what a reader takes (``LedgerContent``).
    public static let maximumBodyLength = 1_048_576

    /// The hash that `body` must have after `previous`.
    public static func hash(of body: [UInt8], after previous: [UInt8]) -> [UInt8] {
        HashFunction.sha256.digest(domain + previous + body)
    }
}

/// Why an event cannot be written.
public enum LedgerEntryError: Error, Hashable, Sendable {
    /// Its text is longer than the limit, in bytes.
    case tooLong(Int)
}

/// Makes entries, one after the other in the same memory; belongs to whoever holds the transaction.
public struct LedgerEntryMaker {
    private var text = LedgerText()

    /// A maker.
    public init() {}

    /// Makes the next entry and hands its body to `use`, without copying it.
    ///
    /// - Throws: `LedgerEntryError.tooLong`, or what `use` throws.
    /// - Returns: The entry's hash.
    public mutating func make(
        _ event: LedgerEvent,
        claiming claims: ClaimBytes?,
        at position: LedgerPosition,
        after previous: [UInt8],
        salt: [UInt8],
        use: (_ body: UnsafeRawBufferPointer, _ hash: [UInt8]) throws -> Void
    ) throws -> [UInt8] {
        precondition(salt.count == LedgerEntry.saltLength && previous.count == LedgerEntry.genesis.count)
        text.restart(after: LedgerEntry.domain, previous)
        let start = text.bytes.count
        text.open()
        text.member("v", 1)
        text.member("node", position.node)
        text.member("sequence", position.sequence)
        text.member("salt", base64URL: salt)
        event.write(into: &text)
        if let claims, !claims.bytes.isEmpty { text.member("claims", base64URL: claims.bytes) }
        text.close()
        let length = text.bytes.count - start
        guard length <= LedgerEntry.maximumBodyLength else { throw LedgerEntryError.tooLong(length) }
        let hash = HashFunction.sha256.digest(text.bytes)
        try text.bytes.withUnsafeBytes { try use(UnsafeRawBufferPointer(rebasing: $0[start...]), hash) }
        return hash
    }
}
