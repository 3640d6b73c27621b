import CoreMetrics
import Synchronization

/// A counter: one number that only grows.
final class CounterCell: CounterHandler {
    private let number = Atomic<Int64>(0)

    var value: Int64 { number.load(ordering: .relaxed) }

    func increment(by amount: Int64) { number.wrappingAdd(max(0, amount), ordering: .relaxed) }

    func reset() { number.store(0, ordering: .relaxed) }
}

/// A gauge: the number that was set last.
final class GaugeCell: MeterHandler, RecorderHandler {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func record(_ value: Int64) { set(Double(value)) }

    func record(_ value: Double) { set(value) }

    func increment(by amount: Double) { add(amount) }

    func decrement(by amount: Double) { add(-amount) }

    private func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}

/// A histogram of durations: how many were at most so long, and their sum.
///
/// No lock: one addition in a bucket and one to the sum. Whoever reads meanwhile may find the last observation in one only.
final class DurationCell: TimerHandler {
    /// The upper ends of the buckets but the last, in nanoseconds.
    static let bounds: [Int64] = [
        500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]
    /// The same as texts, in seconds.
    static let boundTexts = [
        "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10",
    ]

    private let buckets = InlineArray<15, Atomic<Int64>> { _ in Atomic(0) }
    private let nanoseconds = Atomic<Int64>(0)

    func recordNanoseconds(_ duration: Int64) {
        var index = 0
        while index < Self.bounds.count, duration > Self.bounds[index] { index += 1 }
        buckets[index].wrappingAdd(1, ordering: .relaxed)
        nanoseconds.wrappingAdd(max(0, duration), ordering: .relaxed)
    }

    /// How many fell into each bucket and those before it; the last is the number of all.
    var cumulated: [Int64] {
        var sum: Int64 = 0
        return (0..<15).map { index in
            sum += buckets[index].load(ordering: .relaxed)
            return sum
        }
    }

    /// The sum in seconds.
    var seconds: Double { Double(nanoseconds.load(ordering: .relaxed)) / 1_000_000_000 }
}
