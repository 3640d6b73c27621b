public import Vocabulary

extension LedgerTransaction {
    /// The operator's act when the clock was set back for good: lowers the mark to `now` and records the act.
    ///
    /// Claims that the lower mark calls back to life are filed as stray ones, for they may lie behind rows with earlier times.
    /// A running server notices with its next batch.
    ///
    /// - Returns: The record before the act.
    @discardableResult
    public func acceptClock(
        _ now: Timestamp,
        boot: ClockRecord.Boot,
        window: ReplayWindow,
        recording event: LedgerEvent
    ) throws -> ClockRecord {
        let before = try clockRecord
        var revived: [HeldClaim] = []
        try visitClaims(mark: now, window: window) { claim in
            if now < window.release(of: claim.expires) { revived.append(claim) }
        }
        try storeStray(revived)
        try store(before.accepting(now, boot: boot, window: window))
        try append(event, claiming: [])
        return before
    }
}
