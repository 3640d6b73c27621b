public import Administration
public import AuditLedger
import JOSE
public import SQLiteStorage
import TokenIssuance
public import Vocabulary

/// Letting old entries go, at a checkpoint that stays the proof of what they were.
///
/// The leaves of what is let go are kept, 32 bytes each, so that every proof and every checkpoint made before goes on
/// holding, and an exported copy of an entry can still be proved.
public struct LedgerPruning: Sendable {
    /// The shortest time that entries are kept: far more than any token or assertion lives.
    public static let shortestRetention = Seconds.days(1)

    /// Where the ledger is to begin.
    public let cut: LedgerCut
    /// Where it begins now; nil: at its first entry.
    public let before: LedgerCut?
    /// The root that was signed for what is let go.
    public let root: [UInt8]
    /// All of it is older than that.
    public let time: Timestamp

    /// How many entries are let go.
    public var entries: Int64 { cut.size - (before?.size ?? 0) }

    /// Finds where to cut so that every entry from `time` on stays, and checks that all before it is whole.
    ///
    /// - Throws: `LedgerFault`: what is not whole is evidence and is not let go; `StorageError`.
    /// - Returns: nil when there is no checkpoint to cut at.
    public static func plan(
        _ store: SQLiteStore,
        olderThan time: Timestamp,
        at now: Timestamp
    ) throws -> LedgerPruning? {
        let window = ReplayWindow(lifetime: ReplayWindow.longestLifetime, skew: GrantRules.skew)
        let wanted = min(time, now - shortestRetention)
        let (point, before) = try store.read { reader in
            (try reader.pruningPoint(olderThan: wanted, keeping: window.walk + shortestRetention), try reader.cut)
        }
        guard let point else { return nil }
        let outcome = try LedgerInspection(store, from: (before?.size ?? 0) + 1, to: point.checkpoint.size).run()
        if let fault = outcome.fault { throw fault }
        guard outcome.tree.confirmed == point.checkpoint.size else {
            throw LedgerFault(sequence: point.checkpoint.size, kind: .note("it was not met"))
        }
        return LedgerPruning(
            cut: LedgerCut(
                size: point.checkpoint.size,
                hash: point.hash,
                time: now,
                note: point.checkpoint.note
            ),
            before: before,
            root: outcome.tree.root,
            time: wanted
        )
    }

    /// Says in the ledger where it begins from now on; the entries are taken out afterwards.
    ///
    /// - Throws: what the store throws.
    /// - Returns: false when somebody else has cut it meanwhile.
    @discardableResult
    public func begin(in administration: Administration<SQLiteTransaction>) throws -> Bool {
        let transaction = administration.transaction
        guard try transaction.cut == before else { return false }
        try transaction.insert(cut)
        try administration.notePruning(cut, before: before, root: Base64.encode(root), olderThan: time)
        return true
    }
}
