public import AuditLedger
internal import Foundation
internal import RelationalStorage
public import Vocabulary

/// Reading the tree over the ledger, its checkpoints and its cuts.
extension SQLiteReader: LedgerTreeReader {
    /// How many entries the stored tree covers.
    public var treeSize: Int64 {
        get throws { try treeEnd.size }
    }

    /// How far the tree goes, and the chain's hash there.
    var treeEnd: (size: Int64, hash: [UInt8]) {
        get throws {
            guard let row = try Row.fetchOne(database, sql: "SELECT size, hash FROM ledger_tree WHERE id = 1") else {
                throw StorageError.corrupt(detail: "the tree's size is missing")
            }
            return (row[0], Array(row[1] as Data))
        }
    }

    /// The stored nodes; each use of it belongs to this snapshot.
    public var treeNodes: TreeNodes { TreeNodes { [self] in try tile($0) } }

    func tile(_ tile: TreeTile) throws -> [UInt8]? {
        try Data.fetchOne(
            database.cachedStatement(sql: "SELECT hashes FROM ledger_tile WHERE level = ? AND number = ?"),
            arguments: [tile.level, tile.number]
        ).map { Array($0) }
    }

    /// The checkpoint that covers most.
    public var latestCheckpoint: StoredCheckpoint? {
        get throws {
            try Row.fetchOne(
                database.cachedStatement(
                    sql: "SELECT size, time, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"
                )
            ).map(Self.checkpoint)
        }
    }

