internal import JOSE
public import Vocabulary

/// The tree's size and root at one moment, signed (C2SP tlog-checkpoint): whoever keeps one can tell later whether any of the
/// entries that it covers was changed.
public struct Checkpoint: Sendable, Hashable {
    /// Whose ledger it is: the issuer without its scheme, `/audit/` and the node.
    public let origin: String
    /// How many entries it covers.
    public let size: Int64
    /// The root of the tree over them.
    public let root: [UInt8]

    /// A checkpoint over the first `size` entries.
    public init(origin: String, size: Int64, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The origin of a server's node: a URL without its scheme, as the format wants it.
    public static func origin(of issuer: Issuer, node: String) -> String {
        let text = issuer.rawValue
        let bare = text.split(separator: "://", maxSplits: 1).last.map(String.init) ?? text
        return (bare.hasSuffix("/") ? String(bare.dropLast()) : bare) + "/audit/" + node
    }

    /// The text that is signed.
    var text: String { "\(origin)\n\(size)\n\(Base64.encode(root))\n" }

    /// Signs it.
    ///
    /// - Throws: `CryptoError`.
    public func signed(by key: CheckpointKey) throws -> SignedNote { try SignedNote(text, by: key) }

    /// Reads the text of a note; lines behind the third, which others may use, are passed over.
    ///
    /// - Throws: `SignedNote.Fault.malformed`.
    public init(reading note: SignedNote) throws(SignedNote.Fault) {
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.count >= 3, !lines[0].isEmpty else { throw .malformed("no checkpoint: fewer than three lines") }
        guard let size = Int64(lines[1]), size >= 0, String(size) == lines[1] else {
            throw .malformed("no checkpoint: its second line is no size")
        }
        guard let root = try? Base64.decode(lines[2]), root.count == TreeHash.length else {
            throw .malformed("no checkpoint: its third line is no root")
        }
        guard !lines.dropFirst(3).contains(where: \.isEmpty) else { throw .malformed("no checkpoint: an empty line") }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    /// Reads a note and checks that the key signed it, and that it is the key's own ledger.
    ///
    /// - Throws: `SignedNote.Fault`.
    public init(note bytes: [UInt8], by key: CheckpointVerifier) throws(SignedNote.Fault) {
        let note = try SignedNote(parsing: bytes)
        try note.check(by: key)
        try self.init(reading: note)
        guard origin == key.name else { throw .malformed("its origin `\(origin)` is not the key's name `\(key.name)`") }
    }
}

/// A checkpoint as it is stored.
public struct StoredCheckpoint: Sendable, Hashable {
    /// How many entries it covers.
    public let size: Int64
    /// When it was made.
    public let time: Timestamp
    /// The signed note.
    public let note: String

    /// A checkpoint read back.
    public init(size: Int64, time: Timestamp, note: String) {
        self.size = size
        self.time = time
        self.note = note
    }
}
