public import AuditLedger
public import SQLiteStorage
public import Vocabulary

/// Making a checkpoint at once, for commands on the data folder.
public enum CheckpointMaking {
    /// So many entries are hashed in one snapshot and written in one transaction.
    private static let step: Int64 = 4_096

    /// Brings the tree up to the ledger's end and signs it.
    ///
    /// - Parameters:
    ///   - store: Where the ledger is.
    ///   - now: The present time.
    ///   - former: The key that has signed so far, when another one was just made.
    /// - Throws: ``KeyFileFault``, `StorageError`.
    /// - Returns: the newest checkpoint; nil of an empty ledger.
    public static func catchUp(
        _ store: SQLiteStore,
        at now: Timestamp,
        after former: CheckpointVerifier? = nil
    ) throws -> StoredCheckpoint? {
        let (known, last, name) = try store.read { reader in
            (try reader.latestCheckpoint, try reader.lastSequence, try origin(in: reader))
        }
        let key = try CheckpointKeyFile.readOrMake(in: store.folder.path, named: name, isUsed: known != nil)
        if let known, known.size == last { return known }
        guard last > 0 else { return nil }
        let signed = try known.map { try own($0, by: former ?? key.verifier) }
        while true {
            let step = try store.nextTreeStep(limit: step, continuing: signed)
            let isFull = step.entries == Self.step && step.isBehind
            let checkpoint = isFull ? nil : try key.checkpoint(size: step.treeSize, root: step.root, at: now)
            // When a server has grown the tree meanwhile, the next look goes on from there.
            let isWritten = try store.transaction { try $0.add(step, checkpoint: checkpoint, by: key.verifier) }
            if isWritten, let checkpoint { return checkpoint }
        }
    }

    /// What a stored checkpoint says, when the installation's key signed it.
    ///
    /// - Throws: `StorageError.corrupt` when it did not: whoever put it there has another history in mind.
    static func own(_ stored: StoredCheckpoint, by key: CheckpointVerifier) throws -> Checkpoint {
        do throws(SignedNote.Fault) {
            return try Checkpoint(note: Array(stored.note.utf8), by: key)
        } catch {
            throw StorageError.corrupt(
                detail: "the last checkpoint is not by the installation's key: run `portvakt audit verify`"
            )
        }
    }

    /// The name of an installation's key, which is the origin of its checkpoints.
    ///
    /// - Throws: `StorageError`, or when the issuer that is stored is none.
    public static func origin(in reader: SQLiteReader) throws -> String {
        guard let issuer = try reader.setting("issuer") else {
            throw StorageError.corrupt(detail: "the issuer is missing")
        }
        return Checkpoint.origin(of: try Issuer(parsing: issuer), node: try reader.node)
    }
}
