public import Administration
import AuditLedger
public import JOSE
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
        by actor: Actor,
        reason: String?
    ) throws -> SigningKeySchedule.Rotation {
        let (id, _) = try folder.makeKey(for: algorithm)
        return try store.transaction { transaction in
            let rotation = schedule.rotation(
                to: id,
                algorithm: algorithm,
                among: try transaction.signingKeys(),
                at: now,
                immediately: immediately
            )
            for key in [rotation.new] + rotation.replaced {
                let kind: LedgerEvent.Kind = key.id == id ? .signingKeyCreated : .signingKeyScheduled
                try keep(key, kind, at: now, by: actor, reason: reason, in: transaction)
            }
            // Not a fact that a decision rests on, but what a running server must hear of.
            try transaction.raiseRevision()
            return rotation
        }
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
            try keep(key, .signingKeyScheduled, at: now, by: actor, reason: reason, in: transaction)
            try transaction.raiseRevision()
            return (key, true)
        }
    }

    private func keep(
        _ key: SigningKeyRecord,
        _ kind: LedgerEvent.Kind,
        at now: Timestamp,
        by actor: Actor,
        reason: String?,
        in transaction: SQLiteTransaction
    ) throws {
        try transaction.store(key)
        var event = LedgerEvent(time: now, kind: kind, details: details(of: key, reason: reason))
        actor.sign(&event)
        try transaction.append(event)
    }

    private func details(of key: SigningKeyRecord, reason: String?) -> JSONObject {
        var details: JSONObject = [
            "kid": .string(key.id.rawValue),
            "alg": .string(key.algorithm.rawValue),
            "activates": .string("\(key.activates)"),
        ]
        details["retires"] = key.retires.map { .string("\($0)") }
        details["removed"] = key.removed.map { .string("\($0)") }
        details["reason"] = reason.map(JSONValue.string)
        return details
    }
}
