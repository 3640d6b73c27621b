/// Compares entries with the stored tree and with the roots that were signed, as they are walked.
///
/// The chain tells whether entries follow each other; the tree tells whether they are the ones that were there when it grew;
/// a checkpoint, whether they are the ones that were there when it was signed.
public struct TreeVerifier: Sendable {
    /// A root that the first `size` entries must have.
    public struct Mark: Sendable, Hashable {
        /// Who says so.
        public enum Witness: Sendable, Hashable {
            /// A checkpoint that stands in the database.
            case stored
            /// A checkpoint that was kept elsewhere.
            case anchor(String)
        }

        /// Of how many entries.
        public let size: Int64
        /// The root.
        public let root: [UInt8]
        /// Who says so.
        public let witness: Witness

        /// A root to compare with.
        public init(size: Int64, root: [UInt8], witness: Witness) {
            self.size = size
            self.root = root
            self.witness = witness
        }

        /// What it means that the entries have another root, when those up to `confirmed` are known to be good.
        public func fault(after confirmed: Int64) -> LedgerFault {
            switch witness {
            case .stored: LedgerFault(sequence: confirmed + 1, kind: .checkpoint(through: size))
            case .anchor(let name): LedgerFault(sequence: confirmed + 1, kind: .anchor(name, through: size))
            }
        }
    }

    /// The last size at which a signed root was found to fit; 0: none yet.
    public private(set) var confirmed: Int64 = 0
    /// How many anchors were found to fit.
    public private(set) var anchorsMet = 0

    private var frontier: TreeFrontier
    private var suspect: Int64?

    /// A verifier for what follows the entries of `frontier`.
    public init(after frontier: TreeFrontier = TreeFrontier()) { self.frontier = frontier }

    /// How many entries it has seen.
    public var size: Int64 { frontier.size }
    /// The root of them all.
    public var root: [UInt8] { frontier.root }

    /// Takes the next entry, and the leaf that is stored for it where the tree reaches so far.
    public mutating func take(_ entry: LedgerEntry, stored leaf: [UInt8]?) {
        let own = TreeHash.leaf(of: entry)
        frontier.append(own)
        // Entry or tree: the next signed root tells which of the two was changed.
        if let leaf, leaf != own, suspect == nil { suspect = entry.position.sequence }
    }

    /// Compares the root with one that was signed for just so many entries.
    ///
    /// - Throws: `LedgerFault`.
    public mutating func meet(_ mark: Mark) throws(LedgerFault) {
        precondition(mark.size == frontier.size)
        guard mark.root == frontier.root else {
            if let suspect { throw LedgerFault(sequence: suspect, kind: .replaced) }
            throw mark.fault(after: confirmed)
        }
        if let suspect { throw LedgerFault(sequence: suspect, kind: .leaf) }
        confirmed = mark.size
        if case .anchor = mark.witness { anchorsMet += 1 }
    }

    /// Says what no signed root has settled; at the end of the walk.
    ///
    /// - Throws: `LedgerFault`.
    public func finish() throws(LedgerFault) {
        if let suspect { throw LedgerFault(sequence: suspect, kind: .replaced) }
    }
}
