#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

internal import RelationalStorage

/// Bulk writing by a second process, in transactions so short that a server on the same database is not held up.
///
/// While another process serves, no transaction lasts longer than 50 ms, and as much time is left to it as was taken
/// (DESIGN §12). While none does, nobody waits, and transactions are as long as is fastest.
struct PacedWriting {
    /// After so long a transaction takes no further item; the rest of the 50 ms is for the commit and its sync.
    static let budget = Duration.milliseconds(20)
    /// The same while nobody serves: a server that starts meanwhile waits no longer.
    private static let budgetAlone = Duration.milliseconds(500)
    /// How many items are written between two looks at the clock, of those that take about a microsecond.
    private static let quickItems = BulkInsertion.rowsAtOnce

    private let store: SQLiteStore
    private let instant: @Sendable () -> ContinuousClock.Instant

    init(store: SQLiteStore, instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.store = store
        self.instant = instant
    }

    /// Writes all items in order, as many in one transaction as its budget allows, and at least one.
    func write<Item>(_ items: [Item], _ body: (SQLiteTransaction, Item) throws -> Void) throws {
        try write(items.count, between: 1, preparing: { $0 }, { try body($0, items[$1.lowerBound]) })
    }

    /// Inserts so many rows by statements of many rows each; `bind` gives the values of a row, the first to that parameter.
    func insert(
        _ count: Int,
        into table: String,
        columns: [String],
        ignoringKnown: Bool = false,
        _ bind: (any Statement, _ row: Int, _ parameter: Int32) throws -> Void
    ) throws {
        let insertion = BulkInsertion(into: table, columns: columns, ignoringKnown: ignoringKnown)
        try write(count, between: Self.quickItems, preparing: { try insertion.prepared(in: $0.database) }) {
            try $0.insert($1, bind)
        }
    }

    /// Writes items in runs of so many between two looks at the clock; `prepare` makes once a transaction what `body` uses.
    func write<Tool>(
        _ count: Int,
        between looks: Int,
        preparing prepare: (SQLiteTransaction) throws -> Tool,
        _ body: (Tool, Range<Int>) throws -> Void
    ) throws {
        var written = 0
        while written < count {
            let budget = try isServed() ? Self.budget : Self.budgetAlone
            // The lock is held from here on, not while it is waited for.
            let began = try store.transaction { transaction in
                let began = instant()
                let tool = try prepare(transaction)
                repeat {
                    let next = written..<min(written + looks, count)
                    try body(tool, next)
                    written = next.upperBound
                } while written < count && instant() - began < budget
                return began
            }
            try rest(for: instant() - began)
        }
    }

    /// Leaves the database to a server for a while, if there is one.
    private func rest(for time: Duration) throws {
        guard try isServed() else { return }
        // A rest that a signal cuts short does no harm.
        usleep(UInt32(max(0, min(time / .microseconds(1), 999_999))))
    }

    private func isServed() throws -> Bool { try ServeLock.isHeldByAnother(on: store.folder) }
}
