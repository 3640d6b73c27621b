internal import DequeModule
internal import JOSE
internal import Vocabulary

/// Counts each client's equal refusals, so that a client in a loop cannot fill the ledger (DESIGN §2 item 6).
///
/// The first ten of a minute are entries of their own; the others become one entry when the minute is over.
struct RefusalSummaries {
    /// What makes refusals equal.
    private struct Key: Hashable {
        let client: ClientID?
        let code: String?
    }

    /// One minute of one client and code.
    struct Minute {
        let ends: Int64
        var total = 0
        var summed = 0
        var first: LedgerEvent
        var until: Timestamp
        var scopes: [ScopeName] = []
        var hasMoreScopes = false
    }

    private var minutes: [Key: Minute] = [:]
    /// In the order that they end, which is the order that they began.
    private var order: Deque<Key> = []

    // What the open batch has changed, for a batch that fails.
    private var before: [Key: Minute?] = [:]
    private var begun = 0
    private var endedKeys: [Key] = []

    /// So many equal refusals a minute are entries of their own.
    static let individual = 10
    /// So many scopes are named in a summary.
    static let maximumScopes = 20
    /// The length of a minute.
    static let length: Int64 = 60

    /// Whether a minute is over.
    func isDue(boot: Int64) -> Bool { order.first.flatMap { minutes[$0] }.map { $0.ends <= boot } ?? false }

    /// Counts a refusal; true when it is to be an entry of its own.
    mutating func admits(_ event: LedgerEvent, boot: Int64) -> Bool {
        let key = Key(client: event.client, code: event.code)
        remember(key)
        if minutes[key] == nil {
            minutes[key] = Minute(ends: boot + Self.length, first: event, until: event.time)
            order.append(key)
            begun += 1
        }
        return minutes[key]?.count(event) ?? true
    }

    /// Takes out the minutes that are over (all of them at the end) and gives their summaries; the last act of a batch.
    mutating func ended(boot: Int64, all: Bool = false, now: Timestamp) -> [LedgerEvent] {
        var events: [LedgerEvent] = []
        while let key = order.first, all || isDue(boot: boot) {
            remember(key)
            order.removeFirst()
            endedKeys.append(key)
            guard let minute = minutes.removeValue(forKey: key), minute.summed > 0 else { continue }
            events.append(minute.summary(at: now))
        }
        return events
    }

    mutating func commit() {
        before.removeAll(keepingCapacity: true)
        endedKeys.removeAll(keepingCapacity: true)
        begun = 0
    }

    mutating func rollBack() {
        for key in endedKeys.reversed() { order.prepend(key) }
        order.removeLast(begun)
        for (key, minute) in before { minutes[key] = minute }
        commit()
    }

    private mutating func remember(_ key: Key) {
        if before.index(forKey: key) == nil { before.updateValue(minutes[key], forKey: key) }
    }
}

extension RefusalSummaries.Minute {
    /// Counts a refusal; true when it is to be an entry of its own.
    mutating func count(_ event: LedgerEvent) -> Bool {
        total += 1
        guard total > RefusalSummaries.individual else { return true }
        if summed == 0 { first = event }
        summed += 1
        until = event.time
        for scope in event.scopes where !scopes.contains(scope) {
            if scopes.count < RefusalSummaries.maximumScopes {
                scopes.append(scope)
            } else {
                hasMoreScopes = true
            }
        }
        return false
    }

    /// The entry that stands for all that were summed up.
    func summary(at now: Timestamp) -> LedgerEvent {
        var event = LedgerEvent(time: now, kind: .tokenRefusalsSummed)
        event.client = first.client
        event.consumer = first.consumer
        event.supplier = first.supplier
        event.code = first.code
        event.reason = first.reason
        event.scopes = scopes
        event.details = [
            "count": .integer(Int64(summed)),
            "from": .integer(first.time.seconds),
            "until": .integer(until.seconds),
        ]
        if hasMoreScopes { event.details["more_scopes"] = true }
        return event
    }
}
