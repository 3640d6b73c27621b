public import Vocabulary

/// An item as it was listed when the server last looked, and since when.
public struct AttentionRecord: Sendable, Hashable {
    /// The item.
    public var item: AttentionItem
    /// When it was first listed.
    public var appeared: Timestamp
    /// When its severity, words or end last changed.
    public var updated: Timestamp
    /// When it was listed no more; nil while it is.
    public var resolved: Timestamp?

    /// A record.
    public init(_ item: AttentionItem, appeared: Timestamp, updated: Timestamp, resolved: Timestamp? = nil) {
        self.item = item
        self.appeared = appeared
        self.updated = updated
        self.resolved = resolved
    }

    /// The item, with a time since when it is so.
    public var dated: AttentionItem {
        var item = item
        item.since = item.since ?? appeared
        return item
    }
}

/// What happened between two looks at the list.
public struct AttentionEvent: Sendable, Hashable {
    /// What happened to an item.
    public enum Change: String, Sendable, Hashable, CaseIterable {
        /// It was not there before.
        case appeared
        /// It is more pressing.
        case rose
        /// It is there no more.
        case resolved
    }

    /// What happened.
    public let change: Change
    /// The item as it is now, or was last.
    public let item: AttentionItem

    /// A change of an item.
    public init(change: Change, item: AttentionItem) {
        self.change = change
        self.item = item
    }

    /// What receivers know it by: `attention.rose`.
    public var type: String { "attention.\(change.rawValue)" }
}

/// The difference between the list as it was kept and as it is.
public struct AttentionDifference: Sendable, Hashable {
    /// The records that are new or other than they were.
    public let changed: [AttentionRecord]
    /// What receivers are told.
    public let events: [AttentionEvent]

    /// Compares.
    ///
    /// - Parameters:
    ///   - records: what was kept.
    ///   - items: what there is now.
    ///   - now: the present time.
    public init(from records: [AttentionRecord], to items: [AttentionItem], at now: Timestamp) {
        var known = Dictionary(records.map { ($0.item.id, $0) }) { first, _ in first }
        var changed: [AttentionRecord] = []
        var events: [AttentionEvent] = []
        for item in items {
            guard let record = known.removeValue(forKey: item.id), record.resolved == nil else {
                changed.append(AttentionRecord(item, appeared: now, updated: now))
                events.append(AttentionEvent(change: .appeared, item: item))
                continue
            }
            guard record.item != item else { continue }
            changed.append(AttentionRecord(item, appeared: record.appeared, updated: now))
            if item.severity > record.item.severity { events.append(AttentionEvent(change: .rose, item: item)) }
        }
        for record in records where known[record.item.id] != nil && record.resolved == nil {
            var gone = record
            gone.updated = now
            gone.resolved = now
            changed.append(gone)
            events.append(AttentionEvent(change: .resolved, item: record.item))
        }
        self.changed = changed
        self.events = events
    }

    /// Whether nothing changed.
    public var isEmpty: Bool { changed.isEmpty }
}
