import AuditLedger
import LibCrypto
import Testing

@Suite("RFC 9162 §2.1: tree, inclusion and consistency")
struct LedgerTreeTests {
    /// A tree in memory: tiles as a store keeps them, and the leaves they came from.
    private struct World {
        var tiles: [TreeTile: [UInt8]] = [:]
        var leaves: [[UInt8]] = []

        var nodes: TreeNodes { TreeNodes { [tiles] in tiles[$0] } }

        mutating func grow(by further: [[UInt8]]) throws {
            var growth = TreeGrowth(size: Int64(leaves.count)) { [tiles] in tiles[$0] }
            for leaf in further { try growth.append(leaf) }
            tiles.merge(growth.changed) { $1 }
            leaves += further
            #expect(growth.size == Int64(leaves.count))
        }

        /// The definition (RFC 9162 §2.1.1), as it is written there.
        static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
            guard let first = leaves.first else { return TreeHash.empty }
            guard leaves.count > 1 else { return first }
            var split = 1
            while split * 2 < leaves.count { split *= 2 }
            return TreeHash.node(root(leaves.prefix(split)), root(leaves.dropFirst(split)))
        }
    }

    private static func leaf(_ data: [UInt8]) -> [UInt8] { HashFunction.sha256.digest([0x00] + data) }

    private static func numbered(_ range: Range<Int>) -> [[UInt8]] {
        range.map { number in leaf((0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }) }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func `has the roots that the test trees of Certificate Transparency have`() throws {
        let data: [[UInt8]] = [
            [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57),
            Array(0x60...0x6F),
        ]
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        var world = World()
        var frontier = TreeFrontier()
        for size in 0...8 {
            #expect(Self.hexadecimal(frontier.root) == roots[size])
            #expect(Self.hexadecimal(try world.nodes.root(size: Int64(size))) == roots[size])
            guard size < 8 else { break }
            frontier.append(Self.leaf(data[size]))
            try world.grow(by: [Self.leaf(data[size])])
        }
    }

    @Test func `a leaf is the entry's hashed bytes behind a zero byte`() {
        let previous = [UInt8](repeating: 7, count: 32)
        let body = Array("{}".utf8)
        let expected = HashFunction.sha256.digest([0x00] + Array("portvakt ledger entry 1\n".utf8) + previous + body)
        #expect(TreeHash.leaf(body: body, after: previous) == expected)
    }

    @Test func `proves every leaf and every older tree of all sizes up to 40`() throws {
        var world = World()
        for size in 1...40 {
            try world.grow(by: Self.numbered(size - 1..<size))
            let nodes = world.nodes
            let root = try nodes.root(size: Int64(size))
            #expect(root == World.root(world.leaves[...]))
            for index in 0..<size {
                let path = try nodes.inclusionPath(of: Int64(index), size: Int64(size))
                let leaf = world.leaves[index]
                #expect(TreeProof.includes(leaf: leaf, at: Int64(index), path: path, in: root, size: Int64(size)))
            }
            for old in 0...size {
                let path = try nodes.consistencyPath(from: Int64(old), to: Int64(size))
                let oldRoot = World.root(world.leaves[..<old])
                #expect(TreeProof.isConsistent(from: (Int64(old), oldRoot), to: (Int64(size), root), path: path))
            }
        }
    }

    @Test func `a proof with anything changed proves nothing`() throws {
        var world = World()
        try world.grow(by: Self.numbered(0..<37))
        let nodes = world.nodes
        let root = try nodes.root(size: 37)
        for index in Int64(0)..<37 {
            let leaf = world.leaves[Int(index)]
            let path = try nodes.inclusionPath(of: index, size: 37)
            func holds(_ leaf: [UInt8], _ at: Int64, _ path: [[UInt8]], _ root: [UInt8], _ size: Int64) -> Bool {
                TreeProof.includes(leaf: leaf, at: at, path: path, in: root, size: size)
            }
            #expect(holds(leaf, index, path, root, 37))
            for other in Int64(-1)...38 where other != index { #expect(!holds(leaf, other, path, root, 37)) }
            #expect(!holds(leaf, index, path + [root], root, 37))
            #expect(!holds(leaf, index, Array(path.dropLast()), root, 37))
            #expect(!holds(TreeHash.empty, index, path, root, 37))
            for place in path.indices {
                var changed = path
                changed[place][Int(index) % 32] ^= 1
                #expect(!holds(leaf, index, changed, root, 37))
                changed[place] = []
                #expect(!holds(leaf, index, changed, root, 37))
            }
        }
        for old in Int64(1)..<37 {
            let path = try nodes.consistencyPath(from: old, to: 37)
            let oldRoot = try nodes.root(size: old)
            for place in path.indices {
                var changed = path
                changed[place][3] ^= 0x10
                #expect(!TreeProof.isConsistent(from: (old, oldRoot), to: (37, root), path: changed))
            }
            #expect(!TreeProof.isConsistent(from: (old, root), to: (37, root), path: path))
            #expect(!TreeProof.isConsistent(from: (old + 1, oldRoot), to: (37, root), path: path))
            #expect(!TreeProof.isConsistent(from: (37, root), to: (old, oldRoot), path: path))
            #expect(!TreeProof.isConsistent(from: (old, oldRoot), to: (37, root), path: []))
        }
    }

    @Test func `a proof in a tree of 70,000 leaves reads a tile or two a level`() throws {
        var world = World()
        // Grown in steps as a server does, the last tile of each level again and again.
        for start in stride(from: 0, to: 70_000, by: 7_000) { try world.grow(by: Self.numbered(start..<start + 7_000)) }
        let root = try world.nodes.root(size: 70_000)
        var frontier = TreeFrontier()
        for leaf in world.leaves { frontier.append(leaf) }
        #expect(frontier.root == root)
        #expect(try TreeFrontier(of: world.nodes, size: 70_000) == frontier)
        for index in [0, 1, 255, 256, 65_535, 65_536, 69_000, 69_999] as [Int64] {
            let nodes = world.nodes
            let path = try nodes.inclusionPath(of: index, size: 70_000)
            #expect(path.count <= 17)
            #expect(nodes.readCount <= 6)
            #expect(TreeProof.includes(leaf: world.leaves[Int(index)], at: index, path: path, in: root, size: 70_000))
        }
        for old in [1, 256, 65_536, 66_001] as [Int64] {
            let nodes = world.nodes
            let path = try nodes.consistencyPath(from: old, to: 70_000)
            #expect(nodes.readCount <= 8)
            let oldRoot = try world.nodes.root(size: old)
            #expect(TreeProof.isConsistent(from: (old, oldRoot), to: (70_000, root), path: path))
        }
    }

    @Test func `what is missing is named, and what a crash left behind does not count`() throws {
        var world = World()
        try world.grow(by: Self.numbered(0..<300))
        let whole = world
        world.tiles[TreeTile(level: 0, number: 0)] = nil
        #expect(throws: TreeFault.missing(TreeTile(level: 0, number: 0))) {
            try world.nodes.inclusionPath(of: 3, size: 300)
        }
        #expect(throws: TreeFault.size(301)) { try whole.nodes.inclusionPath(of: 300, size: 300) }
        // Tiles were written further than the size that was committed says: they are written again from there.
        var growth = TreeGrowth(size: 280) { whole.tiles[$0] }
        for leaf in Self.numbered(900..<930) { try growth.append(leaf) }
        let leaves = whole.leaves[..<280] + Self.numbered(900..<930)[...]
        let tiles = whole.tiles.merging(growth.changed) { $1 }
        #expect(try TreeNodes { tiles[$0] }.root(size: 310) == World.root(leaves))
    }
}
