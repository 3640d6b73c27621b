import Synchronization
import Vocabulary

/// How long the ledger's oldest entry without a signed checkpoint has waited for one, as the maker saw it last.
final class CheckpointLag: Sendable {
    private let oldest = Mutex<Timestamp?>(nil)

    /// Takes note of the oldest entry that no checkpoint covers; nil when all are covered.
    func note(oldestUncovered time: Timestamp?) { oldest.withLock { $0 = time } }

    /// The lag at `now`; it goes on growing while the maker cannot even look.
    func lag(at now: Timestamp) -> Seconds {
        oldest.withLock { oldest in oldest.map { max(0, now - $0) } ?? 0 }
    }
}
