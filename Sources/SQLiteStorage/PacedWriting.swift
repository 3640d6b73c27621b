#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Bulk writing by a second process, in transactions so short that a server on the same database is not held up.
///
/// No transaction lasts longer than 50 ms, and while another process serves, as much time is left to it as was taken
/// (DESIGN §12).
struct PacedWriting {
    /// After so long a transaction takes no further item; the rest of the 50 ms is for the commit and its sync.
    static let budget = Duration.milliseconds(20)

    private let store: SQLiteStore
    private let clock = ContinuousClock()

    init(store: SQLiteStore) {
        self.store = store
    }

    /// Writes all items in order, as many in one transaction as its budget allows, and at least one.
    func write<Item>(_ items: [Item], _ body: (SQLiteTransaction, Item) throws -> Void) throws {
        var written = 0
        while written < items.count {
            // The lock is held from here on, not while it is waited for.
            let began = try store.transaction { transaction in
                let began = clock.now
                repeat {
                    try body(transaction, items[written])
                    written += 1
                } while written < items.count && clock.now - began < Self.budget
                return began
            }
            try rest(for: clock.now - began)
        }
    }

    /// Leaves the database to a server for a while, if there is one.
    private func rest(for time: Duration) throws {
        guard try ServeLock.isHeldByAnother(on: store.folder) else { return }
        // A rest that a signal cuts short does no harm.
        usleep(UInt32(max(0, min(time / .microseconds(1), 999_999))))
    }
}
