public import Vocabulary

/// Where a ledger begins whose older entries were let go.
public struct LedgerCut: Sendable, Hashable {
    /// How many entries were let go: the first one that is left has the next number.
    public let size: Int64
    /// The hash of the last entry that was let go, which the first one left names.
    public let hash: [UInt8]
    /// When it was cut.
    public let time: Timestamp
    /// The signed checkpoint that it was cut at: its root is the proof of what was let go.
    public let note: String

    /// A cut read back.
    public init(size: Int64, hash: [UInt8], time: Timestamp, note: String) {
        self.size = size
        self.hash = hash
        self.time = time
        self.note = note
    }
}

/// Reads the tree over the ledger, inside an open transaction or snapshot; blocks.
public protocol LedgerTreeReader: LedgerReader {
    /// The node whose ledger it is.
    var node: String { get throws }
    /// How many entries the stored tree covers.
    var treeSize: Int64 { get throws }
    /// The stored nodes.
    var treeNodes: TreeNodes { get }
    /// The checkpoint that covers most.
    var latestCheckpoint: StoredCheckpoint? { get throws }
    /// The first checkpoint that covers at least so many entries.
    func checkpoint(covering size: Int64) throws -> StoredCheckpoint?
    /// What the stored checkpoints are checked with: the present key last, those before it in their order.
    var checkpointKeys: [CheckpointVerifier] { get throws }
    /// Where the ledger begins; nil while nothing was let go.
    var cut: LedgerCut? { get throws }
    /// One row as it stands, with its columns.
    func row(_ sequence: Int64) throws -> LedgerRow?
}
