public import AuditLedger
public import SQLiteStorage
import Vocabulary

/// A walk through the ledger of a data folder, in stretches, with all that there is to compare it with.
public struct LedgerInspection: Sendable {
    private let store: SQLiteStore
    private let from: Int64
    private let to: Int64?
    private let anchors: [TreeVerifier.Mark]
    private let ownKey: CheckpointVerifier?

    /// So many entries are read in one snapshot, so that a server's log can be folded in between.
    private static let stretch: Int64 = 10_000

    /// Why a walk cannot begin.
    public struct NoSuchEntry: Error, Sendable, Hashable {
        /// The entry before the first one wanted, which is not there.
        public let sequence: Int64
    }

    /// A walk from one entry to another, or to the end.
    ///
    /// - Parameters:
    ///   - store: Where the ledger is.
    ///   - from: The first entry wanted.
    ///   - to: The last one; nil: all.
    ///   - anchors: Roots that were signed and kept elsewhere.
    ///   - ownKey: The key that stands beside the database, which must have signed the newest checkpoint; nil where it is
    ///     not at hand.
    public init(
        _ store: SQLiteStore,
        from: Int64 = 1,
        to: Int64? = nil,
        anchors: [TreeVerifier.Mark] = [],
        ownKey: CheckpointVerifier? = nil
    ) {
        self.store = store
        self.from = from
        self.to = to
        self.anchors = anchors
        self.ownKey = ownKey
    }

    /// What there is at the start.
    private struct Scene {
        let node: String
        let last: Int64
        let treeSize: Int64
        let cut: LedgerCut?
        let first: Int64
        let end: Int64
    }

    /// What was found.
    public struct Outcome: Sendable {
        /// Whose ledger it is.
        public let node: String
        /// The first entry that was looked at.
        public let first: Int64
        /// The chain as far as it holds.
        public let chain: LedgerVerifier
        /// The tree as far as it holds.
        public let tree: TreeVerifier
        /// The first thing that does not fit.
        public let fault: LedgerFault?
        /// Entries that searches by time pass over.
        public let misfiled: ClosedRange<Int64>?
        /// Where the ledger begins; nil: at its first entry.
        public let cut: LedgerCut?
        /// How many anchors cover only what lies before the first entry, and were met by the stored tree.
        public let anchorsBefore: Int
        /// The ledger's last entry.
        public let last: Int64
    }

    /// Walks it.
    ///
    /// - Throws: ``NoSuchEntry`` when the first entry wanted has none before it, or what the store throws.
    public func run(_ progress: (_ checked: Int64) -> Void = { _ in }) throws -> Outcome {
        let scene = try scene()
        var walk = LedgerWalk(node: scene.node)
        do {
            walk = try begin(scene)
            var next = scene.first
            while next <= scene.end {
                let stretchEnd = min(next + Self.stretch - 1, scene.end)
                try store.read { try Self.take(next...stretchEnd, scene, from: $0, into: &walk) }
                next = stretchEnd + 1
                progress(walk.chain.checked)
            }
            if scene.end > 0, walk.chain.head.sequence < scene.end {
                throw LedgerFault(sequence: scene.end + 1, kind: .missing(from: walk.chain.head.sequence + 1))
            }
            if scene.end == scene.last {
                walk.expect(try store.read { try Self.marks(from: scene.last + 1, through: .max, in: $0) })
                try walk.finish(treeSize: scene.treeSize)
                try checkNewest()
            } else {
                try walk.tree.finish()
            }
        } catch let fault as LedgerFault {
            return outcome(walk, scene, fault)
        }
        return outcome(
            walk,
            scene,
            nil,
            misfiled: try store.read { try $0.misfiledEntries(from: scene.first, through: scene.end) }
        )
    }

    private func outcome(
        _ walk: LedgerWalk,
        _ scene: Scene,
        _ fault: LedgerFault?,
        misfiled: ClosedRange<Int64>? = nil
    ) -> Outcome {
        Outcome(
            node: scene.node,
            first: scene.first,
            chain: walk.chain,
            tree: walk.tree,
            fault: fault,
            misfiled: misfiled,
            cut: scene.cut,
            anchorsBefore: anchors.count { $0.size < scene.first },
            last: scene.last
        )
    }

