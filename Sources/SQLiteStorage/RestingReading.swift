#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reading behind the back of requests: in pieces of a fraction of a millisecond, with three times as much rest between them.
///
/// In one piece the second's share of it would take the processor for some milliseconds, for which every request would wait
/// that comes in meanwhile. Sleeps on the thread of a reading connection, which belongs to nobody else.
struct RestingReading {
    /// Whether it rests; who waits for the answer reads on.
    let rests: Bool
    private var began = ContinuousClock.now

    init(rests: Bool) { self.rests = rests }

    /// Ends a piece.
    mutating func rest() {
        guard rests else { return }
        let took = began.duration(to: .now) * 3
        usleep(UInt32(min(took / .microseconds(1), 100_000)))
        began = .now
    }
}