    /// The time of the oldest entry that no checkpoint covers; nil when all are covered.
    public var oldestUncovered: Timestamp? {
        get throws {
            try Int64.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT time FROM ledger
                        WHERE sequence > coalesce((SELECT max(size) FROM ledger_checkpoint), 0) ORDER BY sequence LIMIT 1
                        """
                )
            ).map { Timestamp(seconds: $0) }
        }
    }

    /// The first checkpoint that covers at least so many entries.
    public func checkpoint(covering size: Int64) throws -> StoredCheckpoint? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT size, time, note FROM ledger_checkpoint WHERE size >= ? ORDER BY size LIMIT 1"
            ),
            arguments: [size]
        ).map(Self.checkpoint)
    }

    /// The checkpoints of those sizes, in their order.
    public func checkpoints(from first: Int64, through last: Int64) throws -> [StoredCheckpoint] {
        try Row.fetchAll(
            database,
            sql: "SELECT size, time, note FROM ledger_checkpoint WHERE size BETWEEN ? AND ? ORDER BY size",
            arguments: [first, last]
        ).map(Self.checkpoint)
    }

    /// What the stored checkpoints are checked with: the present key last, those before it in their order.
    public var checkpointKeys: [CheckpointVerifier] {
        get throws {
            try setting("checkpoint_keys")?.split(separator: "\n").compactMap { CheckpointVerifier(String($0)) } ?? []
        }
    }

    /// Where the ledger begins; nil while nothing was let go.
    public var cut: LedgerCut? {
        get throws {
            try Row.fetchOne(database, sql: "SELECT size, hash, time, note FROM ledger_cut ORDER BY size DESC LIMIT 1")
                .map { row in
                    LedgerCut(
                        size: row[0],
                        hash: Array(row[1] as Data),
                        time: Timestamp(seconds: row[2]),
                        note: row[3]
                    )
                }
        }
    }

    private static func checkpoint(_ row: Row) -> StoredCheckpoint {
        StoredCheckpoint(size: row[0], time: Timestamp(seconds: row[1]), note: row[2])
    }
}

/// Growing the tree behind the ledger.
extension SQLiteStore {
    /// A step of growing: what was read and hashed, to be written in a transaction of its own.
    public struct TreeStep: Sendable {
        fileprivate let before: Int64
        fileprivate let size: Int64
        fileprivate let hash: [UInt8]
        fileprivate let tiles: [TreeTile: [UInt8]]
        /// The tree's root after it.
        public let root: [UInt8]
        /// Whether the ledger has more entries, as of that look.
        public let isBehind: Bool
        /// The checkpoint before.
        public let checkpoint: StoredCheckpoint?

        /// How many entries it adds; 0: there was nothing to do.
        public var entries: Int64 { size - before }
        /// How many entries the tree then covers.
        public var treeSize: Int64 { size }
    }

    /// Hashes the next entries that the tree does not cover, at most `limit`; does not write.
    ///
    /// - Parameters:
    ///   - limit: The most entries.
    ///   - signed: The last checkpoint that is known to be one's own: the tree must still begin with it.
    ///   - rests: Whether it leaves most of the time to those who have more hurry.
    /// - Throws: `StorageError.corrupt` when the chain does not hold there, or the tree is another one than was signed for:
    ///   nothing is signed for that is not whole.
    /// - Returns: what is to be written.
    public func nextTreeStep(
        limit: Int64,
        continuing signed: Checkpoint?,
        resting rests: Bool = false
    ) throws -> TreeStep {
        try read { try $0.nextTreeStep(limit: limit, continuing: signed, RestingReading(rests: rests)) }
    }
}

extension SQLiteReader {
    /// How many entries are hashed between two rests.
    private static var piece: Int64 { 64 }

    fileprivate func nextTreeStep(
        limit: Int64,
        continuing signed: Checkpoint?,
        _ reading: RestingReading
    ) throws -> SQLiteStore.TreeStep {
        var reading = reading
        let end = try treeEnd
        if let signed {
            guard end.size >= signed.size, try treeNodes.root(size: signed.size) == signed.root else {
                throw StorageError.corrupt(
                    detail: "the tree is not the one that was signed for at \(signed.size) entries: "
                        + "run `portvakt audit verify`"
                )
            }
        }
        var growth = TreeGrowth(size: end.size) { [self] in try tile($0) }
        var hash = end.hash
        let rows = try database.cachedStatement(
            sql: "SELECT sequence, previous, hash, body FROM ledger WHERE sequence > ? ORDER BY sequence LIMIT ?"
        )
        try rows.setArguments([end.size, limit])
        defer { rows.reset() }
        while try rows.step() {
            let sequence = rows.integer(0)
            let (previous, own, body) = (Array(rows.bytes(1)), Array(rows.bytes(2)), Array(rows.bytes(3)))
            guard sequence == growth.size + 1, previous == hash, own == LedgerEntry.hash(of: body, after: previous)
            else {
                throw StorageError.corrupt(
                    detail: "the ledger does not hold at entry \(growth.size + 1): run `portvakt audit verify`"
                )
            }
            try growth.append(TreeHash.leaf(body: body, after: previous))
            hash = own
            if growth.size.isMultiple(of: Self.piece) { reading.rest() }
        }
        let (changed, size) = (growth.changed, growth.size)
        let nodes = TreeNodes { [self] in try changed[$0] ?? tile($0) }
        return SQLiteStore.TreeStep(
            before: end.size,
            size: size,
            hash: hash,
            tiles: changed,
            root: try nodes.root(size: size),
            isBehind: try size < lastSequence,
            checkpoint: try latestCheckpoint
        )
    }
}

extension SQLiteTransaction {
    /// Writes a step's tiles, and the checkpoint that was signed for its root, unless somebody else has grown the tree
    /// meanwhile.
    ///
    /// - Returns: whether it was written.
    @discardableResult
    public func add(
        _ step: SQLiteStore.TreeStep,
        checkpoint: StoredCheckpoint?,
        by key: CheckpointVerifier
    ) throws -> Bool {
        guard try treeSize == step.before else { return false }
        if checkpoint != nil { try note(key) }
        for (place, hashes) in step.tiles {
            try run(
                """
                INSERT INTO ledger_tile (level, number, hashes) VALUES (?, ?, ?)
                ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes
                """,
                [place.level, place.number, Data(hashes)]
            )
        }
        if step.entries > 0 {
            try run("UPDATE ledger_tree SET size = ?, hash = ? WHERE id = 1", [step.size, Data(step.hash)])
        }
        if let checkpoint {
            try run(
                """
                INSERT INTO ledger_checkpoint (size, time, note) VALUES (?, ?, ?)
                ON CONFLICT (size) DO UPDATE SET time = excluded.time, note = excluded.note
                """,
                [checkpoint.size, checkpoint.time.seconds, checkpoint.note]
            )
        }
        return true
    }

    /// Remembers what checkpoints are checked with from now on.
    private func note(_ key: CheckpointVerifier) throws {
        let known = try checkpointKeys
        guard known.last != key else { return }
        try set(
            "checkpoint_keys",
            to: (known.filter { $0 != key } + [key]).map(\.description).joined(separator: "\n")
        )
    }

    /// Says where the ledger begins from now on; the entries before are taken out by ``removeCutEntries(limit:)``.
    public func insert(_ cut: LedgerCut) throws {
        try run(
            "INSERT INTO ledger_cut (size, hash, time, note) VALUES (?, ?, ?, ?)",
            [cut.size, Data(cut.hash), cut.time.seconds, cut.note]
        )
    }

    /// Takes out entries that were let go, the oldest first.
    ///
    /// - Returns: how many.
    public func removeCutEntries(limit: Int) throws -> Int {
        guard let cut = try cut else { return 0 }
        try run(
            """
            DELETE FROM ledger WHERE sequence IN (SELECT sequence FROM ledger WHERE sequence <= ? ORDER BY sequence LIMIT ?)
            """,
            [cut.size, limit]
        )
        let removed = database.changesCount
        // A zone goes with the last of its entries.
        try run(
            "DELETE FROM ledger_zone WHERE zone < (SELECT coalesce(min(sequence), 0) >> ? FROM ledger)",
            [LedgerZone.bits]
        )
        return removed
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
