/// Measures pieces of work that are to be compared, in turns, so that whatever else the machine does falls on all alike.
///
/// The best of many short rounds counts: noise only ever adds.
enum Measurement {
    /// Rounds, each of about ten milliseconds a piece of work.
    static let rounds = 60
    private static let roundLength = Duration.milliseconds(10)

    /// Microseconds of one run of each piece of work.
    ///
    /// Not inlined: the optimiser of Swift 6.3 crashes when all of this becomes one coroutine.
    @inline(never)
    static func microseconds(_ works: (() async throws -> Void)...) async throws -> [Double] {
        var counts: [Int] = []
        for work in works { counts.append(try await count(of: work)) }
        var best = works.map { _ in Double.infinity }
        for _ in 0..<rounds {
            for (index, work) in works.enumerated() {
                let time = try await time(of: counts[index], work)
                best[index] = min(best[index], time / .microseconds(1) / Double(counts[index]))
            }
        }
        return best
    }

    /// How often the work fits into a round.
    private static func count(of work: () async throws -> Void) async throws -> Int {
        var count = 1
        while true {
            let time = try await time(of: count, work)
            if time >= roundLength { return count }
            count *= 2
        }
    }

    private static func time(of count: Int, _ work: () async throws -> Void) async throws -> Duration {
        let start = ContinuousClock.now
        for _ in 0..<count { try await work() }
        return ContinuousClock.now - start
    }
}
