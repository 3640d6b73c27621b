import Synchronization
import Vocabulary

/// Remembers accepted chains; never a refusal.
///
/// It holds at most `capacity` chains, in two halves: when the young half is full it becomes the old one, and the old one
/// is forgotten. All of it is forgotten when the revision of trust or evidence changes.
final class AcceptanceCache: Sendable {
    /// An accepted chain and the time in which all that was accepted stays so.
    struct Entry: Sendable {
        let certificate: EnterpriseCertificate
        let from: Timestamp
        let until: Timestamp
    }

    private struct State {
        var revision = ""
        var young: [[UInt8]: Entry] = [:]
        var old: [[UInt8]: Entry] = [:]
    }

    private let half: Int
    private let state = Mutex(State())

    init(capacity: Int) { half = max(1, capacity / 2) }

    /// The certificate accepted for this chain, under the same revision, when now still lies in its time.
    func certificate(for chain: [UInt8], revision: String, at now: Timestamp) -> EnterpriseCertificate? {
        state.withLock { state in
            guard state.revision == revision else { return nil }
            if let entry = state.young[chain] { return entry.holds(at: now) ? entry.certificate : nil }
            guard let entry = state.old.removeValue(forKey: chain), entry.holds(at: now) else { return nil }
            insert(entry, for: chain, into: &state)
            return entry.certificate
        }
    }

    /// Remembers an acceptance made under this revision.
    func insert(_ entry: Entry, for chain: [UInt8], revision: String) {
        state.withLock { state in
            if state.revision != revision { state = State(revision: revision) }
            insert(entry, for: chain, into: &state)
        }
    }

    /// How many chains are remembered.
    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    private func insert(_ entry: Entry, for chain: [UInt8], into state: inout State) {
        if state.young.count >= half, state.young[chain] == nil {
            state.old = state.young
            state.young = [:]
        }
        state.young[chain] = entry
        state.old[chain] = nil
    }
}

extension AcceptanceCache.Entry {
    fileprivate func holds(at now: Timestamp) -> Bool { from <= now && now <= until }
}
