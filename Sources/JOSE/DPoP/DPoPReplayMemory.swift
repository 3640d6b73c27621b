import Synchronization
public import Vocabulary

/// The DPoP proofs that one process has seen, each until nobody would accept it any more (RFC 9449 §11.1).
///
/// It holds so many at most. When it is full a new proof is not taken: to forget one early would let it be used twice.
public final class DPoPReplayMemory: Sendable {
    /// What became of a proof.
    public enum Outcome: Sendable, Hashable {
        /// It is seen for the first time.
        case new
        /// It was seen before.
        case replayed
        /// Nothing more can be remembered at present.
        case full
    }

    /// Sixteen bytes of the SHA-256 that ``DPoPProof/replayKey`` is.
    private struct Digest: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ key: [UInt8]) {
            high = key.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            low = key.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }

        func hash(into hasher: inout Hasher) { hasher.combine(low) }
    }

    private struct State {
        var held: Set<Digest> = []
        var ending: [Int64: [Digest]] = [:]
        var swept: Int64?
    }

    private let limit: Int
    private let state = Mutex(State())

    /// An empty memory of at most so many proofs, about 60 bytes each; with proofs that are good for two minutes 100,000 are
    /// those of 800 requests a second.
    public init(limit: Int = 100_000) {
        precondition(limit > 0, "a memory holds at least one proof")
        self.limit = limit
    }

    /// How many proofs are held.
    public var count: Int { state.withLock { $0.held.count } }

    /// Remembers a proof, in one step with the question whether it was seen before.
    ///
    /// - Parameters:
    ///   - key: What tells it from others (``DPoPProof/replayKey``).
    ///   - until: The last second in which it would be accepted.
    ///   - now: The present time.
    /// - Returns: Whether it was new.
    public func claim(_ key: [UInt8], until: Timestamp, at now: Timestamp) -> Outcome {
        let digest = Digest(key)
        return state.withLock { state in
            Self.sweep(&state, at: now.seconds)
            if state.held.contains(digest) { return .replayed }
            guard state.held.count < limit else { return .full }
            state.held.insert(digest)
            state.ending[max(until.seconds, now.seconds), default: []].append(digest)
            return .new
        }
    }

    /// Lets go what has ended, with some leeway for a clock that is set back a little.
    private static func sweep(_ state: inout State, at now: Int64) {
        let end = now - leeway
        guard let swept = state.swept, swept < end else {
            // Where the clock was set back, what comes now ends before what was let go: it must be looked at again.
            state.swept = end
            return
        }
        let due = end - swept <= Int64(state.ending.count) ? Array(swept..<end) : state.ending.keys.filter { $0 < end }
        for second in due { for digest in state.ending.removeValue(forKey: second) ?? [] { state.held.remove(digest) } }
        state.swept = end
    }

    private static let leeway: Int64 = 10
}
