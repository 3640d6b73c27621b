/// A dictionary of bounded weight that forgets what was not used for long: two generations, the older dropped whole.
///
/// Look-ups cost one or two hashes and no bookkeeping per use, unlike a list ordered by use.
struct GenerationalCache<Key: Hashable, Value> {
    private var young: [Key: Entry] = [:]
    private var old: [Key: Entry] = [:]
    private var youngWeight = 0
    private let generationWeight: Int

    private struct Entry {
        let value: Value
        let weight: Int
    }

    /// A cache of values that weigh at most `capacity` together.
    init(capacity: Int) {
        precondition(capacity >= 2)
        generationWeight = capacity / 2
    }

    /// The value, which thereby counts as used.
    mutating func value(for key: Key) -> Value? {
        if let entry = young[key] { return entry.value }
        guard let entry = old[key] else { return nil }
        insert(entry.value, for: key, weight: entry.weight)
        return entry.value
    }

    /// Keeps a value, unless it alone outweighs a generation.
    mutating func insert(_ value: Value, for key: Key, weight: Int) {
        guard weight <= generationWeight else { return }
        if let replaced = young.removeValue(forKey: key) { youngWeight -= replaced.weight }
        if youngWeight + weight > generationWeight {
            old = young
            young = [:]
            youngWeight = 0
        }
        young[key] = Entry(value: value, weight: weight)
        youngWeight += weight
    }

    /// How many values are held, those in both generations counted twice.
    var count: Int { young.count + old.count }
}
