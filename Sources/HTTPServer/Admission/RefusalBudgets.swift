import Synchronization

/// How fast a budget fills, and how much it holds.
public struct BudgetRate: Sendable, Hashable {
    /// How many refusals it pays for in a second.
    public let perSecond: Int
    /// How many it pays for at once when it is full.
    public let burst: Int

    /// A rate; both numbers are positive.
    public init(perSecond: Int, burst: Int) {
        precondition(perSecond > 0 && burst > 0)
        self.perSecond = perSecond
        self.burst = burst
    }

    /// The nanoseconds in which the budget earns one refusal.
    var period: Int64 { max(1, 1_000_000_000 / Int64(perSecond)) }
    /// The nanoseconds in which an empty budget becomes full.
    var depth: Int64 { period * Int64(burst) }
}

/// Who has a budget, as 128 bits: an address, or the keyed hash of a client's identifier.
struct BudgetKey: Sendable, Hashable {
    let high: UInt64
    let low: UInt64
}

/// Budgets that refusals draw on and time fills again, in a table of fixed size.
///
/// A budget is one number: the time at which it will be full again (the generic cell rate algorithm). One that is full need
/// not be kept, so that nothing is lost while the table has room; and when it has none, the budget that is nearest to full
/// gives way. Whoever wants his own empty one forgotten must empty as many others in its set, of which nobody outside can
/// know who they are: the hash has a key of this process.
final class RefusalBudgets: Sendable {
    /// What a look at a budget says.
    enum Verdict: Equatable, Sendable {
        case within
        /// It is empty for so many whole seconds; `isFirst`: nobody was told so in this second.
        case exceeded(retryAfter: Int64, isFirst: Bool)
    }

    private struct Slot {
        var key = BudgetKey(high: 0, low: 0)
        /// When the budget is full again, in nanoseconds; what has passed is a free slot.
        var full: Int64 = 0
        /// Until when nobody need be told again that it is empty.
        var told: Int64 = 0
    }

    /// A part of the table with a lock of its own.
    private final class Shard: Sendable {
        let slots: Mutex<[Slot]>
        /// No budget of the shard is empty after this time: most requests need no lock.
        let emptyUntil = Atomic<Int64>(0)

        init(slots count: Int) { slots = Mutex(Array(repeating: Slot(), count: count)) }
    }

    private static let ways = 8
    private let rate: BudgetRate
    private let shards: [Shard]
    private let setsPerShard: Int
    private let seed: UInt64

    /// Budgets for as many parties at once as `capacity`, rounded up to whole sets.
    init(_ rate: BudgetRate, capacity: Int, shards count: Int = 32, seed: UInt64 = .random(in: 0 ... .max)) {
        self.rate = rate
        self.seed = seed
        setsPerShard = max(1, (capacity + count * Self.ways - 1) / (count * Self.ways))
        shards = (0..<count).map { [setsPerShard] _ in Shard(slots: setsPerShard * Self.ways) }
    }

    /// How many budgets it can hold.
    var capacity: Int { shards.count * setsPerShard * Self.ways }

    /// Whether the party has anything left at `now` (nanoseconds of a clock that never goes back); takes nothing.
    func look(_ key: BudgetKey, at now: Int64) -> Verdict {
        let (shard, set) = place(of: key)
        guard now < shard.emptyUntil.load(ordering: .relaxed) else { return .within }
        return shard.slots.withLock { slots in
            guard let index = Self.find(key, in: set, slots) else { return .within }
            let wait = slots[index].full - now - rate.depth + rate.period
            guard wait > 0 else { return .within }
            let isFirst = slots[index].told <= now
            if isFirst { slots[index].told = now + 1_000_000_000 }
            return .exceeded(retryAfter: (wait + 999_999_999) / 1_000_000_000, isFirst: isFirst)
        }
    }

    /// Takes one refusal from the party's budget.
    func draw(_ key: BudgetKey, at now: Int64) {
        let (shard, set) = place(of: key)
        shard.slots.withLock { slots in
            let index = Self.find(key, in: set, slots) ?? Self.giveWay(in: set, &slots, to: key, at: now)
            slots[index].full = max(slots[index].full, now) + rate.period
            let emptyUntil = slots[index].full - rate.depth + rate.period
            if emptyUntil > shard.emptyUntil.load(ordering: .relaxed) {
                shard.emptyUntil.store(emptyUntil, ordering: .relaxed)
            }
        }
    }

    private func place(of key: BudgetKey) -> (Shard, Range<Int>) {
        var hasher = Hasher()
        hasher.combine(seed)
        hasher.combine(key)
        let hash = UInt(bitPattern: hasher.finalize())
        let set = Int((hash / UInt(shards.count)) % UInt(setsPerShard)) * Self.ways
        return (shards[Int(hash % UInt(shards.count))], set..<set + Self.ways)
    }

    private static func find(_ key: BudgetKey, in set: Range<Int>, _ slots: [Slot]) -> Int? {
        for index in set where slots[index].key == key && slots[index].full > 0 { return index }
        return nil
    }

    /// The slot of the budget that is nearest to full, which one that is full already always is.
    private static func giveWay(in set: Range<Int>, _ slots: inout [Slot], to key: BudgetKey, at now: Int64) -> Int {
        var choice = set.lowerBound
        for index in set where slots[index].full < slots[choice].full { choice = index }
        slots[choice] = Slot(key: key, full: now)
        return choice
    }
}
