/// A bounded dictionary that forgets what was not used for long: two generations, of which the older is dropped whole.
///
/// Look-ups cost one or two hashes and no bookkeeping per use, unlike a list ordered by use.
struct GenerationalCache<Key: Hashable, Value> {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private let generationSize: Int

    /// A cache of at most `capacity` values.
    init(capacity: Int) {
        precondition(capacity >= 2)
        generationSize = capacity / 2
    }

    /// The value, which thereby counts as used.
    mutating func value(for key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        insert(value, for: key)
        return value
    }

    /// Keeps a value.
    mutating func insert(_ value: Value, for key: Key) {
        if young.count >= generationSize, young[key] == nil {
            old = young
            young = [:]
        }
        young[key] = value
    }

    /// How many values are held, those in both generations counted twice.
    var count: Int { young.count + old.count }
}
