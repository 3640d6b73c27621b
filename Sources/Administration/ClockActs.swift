public import AuditLedger
import JOSE
public import Vocabulary

// The operator and the clock.
extension Administration {
    /// Accepts that it is now, whatever later time the store has seen: tokens are issued again (DESIGN §2 item 4).
    ///
    /// Assertions issued up to this moment are refused; claims of the time that is lived through again are kept.
    ///
    /// - Returns: What the store knew of the clock before.
    @discardableResult
    public func acceptClock(boot: ClockRecord.Boot, window: ReplayWindow) throws -> ClockRecord {
        let before = try transaction.clockRecord
        var event = LedgerEvent(time: now, kind: .clockAccepted, details: ["mark": .integer(before.mark.seconds)])
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        return try transaction.acceptClock(now, boot: boot, window: window, recording: event)
    }

    /// Enters that a backup was put in the place of the database.
    ///
    /// What was used between backup and now is unknown here, so assertions issued up to this moment are refused.
    ///
    /// - Parameters:
    ///   - made: When the backup was made.
    ///   - digest: Its SHA-256, in hexadecimal.
    ///   - boot: The machine's run.
    ///   - window: How long assertions can be of use.
    /// - Throws: What the store throws.
    public func noteRestoration(
        ofBackupMade made: Timestamp,
        digest: String,
        boot: ClockRecord.Boot,
        window: ReplayWindow
    ) throws {
        var event = LedgerEvent(
            time: now,
            kind: .storeRestored,
            details: ["backup_made": .string("\(made)"), "backup_sha256": .string(digest)]
        )
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        try transaction.acceptClock(now, boot: boot, window: window, recording: event)
    }
}
