public import JOSE
public import Vocabulary

/// The proof that an entry stands in the ledger: the entry's hashed bytes, its place, the hashes that lead to a root, and the
/// checkpoint that signs that root.
///
/// It tells nothing of other entries: the hashes beside it are over bytes with a random salt each.
public struct EntryProof: Sendable, Hashable {
    /// What the `schema` of its JSON says.
    public static let schema = "ledger-proof"

    /// The entry's place in the tree, from 0: its sequence number less one.
    public let index: Int64
    /// The hash of the entry before it.
    public let previous: [UInt8]
    /// The entry's text, byte for byte.
    public let body: [UInt8]
    /// The hashes beside the way from the leaf to the root, the lowest first.
    public let path: [[UInt8]]
    /// The signed checkpoint.
    public let checkpoint: String

    /// A proof of that entry by that checkpoint.
    ///
    /// - Throws: `TreeFault`, `SignedNote.Fault`, or what reading throws.
    public init(of entry: LedgerEntry, from nodes: TreeNodes, by checkpoint: StoredCheckpoint) throws {
        index = entry.position.sequence - 1
        previous = entry.previous
        body = entry.body
        path = try nodes.inclusionPath(of: index, size: checkpoint.size)
        self.checkpoint = checkpoint.note
    }

    /// Reads a proof's JSON, under the members of ``json``.
    ///
    /// - Throws: `ProofFault.malformed`.
    public init(parsing object: JSONObject) throws(ProofFault) {
        try ProofFault.expect(Self.schema, in: object)
        guard let index = object["index"]?.integer, index >= 0 else { throw .malformed("index") }
        self.index = index
        previous = try ProofFault.hash(object["previous"], "previous")
        guard let body = object["body"]?.string else { throw .malformed("body") }
        self.body = Array(body.utf8)
        path = try ProofFault.hashes(object["path"], "path")
        guard let checkpoint = object["checkpoint"]?.string else { throw .malformed("checkpoint") }
        self.checkpoint = checkpoint
    }

    /// The proof as the members of a JSON object.
    public var json: JSONObject {
        [
            "schema": .string("portvakt/\(Self.schema)/v1"), "index": .integer(index),
            "previous": .string(Base64.encode(previous)), "body": .string(String(decoding: body, as: UTF8.self)),
            "path": .array(path.map { .string(Base64.encode($0)) }), "checkpoint": .string(checkpoint),
        ]
    }

    /// Checks the proof, with nothing but the key.
    ///
    /// - Throws: `ProofFault`.
    /// - Returns: the checkpoint, and what the entry says.
    public func check(by key: CheckpointVerifier) throws(ProofFault) -> (checkpoint: Checkpoint, entry: LedgerContent) {
        let signed: Checkpoint
        do { signed = try Checkpoint(note: Array(checkpoint.utf8), by: key) } catch { throw .checkpoint(error) }
        let leaf = TreeHash.leaf(body: body, after: previous)
        guard TreeProof.includes(leaf: leaf, at: index, path: path, in: signed.root, size: signed.size) else {
            throw .notIncluded
        }
        let content: LedgerContent
        do { content = try LedgerContent(parsing: body) } catch { throw .entry(error) }
        // An honest log never holds an entry elsewhere than where it says; a proof must not either.
        guard content.position.sequence == index + 1, signed.origin.hasSuffix("/audit/\(content.position.node)") else {
            throw .misplaced(content.position)
        }
        return (signed, content)
    }
}

/// The proof that one checkpoint's entries begin with those of an older one: nothing was changed in between, only added.
public struct ConsistencyProof: Sendable, Hashable {
    /// What the `schema` of its JSON says.
    public static let schema = "ledger-consistency"

    /// The older checkpoint's note.
    public let old: String
    /// The newer checkpoint's note.
    public let new: String
    /// The hashes that make both roots.
    public let path: [[UInt8]]

    /// A proof from one signed checkpoint to another.
    public init(from old: String, to new: String, path: [[UInt8]]) {
        self.old = old
        self.new = new
        self.path = path
    }

