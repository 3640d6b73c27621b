/// What a feed's word on one unit makes of what the register knows: pure, and the same however often it is asked.
package enum SyncOutcome: Sendable, Hashable {
    /// It stands there just so.
    case unchanged
    /// It takes this place.
    case replaced(by: Organisation)

    /// What becomes of a unit that the register shows, live, deleted or purged.
    package init(of unit: Organisation, knownAs before: Organisation?) {
        guard let before else {
            self = .replaced(by: unit)
            return
        }
        // What is known from a deleted unit's life stays; of a purged one nothing does.
        let after = unit.isLive || unit.isPurged ? unit : before.deleted(as: unit)
        self = after == before ? .unchanged : .replaced(by: after)
    }

    /// What becomes of a unit of which no more is told than that it was deleted.
    package init(of deletion: SyncBatch.Deletion, knownAs before: Organisation?) {
        guard let before, before.isLive else {
            self = .unchanged
            return
        }
        var after = before
        after.deleted = deletion.day
        after.isDeleted = deletion.day == nil
        self = .replaced(by: after)
    }
}

extension SyncReport.Applied {
    /// Counts what was done about one unit.
    package mutating func count(_ outcome: SyncOutcome, knownAs before: Organisation?) {
        guard case .replaced(let after) = outcome else {
            unchanged += 1
            return
        }
        guard let before else {
            added += 1
            return
        }
        let isClosed = before.isLive && !after.isLive
        let isPurged = after.isPurged && !before.isPurged
        if isClosed { closed += 1 }
        if isPurged { purged += 1 }
        if !isClosed && !isPurged { changed += 1 }
    }
}
