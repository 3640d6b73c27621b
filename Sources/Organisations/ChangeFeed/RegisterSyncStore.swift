package import Vocabulary

/// What a page of a feed comes to: what holds now of the units it names, and how far the feed is read with it.
package struct SyncBatch: Sendable, Hashable {
    /// A unit of which no more is known than that it was deleted.
    package struct Deletion: Sendable, Hashable {
        /// The unit.
        package let number: OrganisationNumber
        /// Of which register it is.
        package let kind: Organisation.Kind
        /// The day of the entry.
        package let day: CalendarDate?

        /// A deletion.
        package init(number: OrganisationNumber, kind: Organisation.Kind, day: CalendarDate?) {
            self.number = number
            self.kind = kind
            self.day = day
        }
    }

    /// The feed.
    package let feed: RegisterFeed
    /// How far the store says that the feed was read before; nil when it says nothing.
    ///
    /// Where the store says otherwise by then, an import or another sync came between, and the batch must not be applied.
    package let behind: FeedCursor?
    /// Up to where the feed is read once this is applied.
    package let cursor: FeedCursor
    /// Whether the feed is read to its present end with it.
    package var isLast = false
    /// Units as they are now: live, deleted or purged.
    package var units: [Organisation] = []
    /// Units that were deleted and that the register does not show any more; what is known of them else stays.
    package var deletions: [Deletion] = []
    /// All the roles of some units.
    package var roles: [RegisteredRoles] = []
    /// Units that the register does not know although the feed names them.
    package var notFound = 0
    /// Answers that could not be used.
    package var unusable: [SyncReport.Unusable] = []

    /// A batch that changes nothing yet.
    package init(feed: RegisterFeed, behind: FeedCursor?, cursor: FeedCursor) {
        self.feed = feed
        self.behind = behind
        self.cursor = cursor
    }
}

/// What a sync did.
package struct SyncReport: Sendable, Hashable {
    /// The most answers that cannot be used and are named; further ones are only counted.
    package static let unusableListed = 100

    /// What the store says of a batch.
    package struct Applied: Sendable, Hashable {
        /// Units that the register did not know.
        package var added = 0
        /// Units, or roles of units, that it knew otherwise.
        package var changed = 0
        /// What it knew just so.
        package var unchanged = 0
        /// Units that lived and are deleted or purged now.
        package var closed = 0
        /// Units whose content was dropped for legal reasons.
        package var purged = 0

        /// Nothing.
        package init() {}

        /// Whether anything in the register is other than before.
        package var changesAnything: Bool { added + changed + closed + purged > 0 }

        /// Adds what another batch did.
        package static func += (left: inout Applied, right: Applied) {
            left.added += right.added
            left.changed += right.changed
            left.unchanged += right.unchanged
            left.closed += right.closed
            left.purged += right.purged
        }
    }

    /// An answer that could not be used: the unit stays as it was.
    package struct Unusable: Sendable, Hashable {
        /// The unit.
        package let number: OrganisationNumber
        /// What is wrong with the answer.
        package let cause: String
    }

    /// The feed.
    package let feed: RegisterFeed
    /// Entries read.
    package var entries = 0
    /// Entries that name no unit.
    package var malformed = 0
    /// Units that the register does not know although the feed names them.
    package var notFound = 0
    /// What came of the rest.
    package var applied = Applied()
    /// How many answers could not be used.
    package var unusableCount = 0
    /// The first of them.
    package var unusable: [Unusable] = []
    /// The time of the latest entry.
    package var latest: Timestamp?

    /// A report of a sync that has done nothing yet.
    package init(feed: RegisterFeed) { self.feed = feed }

    mutating func add(_ more: [Unusable]) { add(more, of: more.count) }

    private mutating func add(_ more: [Unusable], of count: Int) {
        unusableCount += count
        unusable += more.prefix(max(0, Self.unusableListed - unusable.count))
    }

    /// Adds what was done after it, on the same feed.
    package static func += (left: inout SyncReport, right: SyncReport) {
        left.entries += right.entries
        left.malformed += right.malformed
        left.notFound += right.notFound
        left.applied += right.applied
        left.add(right.unusable, of: right.unusableCount)
        left.latest = right.latest ?? left.latest
    }
}

/// Why a batch could not be applied although the register answered; nothing has changed.
package enum SyncObstacle: Error, Hashable, CustomStringConvertible {
    /// An import is under way, which would overwrite what is written now with what its file says.
    case importRunning
    /// The cursor is no longer where the batch was read from: an import or another sync came between.
    case cursorMoved

    /// What stands in the way.
    package var description: String {
        switch self {
        case .importRunning: "an import into this register is under way"
        case .cursorMoved: "an import or another sync came between"
        }
    }
}

/// What a sync needs of the database.
package protocol RegisterSyncStore: Sendable {
    /// How far a feed has been read; nil when it never was.
    func cursor(of feed: RegisterFeed) throws -> FeedCursor?

    /// Takes over a batch, its cursor and, with the last one, the time of the success in one act; raises the revision if
    /// anything changed.
    ///
    /// - Throws: ``SyncObstacle``, with nothing changed; what the database throws.
    func apply(_ batch: SyncBatch) throws -> SyncReport.Applied
}
