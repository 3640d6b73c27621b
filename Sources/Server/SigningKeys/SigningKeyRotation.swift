public import Administration
import AuditLedger
public import JOSE
import NIOPosix
public import SQLiteStorage
public import TokenIssuance
public import Vocabulary

/// Makes a new signing key and gives it its place in the timetable (DESIGN §10).
///
/// The file comes first and the timetable after it, in one transaction with the ledger's entries: what fails between the
/// two leaves a file that nobody uses. A running server takes both up within a second.
public struct SigningKeyRotation: Sendable {
    private let store: SQLiteStore
    private let folder: SigningKeyFolder
    private let schedule: SigningKeySchedule

    /// Rotation of the keys of one installation.
    public init(store: SQLiteStore, folder: SigningKeyFolder, schedule: SigningKeySchedule) {
        self.store = store
        self.folder = folder
        self.schedule = schedule
    }

    /// What a rotation would do at `now`, under an identifier that stands for the key not made yet.
    public func plan(
        _ algorithm: JWSAlgorithm,
        at now: Timestamp,
        immediately: Bool
    ) throws -> SigningKeySchedule.Rotation {
        let placeholder = try KeyID(parsing: "new")
        return try store.read { reader in
            schedule.rotation(
                to: placeholder,
                algorithm: algorithm,
                among: try reader.signingKeys(),
                at: now,
                immediately: immediately
            )
        }
    }

    /// Makes the key and stores the timetable.
    ///
    /// - Throws: `SigningKeyFolder.Fault`, `StorageError`.
    public func perform(
        _ algorithm: JWSAlgorithm,
        at now: Timestamp,
        immediately: Bool,
        from origin: SigningKeyFolder.Origin = .new,
        by actor: Actor,
        reason: String?
    ) throws -> SigningKeySchedule.Rotation {
        let (id, _) = try folder.makeKey(for: algorithm, from: origin, at: now)
        return try store.transaction { transaction in
            try enter(id, algorithm, at: now, immediately: immediately, reason: reason, in: transaction) {
                actor.sign(&$0)
            }
        }
    }

    /// Makes the next key of each algorithm whose time has come, through whoever writes for the server.
    ///
    /// The file comes first here too. Whether it is still time is asked again in the transaction: an operator may have
    /// rotated meanwhile, and then the file stays unused.
    ///
    /// - Returns: the rotations that were entered.
    /// - Throws: `SigningKeyFolder.Fault`, what the writer throws.
    func performDue(
        _ algorithm: JWSAlgorithm,
        every interval: Seconds,
        at now: Timestamp,
        with writer: LedgerWriter<SQLiteStore>
    ) async throws -> SigningKeySchedule.Rotation? {
        let folder = folder
        // Off the cooperative pool: a key takes a while to make, and a token may be slow.
        let (id, _) = try await NIOThreadPool.singleton.runIfActive {
            try folder.makeKey(for: algorithm, from: .new, at: now)
        }
        return try await writer.perform { transaction in
            let known = try transaction.signingKeys()
            guard schedule.algorithmsDue(among: known, every: interval, at: now).contains(algorithm) else { return nil }
            return try enter(id, algorithm, at: now, immediately: false, reason: nil, in: transaction) { event in
                event.actor = "server"
                event.details["cause"] = "key_rotation"
            }
        }
    }

    private func enter(
        _ id: KeyID,
        _ algorithm: JWSAlgorithm,
        at now: Timestamp,
        immediately: Bool,
        reason: String?,
        in transaction: SQLiteTransaction,
        signedBy sign: (inout LedgerEvent) -> Void
    ) throws -> SigningKeySchedule.Rotation {
        let rotation = schedule.rotation(
            to: id,
            algorithm: algorithm,
            among: try transaction.signingKeys(),
            at: now,
            immediately: immediately
        )
        for key in [rotation.new] + rotation.replaced {
            let kind: LedgerEvent.Kind = key.id == id ? .signingKeyCreated : .signingKeyScheduled
            try keep(key, kind, at: now, reason: reason, in: transaction, signedBy: sign)
        }
        // Not a fact that a decision rests on, but what a running server must hear of.
        try transaction.raiseRevision()
        return rotation
    }

    /// Ends a key before its time.
    ///
    /// - Returns: the key as it is now, and whether the act changed it.
    /// - Throws: `SigningKeySchedule.RetirementRefusal`, `StorageError`.
    public func retire(
        _ id: KeyID,
        at now: Timestamp,
        by actor: Actor,
        reason: String?
    ) throws -> (key: SigningKeyRecord, hasChanged: Bool) {
        try store.transaction { transaction in
            let keys = try transaction.signingKeys()
            guard let key = try schedule.retirement(of: id, among: keys, at: now) else {
                guard let key = keys.first(where: { $0.id == id }) else {
                    throw SigningKeySchedule.RetirementRefusal.unknown(id)
                }
                return (key, false)
            }
            try keep(key, .signingKeyScheduled, at: now, reason: reason, in: transaction) { actor.sign(&$0) }
            try transaction.raiseRevision()
            return (key, true)
        }
    }

    private func keep(
        _ key: SigningKeyRecord,
        _ kind: LedgerEvent.Kind,
        at now: Timestamp,
        reason: String?,
        in transaction: SQLiteTransaction,
        signedBy sign: (inout LedgerEvent) -> Void
    ) throws {
        try transaction.store(key)
        var event = LedgerEvent(time: now, kind: kind, details: key.ledgerDetails(reason: reason))
        sign(&event)
        try transaction.append(event)
    }
}
