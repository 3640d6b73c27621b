internal import LibCrypto

/// The hashes of the Merkle tree over a node's entries (RFC 9162 §2.1.1, the same as RFC 6962 §2.1).
///
/// A leaf is an entry's hashed bytes: ``LedgerEntry/domain``, `previous` and `body`. The salt in each body keeps a leaf's hash
/// from telling anything of an entry that one does not hold.
public enum TreeHash {
    /// The length of each hash, in bytes.
    public static let length = 32

    /// The root of the tree without leaves.
    public static let empty = HashFunction.sha256.digest([])

    /// The hash of an entry as a leaf.
    public static func leaf(of entry: LedgerEntry) -> [UInt8] { leaf(body: entry.body, after: entry.previous) }

    /// The hash of the leaf of an entry with that body, behind the one with the hash `previous`.
    public static func leaf(body: [UInt8], after previous: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + LedgerEntry.domain.count + previous.count + body.count)
        // RFC 9162 §2.1.1: a leaf can never stand for a node.
        bytes.append(0x00)
        bytes.append(contentsOf: LedgerEntry.domain)
        bytes.append(contentsOf: previous)
        bytes.append(contentsOf: body)
        return HashFunction.sha256.digest(bytes)
    }

    /// The hash of a node.
    public static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x01]
        bytes.reserveCapacity(1 + 2 * length)
        bytes.append(contentsOf: left)
        bytes.append(contentsOf: right)
        return HashFunction.sha256.digest(bytes)
    }
}

/// The tree's root after each leaf, from the leaves alone: what an auditor computes, who has no stored node to believe.
///
/// It keeps one hash for each bit of the size.
public struct TreeFrontier: Sendable, Hashable {
    /// How many leaves it has seen.
    public private(set) var size: Int64 = 0
    /// The roots of the perfect subtrees that make the tree, the largest first.
    private var subtrees: [[UInt8]] = []

    /// A tree without leaves.
    public init() {}

    /// The state of a tree whose nodes are stored.
    ///
    /// - Throws: what reading them throws, or `TreeFault`.
    public init(of nodes: TreeNodes, size: Int64) throws {
        var first: Int64 = 0
        for height in TreeShape.heights(of: size) {
            subtrees.append(try nodes.subtree(height: height, index: first >> Int64(height)))
            first += 1 << Int64(height)
        }
        self.size = size
    }

    /// Takes the next leaf's hash.
    public mutating func append(_ leaf: [UInt8]) {
        var hash = leaf
        var rest = size
        while rest & 1 == 1, let left = subtrees.popLast() {
            hash = TreeHash.node(left, hash)
            rest >>= 1
        }
        subtrees.append(hash)
        size += 1
    }

    /// The root of all leaves so far.
    public var root: [UInt8] {
        guard var root = subtrees.last else { return TreeHash.empty }
        for left in subtrees.dropLast().reversed() { root = TreeHash.node(left, root) }
        return root
    }
}

/// Of which perfect subtrees a tree is made.
enum TreeShape {
    /// The heights of the perfect subtrees of a tree of that size, from the left.
    static func heights(of size: Int64) -> [Int] {
        (0..<63).reversed().filter { size >> Int64($0) & 1 == 1 }
    }

    /// Where a tree of more than one leaf divides (RFC 9162 §2.1.1): the largest power of two below its size.
    static func split(_ size: Int64) -> Int64 {
        precondition(size > 1)
        return 1 << Int64(63 - (size - 1).leadingZeroBitCount)
    }
}
