public import Vocabulary

/// A row of the ledger with the columns that stand beside the body, for the verifier to compare.
public struct LedgerRow: Sendable, Hashable {
    /// The entry.
    public var entry: LedgerEntry
    /// The column that searches by time use.
    public var time: Timestamp
    /// The column that searches by kind use.
    public var kind: String
    /// The column that claims are read from at start.
    public var claims: [UInt8]

    /// A row.
    public init(entry: LedgerEntry, time: Timestamp, kind: String, claims: [UInt8]) {
        self.entry = entry
        self.time = time
        self.kind = kind
        self.claims = claims
    }
}

/// What is wrong with a chain, at the first place where something is.
public struct LedgerFault: Error, Sendable, Hashable {
    /// What is wrong.
    public enum Kind: Sendable, Hashable {
        /// Entries are missing before this one, from that sequence number on.
        case missing(from: Int64)
        /// The stored hash is not that of the body after the entry before.
        case altered
        /// It names another entry before it than the one that stands there.
        case previous
        /// Its body belongs at another place.
        case reordered(body: LedgerPosition)
        /// Its body cannot be read.
        case unreadable(LedgerContent.ReadError)
        /// A column says something else than the body.
        case column(String)
        /// It follows the entry before it, but is not the one that the tree holds at its place.
        case replaced
        /// It is the one that was signed for, but the tree holds another hash at its place.
        case leaf
        /// From it through another, an entry is not what a stored checkpoint was signed for.
        case checkpoint(through: Int64)
        /// From it through another, an entry is not what a checkpoint kept elsewhere was signed for.
        case anchor(String, through: Int64)
        /// The newest entries were cut off: tree or checkpoint reach so far.
        case cutOff(to: Int64)
        /// A stored checkpoint cannot be believed; says why.
        case note(String)
        /// The stored tree cannot be read there.
        case tree(TreeFault)
    }

    /// Where.
    public let sequence: Int64
    /// What.
    public let kind: Kind

    /// A fault.
    public init(sequence: Int64, kind: Kind) {
        self.sequence = sequence
        self.kind = kind
    }
}

extension LedgerFault: CustomStringConvertible {
    /// One line for the operator.
    public var description: String {
        switch kind {
        case .missing(let from) where from == sequence - 1: "entry \(from) is missing"
        case .missing(let from): "entries \(from) to \(sequence - 1) are missing"
        case .altered: "entry \(sequence) was altered: its hash does not fit"
        case .previous: "entry \(sequence) does not follow the entry before it: one of the two was replaced"
        case .reordered(let body): "entry \(sequence) holds the entry \(body.sequence) of node `\(body.node)`"
        case .unreadable(.json(let detail)): "entry \(sequence) cannot be read: \(detail)"
        case .unreadable(.member(let name)):
            "entry \(sequence) cannot be read: member `\(name)` is missing or malformed"
        case .unreadable(.version(let version)):
            "entry \(sequence) is of format \(version), which this program does not know"
        case .column(let name): "entry \(sequence) was altered: column `\(name)` differs from its text"
        case .replaced:
            "entry \(sequence) was replaced or inserted: it is not the one that the tree holds at its place"
        case .leaf: "the tree was altered at entry \(sequence); the entry itself is the one that was signed for"
        case .checkpoint(let last):
            "entries \(sequence) to \(last) are not those that the checkpoint of \(last) entries was signed for"
        case .anchor(let name, let last):
            "entries \(sequence) to \(last) are not those that the checkpoint in `\(name)` was signed for: the ledger was written anew"
        case .cutOff(let last) where last == sequence: "entry \(last) is missing: the ledger ends before it"
        case .cutOff(let last): "entries \(sequence) to \(last) are missing: the ledger ends before them"
        case .tree(let fault): "the tree cannot be compared at entry \(sequence): \(fault)"
        case .note(let detail): "the stored checkpoint of \(sequence) entries cannot be believed: \(detail)"
        }
    }
}

/// Walks a node's chain and finds the first altered, missing or reordered entry.
///
/// A chain alone cannot show that its newest entries were cut off, nor that the whole of it was written anew: that takes a
/// checkpoint that somebody else has kept.
public struct LedgerVerifier: Sendable {
    /// The node whose chain it is.
    public let node: String
    /// How many entries were found good.
    public private(set) var checked: Int64 = 0
    /// The last good one.
    public private(set) var head: (sequence: Int64, hash: [UInt8])

    /// A verifier for a whole chain, or for what follows the entry `head`.
    public init(node: String, after head: (sequence: Int64, hash: [UInt8]) = (0, LedgerEntry.genesis)) {
        self.node = node
        self.head = head
    }

    /// Checks the next row, in order of the sequence numbers.
    ///
    /// - Throws: `LedgerFault`; nothing can be said of what follows.
    public mutating func check(_ row: LedgerRow) throws(LedgerFault) {
        let sequence = row.entry.position.sequence
        func fault(_ kind: LedgerFault.Kind) -> LedgerFault { LedgerFault(sequence: sequence, kind: kind) }
        guard sequence == head.sequence + 1 else { throw fault(.missing(from: head.sequence + 1)) }
        guard row.entry.hash == LedgerEntry.hash(of: row.entry.body, after: row.entry.previous) else {
            throw fault(.altered)
        }
        let content: LedgerContent
        do { content = try LedgerContent(parsing: row.entry.body) } catch { throw fault(.unreadable(error)) }
        let expected = LedgerPosition(node: node, sequence: sequence)
        guard content.position == expected else { throw fault(.reordered(body: content.position)) }
        guard row.entry.previous == head.hash else { throw fault(.previous) }
        guard content.event.time == row.time else { throw fault(.column("time")) }
        guard content.event.kind.rawValue == row.kind else { throw fault(.column("kind")) }
        guard content.claims.bytes == row.claims else { throw fault(.column("claims")) }
        checked += 1
        head = (sequence, row.entry.hash)
    }
}
