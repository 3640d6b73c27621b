import Synchronization

/// Whether the database could be read when it was last looked at, for readiness.
///
/// The writer tells only whether it can be written; a token needs facts that are read on other connections.
final class StoreSight: Sendable {
    private let lost = Atomic<Bool>(false)

    /// Whether the last look failed.
    var isLost: Bool { lost.load(ordering: .relaxed) }

    /// Takes note of a look; returns whether it ended otherwise than the one before.
    func note(isLost: Bool) -> Bool { lost.exchange(isLost, ordering: .relaxed) != isLost }
}
