import Synchronization

/// Whether the database could be read when it was last looked at, for readiness.
///
/// The writer tells only whether it can be written; a token needs facts that are read on other connections.
final class StoreSight: Sendable {
    private let lost = Atomic<Bool>(false)
    private let newest = Atomic<Int64>(0)

    /// Whether the last look failed.
    var isLost: Bool { lost.load(ordering: .relaxed) }

    /// The revision of the facts at the last look that did not fail.
    var revision: Int64 { newest.load(ordering: .relaxed) }

    /// Takes note of the revision.
    func note(revision: Int64) { newest.store(revision, ordering: .relaxed) }

    /// Takes note of a look; returns whether it ended otherwise than the one before.
    func note(isLost: Bool) -> Bool { lost.exchange(isLost, ordering: .relaxed) != isLost }
}
