/// Walks a ledger from its beginning, or from a cut, and finds the first entry that was altered, replaced, inserted, moved or
/// taken out.
///
/// Chain, tree and signed roots are compared at once: the chain sees what does not fit together, the tree which of two entries
/// was there first, a signed root whether entry or tree was touched.
public struct LedgerWalk: Sendable {
    /// The chain so far.
    public private(set) var chain: LedgerVerifier
    /// The tree so far.
    public private(set) var tree: TreeVerifier

    private var marks: ArraySlice<TreeVerifier.Mark>

    /// A walk from the first entry, or behind the one with the hash `head`.
    ///
    /// - Parameters:
    ///   - node: Whose ledger it is.
    ///   - head: The number and the hash of the entry before the first one.
    ///   - frontier: The tree up to there.
    ///   - marks: The roots that were signed for further entries.
    public init(
        node: String,
        after head: (sequence: Int64, hash: [UInt8]) = (0, LedgerEntry.genesis),
        _ frontier: TreeFrontier = TreeFrontier(),
        marks: [TreeVerifier.Mark] = []
    ) {
        precondition(head.sequence == frontier.size)
        chain = LedgerVerifier(node: node, after: head)
        tree = TreeVerifier(after: frontier)
        self.marks = []
        expect(marks)
    }

    /// Has further roots to compare with, those signed for entries that are still to come.
    public mutating func expect(_ further: [TreeVerifier.Mark]) {
        let coming = further.filter { $0.size > tree.size }
        guard !coming.isEmpty else { return }
        marks = (marks + coming).sorted { $0.size < $1.size }[...]
    }

    /// Takes the next row, and the leaf that the tree holds at its place where it reaches so far.
    ///
    /// - Throws: `LedgerFault`; nothing can be said of what follows.
    public mutating func take(_ row: LedgerRow, stored leaf: [UInt8]?) throws(LedgerFault) {
        do throws(LedgerFault) { try chain.check(row) } catch {
            // An entry that was put in another's place fits together in itself; the one behind it no longer does.
            try tree.finish()
            throw error
        }
        tree.take(row.entry, stored: leaf)
        while let mark = marks.first, mark.size == tree.size {
            marks.removeFirst()
            try tree.meet(mark)
        }
    }

    /// Says what the end of the ledger shows, when it was walked to its end.
    ///
    /// - Throws: `LedgerFault` when tree or signed roots reach further than the ledger.
    public func finish(treeSize: Int64) throws(LedgerFault) {
        try tree.finish()
        let reach = max(treeSize, marks.last?.size ?? 0)
        guard reach <= chain.head.sequence else {
            throw LedgerFault(sequence: chain.head.sequence + 1, kind: .cutOff(to: reach))
        }
    }
}