    /// Reads a proof's JSON, under the members of ``json``.
    ///
    /// - Throws: `ProofFault.malformed`.
    public init(parsing object: JSONObject) throws(ProofFault) {
        try ProofFault.expect(Self.schema, in: object)
        guard let old = object["old"]?.string else { throw .malformed("old") }
        guard let new = object["new"]?.string else { throw .malformed("new") }
        self.init(from: old, to: new, path: try ProofFault.hashes(object["path"], "path"))
    }

    /// The proof as the members of a JSON object.
    public var json: JSONObject {
        [
            "schema": .string("portvakt/\(Self.schema)/v1"), "old": .string(old), "new": .string(new),
            "path": .array(path.map { .string(Base64.encode($0)) }),
        ]
    }

    /// Checks the proof, with nothing but the key.
    ///
    /// - Throws: `ProofFault`.
    public func check(by key: CheckpointVerifier) throws(ProofFault) -> (old: Checkpoint, new: Checkpoint) {
        let signed: (old: Checkpoint, new: Checkpoint)
        do {
            signed = (
                try Checkpoint(note: Array(old.utf8), by: key), try Checkpoint(note: Array(new.utf8), by: key)
            )
        } catch { throw .checkpoint(error) }
        guard
            TreeProof.isConsistent(
                from: (signed.old.size, signed.old.root),
                to: (signed.new.size, signed.new.root),
                path: path
            )
        else { throw .inconsistent }
        return signed
    }
}

/// Why a proof proves nothing.
public enum ProofFault: Error, Hashable, Sendable {
    /// A member is missing or of another form.
    case malformed(String)
    /// It is a proof of another kind or version.
    case schema(String)
    /// Its checkpoint cannot be believed.
    case checkpoint(SignedNote.Fault)
    /// The entry is not among those that the checkpoint covers: entry, place or path were altered.
    case notIncluded
    /// The entry is in the tree, but says that it belongs elsewhere.
    case misplaced(LedgerPosition)
    /// The entry is in the tree, but cannot be read.
    case entry(LedgerContent.ReadError)
    /// The newer checkpoint does not begin with the entries of the older one.
    case inconsistent

    static func expect(_ schema: String, in object: JSONObject) throws(ProofFault) {
        let found = object["schema"]?.string ?? ""
        guard found == "portvakt/\(schema)/v1" else { throw .schema(found) }
    }

    static func hash(_ value: JSONValue?, _ name: String) throws(ProofFault) -> [UInt8] {
        guard let bytes = value?.string.flatMap({ try? Base64.decode($0) }), bytes.count == TreeHash.length else {
            throw .malformed(name)
        }
        return bytes
    }

    static func hashes(_ value: JSONValue?, _ name: String) throws(ProofFault) -> [[UInt8]] {
        guard let values = value?.array else { throw .malformed(name) }
        var hashes: [[UInt8]] = []
        for value in values { hashes.append(try hash(value, name)) }
        return hashes
    }
}

extension ProofFault: CustomStringConvertible {
    /// One line for whoever checks.
    public var description: String {
        switch self {
        case .malformed(let name): "member `\(name)` of the proof is missing or malformed"
        case .schema(let found): "`\(found)` is no proof that this program knows"
        case .checkpoint(let fault): "the checkpoint cannot be believed: \(fault)"
        case .notIncluded: "the entry is not among those that the checkpoint was signed for"
        case .misplaced(let position):
            "the entry says that it is number \(position.sequence) of node `\(position.node)`, which is another place"
        case .entry: "the entry cannot be read"
        case .inconsistent:
            "the newer checkpoint does not begin with the entries of the older one: the ledger was rewritten"
        }
    }
}

extension CheckpointKey {
    /// Signs for the first `size` entries.
    ///
    /// - Throws: `CryptoError`.
    public func checkpoint(size: Int64, root: [UInt8], at now: Timestamp) throws -> StoredCheckpoint {
        let note = try Checkpoint(origin: name, size: size, root: root).signed(by: self)
        return StoredCheckpoint(size: size, time: now, note: note.description)
    }
}
