public import JOSE
public import Vocabulary

/// The timetable of signing keys (DESIGN §10): published one JWKS lifetime before use, kept until the last token expired.
public struct SigningKeySchedule: Sendable, Hashable {
    /// How long a provider may keep a copy of the key set (`Cache-Control: max-age` of `/jwk`).
    public let keySetLifetime: Seconds
    /// The longest life of a token, during which its key must stay published.
    public let longestTokenLifetime: Seconds

    /// Provider libraries refresh a little late and clocks differ: so much is added on both sides.
    public static let margin = Seconds.minutes(5)

    /// A timetable.
    public init(keySetLifetime: Seconds, longestTokenLifetime: Seconds = IssuancePolicy.highestLifetime) {
        self.keySetLifetime = keySetLifetime
        self.longestTokenLifetime = longestTokenLifetime
    }

    /// The timetable of a new key.
    public struct Rotation: Sendable, Hashable {
        /// The new key.
        public let new: SigningKeyRecord
        /// The keys of the same algorithm that it takes over from, with their end set.
        public let replaced: [SigningKeyRecord]
    }

    /// Plans a new key beside `existing` ones.
    ///
    /// - Parameters:
    ///   - id: The new key's identifier.
    ///   - algorithm: What it signs with.
    ///   - existing: All keys known.
    ///   - now: The present time.
    ///   - immediately: Signs at once: providers with a fresh copy of the key set refuse its tokens until they fetch again.
    /// - Returns: The new key and the changed ones.
    public func rotation(
        to id: KeyID,
        algorithm: JWSAlgorithm,
        among existing: [SigningKeyRecord],
        at now: Timestamp,
        immediately: Bool
    ) -> Rotation {
        let peers = existing.filter { $0.algorithm == algorithm && $0.state(at: now) != .retired }
        // The first key of an algorithm has nobody to take over from: waiting would only leave the server without one.
        let isFirst = !peers.contains { $0.state(at: now) == .active }
        let activates = immediately || isFirst ? now : now + lead
        let removed = activates + longestTokenLifetime + Self.margin
        let replaced = peers.compactMap { key -> SigningKeyRecord? in
            guard key.retires.map({ $0 > activates }) ?? true, key.activates < activates || immediately else {
                return nil
            }
            var key = key
            key.retires = activates
            key.removed = removed
            return key
        }
        return Rotation(
            new: SigningKeyRecord(id: id, algorithm: algorithm, published: now, activates: activates),
            replaced: replaced
        )
    }

    /// How long before it signs a key is published.
    public var lead: Seconds { keySetLifetime + Self.margin }

    /// The algorithms whose next key must be made now, so that it takes over when the present one has signed for `interval`.
    ///
    /// Rests on the timetable alone, so that a restart changes nothing.
    public func algorithmsDue(
        among existing: [SigningKeyRecord],
        every interval: Seconds,
        at now: Timestamp
    ) -> [JWSAlgorithm] {
        let inUse = Set(existing.filter { $0.state(at: now) == .active }.map(\.algorithm))
        return JWSAlgorithm.allCases.filter { algorithm in
            guard inUse.contains(algorithm), let next = nextRotation(of: algorithm, among: existing, every: interval)
            else { return false }
            return now >= next.published
        }
    }

    /// When the next key of an algorithm is published, and when it takes over; nil when the algorithm has no key.
    public func nextRotation(
        of algorithm: JWSAlgorithm,
        among existing: [SigningKeyRecord],
        every interval: Seconds
    ) -> (published: Timestamp, activates: Timestamp)? {
        let keys = existing.filter { $0.algorithm == algorithm }
        // A key whose end is set has its successor, or is to have one by then.
        if let last = keys.filter({ $0.retires == nil }).map(\.activates).max() {
            let activates = last + interval
            return (activates + Seconds(-lead.count), activates)
        }
        guard let end = keys.compactMap(\.retires).max() else { return nil }
        return (end + Seconds(-lead.count), end)
    }

    /// Why a key cannot be retired.
    public enum RetirementRefusal: Error, Sendable, Hashable {
        /// There is no such key.
        case unknown(KeyID)
        /// Nothing else signs with its algorithm, in which tokens are issued.
        case onlyActive(KeyID, JWSAlgorithm)
    }

    /// Ends a key before its time: it signs no more, and stays published until the last token that it signed has expired.
    ///
    /// A key that never signed is not published any longer either.
    ///
    /// - Returns: the changed key; nil when it has ended already.
    /// - Throws: ``RetirementRefusal``.
    public func retirement(
        of id: KeyID,
        among existing: [SigningKeyRecord],
        at now: Timestamp
    ) throws(RetirementRefusal) -> SigningKeyRecord? {
        guard var key = existing.first(where: { $0.id == id }) else { throw .unknown(id) }
        switch key.state(at: now) {
        case .retiring, .retired: return nil
        case .next:
            key.retires = now
            key.removed = now
        case .active:
            guard
                existing.contains(where: {
                    $0.id != id && $0.algorithm == key.algorithm && $0.state(at: now) == .active
                })
            else { throw .onlyActive(id, key.algorithm) }
            key.retires = now
            key.removed = now + longestTokenLifetime + Self.margin
        }
        return key
    }
}

extension SigningKeySchedule.RetirementRefusal: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .unknown(let id): "there is no signing key `\(id)`"
        case .onlyActive(let id, let algorithm): "`\(id)` is the only key that signs \(algorithm.rawValue) now"
        }
    }
}
