import SQLiteStorage
import Synchronization
import Vocabulary

/// Counts the keys of clients that end soon, no oftener than it can have changed.
final class ExpiringClientKeys: Sendable {
    /// How far it looks ahead.
    static let horizon = Seconds.days(30)
    /// Time alone changes the count too.
    private static let interval = Seconds.hours(1)

    private let last = Mutex<(revision: Int64, time: Timestamp)?>(nil)

    /// Counts anew if the facts have changed since the last look, or an hour has passed; what cannot be read stays as it was.
    func look(_ store: SQLiteStore, _ sight: StoreSight, at now: Timestamp) {
        let revision = sight.revision
        let isDue = last.withLock { last in
            guard let last, last.revision == revision else { return true }
            return now - last.time >= Self.interval || now < last.time
        }
        guard isDue,
            let count = try? store.read({ try $0.countClientKeys(endingAfter: now, before: now + Self.horizon) })
        else { return }
        sight.note(expiringKeys: count)
        last.withLock { $0 = (revision, now) }
    }
}
