/// Proofs from stored nodes (RFC 9162 §2.1.3.1, §2.1.4.1).
extension TreeNodes {
    /// The root of the first `size` leaves.
    public func root(size: Int64) throws -> [UInt8] {
        guard size > 0 else { return TreeHash.empty }
        return try hash(of: 0..<size)
    }

    /// The hashes that lead from a leaf to the root of the first `size` leaves.
    ///
    /// - Throws: `TreeFault`, or what reading throws.
    public func inclusionPath(of index: Int64, size: Int64) throws -> [[UInt8]] {
        guard index >= 0, index < size else { throw TreeFault.size(index + 1) }
        var path: [[UInt8]] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = range.lowerBound + TreeShape.split(Int64(range.count))
            if index < middle {
                path.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return path.reversed()
    }

    /// The hashes that show that the tree of `size` leaves begins with the one of `old`.
    ///
    /// - Throws: `TreeFault`, or what reading throws.
    public func consistencyPath(from old: Int64, to size: Int64) throws -> [[UInt8]] {
        guard old >= 0, old <= size else { throw TreeFault.size(old) }
        guard old > 0, old < size else { return [] }
        var path: [[UInt8]] = []
        var range = 0..<size
        var isWhole = true
        // RFC 9162 §2.1.4.1: SUBPROOF, walked down instead of by recursion.
        while range.upperBound != old {
            let middle = range.lowerBound + TreeShape.split(Int64(range.count))
            if old <= middle {
                path.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        // Whoever checks has the old root itself when it stands in the new tree as it is.
        if !isWhole { path.append(try hash(of: range)) }
        return path.reversed()
    }

    /// The hash of a stretch that divides as the tree does.
    private func hash(of range: Range<Int64>) throws -> [UInt8] {
        let count = Int64(range.count)
        if count & (count - 1) == 0 {
            let height = count.trailingZeroBitCount
            return try subtree(height: height, index: range.lowerBound >> Int64(height))
        }
        let middle = range.lowerBound + TreeShape.split(count)
        return TreeHash.node(try hash(of: range.lowerBound..<middle), try hash(of: middle..<range.upperBound))
    }
}

/// Checks of proofs, which need nothing but what they are given.
public enum TreeProof {
    /// Whether the path leads from a leaf to the root of a tree of that size (RFC 9162 §2.1.3.2).
    public static func includes(
        leaf: [UInt8],
        at index: Int64,
        path: [[UInt8]],
        in root: [UInt8],
        size: Int64
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var (position, last, hash) = (index, size - 1, leaf)
        for sibling in path {
            guard last > 0, sibling.count == TreeHash.length else { return false }
            if position & 1 == 1 || position == last {
                hash = TreeHash.node(sibling, hash)
                while position & 1 == 0, position > 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = TreeHash.node(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether the path shows that the tree with the root `new` begins with the one with the root `old` (RFC 9162 §2.1.4.2).
    public static func isConsistent(
        from old: (size: Int64, root: [UInt8]),
        to new: (size: Int64, root: [UInt8]),
        path: [[UInt8]]
    ) -> Bool {
        guard old.size >= 0, old.size <= new.size else { return false }
        if old.size == new.size { return path.isEmpty && old.root == new.root }
        // Every tree begins with the empty one.
        if old.size == 0 { return path.isEmpty && old.root == TreeHash.empty }
        var path = path[...]
        var (position, last) = (old.size - 1, new.size - 1)
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        // An old tree that is a perfect one stands in the new one as it is, and its root is the first hash.
        guard let first = position == 0 ? old.root : path.popFirst(), first.count == TreeHash.length else {
            return false
        }
        var (oldHash, newHash) = (first, first)
        for sibling in path {
            guard last > 0, sibling.count == TreeHash.length else { return false }
            if position & 1 == 1 || position == last {
                oldHash = TreeHash.node(sibling, oldHash)
                newHash = TreeHash.node(sibling, newHash)
                while position & 1 == 0, position > 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                newHash = TreeHash.node(newHash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == old.root && newHash == new.root
    }
}
