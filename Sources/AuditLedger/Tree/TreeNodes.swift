/// A stretch of one level of the tree, as it is stored: up to 256 hashes that stand together.
///
/// Level 0 holds leaves, level 1 the roots of 256 leaves each, and so on: a proof reads two tiles a level at most.
public struct TreeTile: Sendable, Hashable {
    /// How many bits of an index tell the hashes of one tile apart.
    public static let bits: Int64 = 8
    /// How many hashes a full tile has.
    public static let width: Int64 = 1 << bits

    /// The level, from 0.
    public let level: Int
    /// Which tile of the level, from 0.
    public let number: Int64

    /// A tile's place.
    public init(level: Int, number: Int64) {
        self.level = level
        self.number = number
    }
}

/// Why a tree cannot tell what was asked.
public enum TreeFault: Error, Hashable, Sendable {
    /// A stored tile is missing or too short.
    case missing(TreeTile)
    /// The tree is not that large.
    case size(Int64)
}

extension TreeFault: CustomStringConvertible {
    /// One line for the operator.
    public var description: String {
        switch self {
        case .missing(let tile): "tile \(tile.number) of level \(tile.level) of the stored tree is missing or cut short"
        case .size(let size): "the tree does not reach to \(size) entries"
        }
    }
}

/// The stored nodes of a tree, read tile by tile, each once.
///
/// Belongs to one snapshot and one task.
public final class TreeNodes {
    private let read: (TreeTile) throws -> [UInt8]?
    private var tiles: [TreeTile: [UInt8]] = [:]

    /// Nodes that `read` fetches: a tile's hashes, one after the other; nil where there is no such tile.
    public init(read: @escaping (TreeTile) throws -> [UInt8]?) { self.read = read }

    /// How many tiles were read.
    public var readCount: Int { tiles.count }

    /// The hash of the perfect subtree of 2^`height` leaves, the one of that number from the left.
    ///
    /// - Throws: `TreeFault.missing`, or what reading throws.
    public func subtree(height: Int, index: Int64) throws -> [UInt8] {
        let inner = Int64(height) % TreeTile.bits
        let first = index << inner
        let place = TreeTile(level: height / Int(TreeTile.bits), number: first >> TreeTile.bits)
        let tile = try tile(place)
        let start = Int(first & (TreeTile.width - 1)) * TreeHash.length
        let end = start + TreeHash.length << Int(inner)
        guard end <= tile.count else { throw TreeFault.missing(place) }
        var hashes = stride(from: start, to: end, by: TreeHash.length).map { Array(tile[$0..<$0 + TreeHash.length]) }
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map { TreeHash.node(hashes[$0], hashes[$0 + 1]) }
        }
        return hashes[0]
    }

    /// The hash of a leaf.
    public func leaf(_ index: Int64) throws -> [UInt8] { try subtree(height: 0, index: index) }

    private func tile(_ place: TreeTile) throws -> [UInt8] {
        if let tile = tiles[place] { return tile }
        guard let tile = try read(place) else { throw TreeFault.missing(place) }
        tiles[place] = tile
        return tile
    }
}

/// Grows a stored tree by further leaves, and tells which tiles changed.
public struct TreeGrowth {
    /// How many leaves the tree has.
    public private(set) var size: Int64
    /// The tiles that are new or longer than they were.
    public private(set) var changed: [TreeTile: [UInt8]] = [:]

    private let read: (TreeTile) throws -> [UInt8]?

    /// A tree of `size` leaves whose tiles `read` fetches.
    public init(size: Int64, read: @escaping (TreeTile) throws -> [UInt8]?) {
        self.size = size
        self.read = read
    }

    /// Adds a leaf's hash.
    ///
    /// - Throws: `TreeFault.missing`, or what reading throws.
    public mutating func append(_ leaf: [UInt8]) throws {
        var (hash, index, level) = (leaf, size, 0)
        while true {
            let place = TreeTile(level: level, number: index >> TreeTile.bits)
            let known = Int(index & (TreeTile.width - 1)) * TreeHash.length
            // Taken out while it grows, or each leaf would copy its tile.
            var tile = try changed.removeValue(forKey: place) ?? (known > 0 ? read(place) ?? [] : [])
            // A tile that was written further than the size says was not committed with it; none of it counts.
            guard tile.count >= known else { throw TreeFault.missing(place) }
            if tile.count > known { tile.removeSubrange(known...) }
            tile.append(contentsOf: hash)
            defer { changed[place] = tile }
            guard tile.count == Int(TreeTile.width) * TreeHash.length else { break }
            hash = Self.root(of: tile)
            index >>= TreeTile.bits
            level += 1
        }
        size += 1
    }

    private static func root(of tile: [UInt8]) -> [UInt8] {
        var frontier = TreeFrontier()
        for start in stride(from: 0, to: tile.count, by: TreeHash.length) {
            frontier.append(Array(tile[start..<start + TreeHash.length]))
        }
        return frontier.root
    }
}