    private func scene() throws -> Scene {
        let (node, last, treeSize, cut) = try store.read {
            (try $0.node, try $0.lastSequence, try $0.treeSize, try $0.cut)
        }
        let first = max(from, (cut?.size ?? 0) + 1)
        return Scene(
            node: node,
            last: last,
            treeSize: treeSize,
            cut: cut,
            first: first,
            end: min(to ?? last, last)
        )
    }

    /// Whoever writes into the database alone could name a key of his own in it, and sign by that.
    private func checkNewest() throws {
        guard let ownKey, let newest = try store.read({ try $0.latestCheckpoint }) else { return }
        _ = try Self.checkpoint(newest.note, size: newest.size, by: [ownKey])
    }

    /// Takes a stretch, in one snapshot.
    private static func take(
        _ range: ClosedRange<Int64>,
        _ scene: Scene,
        from reader: SQLiteReader,
        into walk: inout LedgerWalk
    ) throws {
        walk.expect(try marks(from: range.lowerBound, through: range.upperBound, in: reader))
        let nodes = reader.treeNodes
        try reader.visitRows(from: range.lowerBound, through: range.upperBound) { row in
            let sequence = row.entry.position.sequence
            var leaf: [UInt8]?
            if sequence <= scene.treeSize {
                do { leaf = try nodes.leaf(sequence - 1) } catch let fault as TreeFault {
                    throw LedgerFault(sequence: sequence, kind: .tree(fault))
                }
            }
            try walk.take(row, stored: leaf)
        }
    }

    /// The roots that stored checkpoints were signed for.
    private static func marks(
        from first: Int64,
        through last: Int64,
        in reader: SQLiteReader
    ) throws -> [TreeVerifier.Mark] {
        let keys = try reader.checkpointKeys
        return try reader.checkpoints(from: first, through: last).map { stored in
            let signed = try checkpoint(stored.note, size: stored.size, by: keys)
            return TreeVerifier.Mark(size: stored.size, root: signed.root, witness: .stored)
        }
    }

    /// What stands before the first entry: its hash, the tree, and the roots that were signed for it.
    private func begin(_ scene: Scene) throws -> LedgerWalk {
        let before = scene.first - 1
        return try store.read { reader in
            var hash = LedgerEntry.genesis
            var signed = anchors.filter { $0.size <= before }
            if let cut = scene.cut, cut.size == before {
                hash = cut.hash
                let checkpoint = try Self.checkpoint(cut.note, size: before, by: reader.checkpointKeys)
                signed.append(.init(size: before, root: checkpoint.root, witness: .stored))
            } else if before > 0 {
                guard let row = try reader.row(before) else {
                    throw NoSuchEntry(sequence: before)
                }
                hash = row.entry.hash
            }
            let nodes = reader.treeNodes
            do {
                // What lies before was signed for too; its leaves are kept even where the entries are not.
                for mark in signed where try nodes.root(size: mark.size) != mark.root { throw mark.fault(after: 0) }
                var frontier = try TreeFrontier(of: nodes, size: min(before, scene.treeSize))
                if before > scene.treeSize {
                    try reader.visitRows(from: scene.treeSize + 1, through: before) { row in
                        frontier.append(TreeHash.leaf(of: row.entry))
                    }
                }
                guard frontier.size == before else {
                    throw LedgerFault(sequence: before, kind: .missing(from: frontier.size + 1))
                }
                return LedgerWalk(node: scene.node, after: (before, hash), frontier, marks: anchors)
            } catch let fault as TreeFault {
                throw LedgerFault(sequence: scene.first, kind: .tree(fault))
            }
        }
    }

    private static func checkpoint(
        _ note: String,
        size: Int64,
        by keys: [CheckpointVerifier]
    ) throws(LedgerFault) -> Checkpoint {
        var reason = "no key is known"
        for key in keys.reversed() {
            let found: Checkpoint
            do throws(SignedNote.Fault) { found = try Checkpoint(note: Array(note.utf8), by: key) } catch {
                reason = "\(error)"
                continue
            }
            guard found.size == size else {
                throw LedgerFault(sequence: size, kind: .note("it was signed for \(found.size) entries"))
            }
            return found
        }
        throw LedgerFault(sequence: size, kind: .note(reason))
    }
}
