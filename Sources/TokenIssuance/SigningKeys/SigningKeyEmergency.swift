public import JOSE
public import Vocabulary

extension SigningKeySchedule {
    /// What becomes of the timetable when a key is in other hands: it signs no more and is published no more, from now on.
    ///
    /// Another key of its algorithm goes on, or takes over at once: the one that is published already, which providers
    /// know, before one that is made for this moment.
    ///
    /// - Parameters:
    ///   - id: The key.
    ///   - existing: All keys known.
    ///   - replacement: A key made for this moment; used only where there is no other.
    ///   - now: The present time.
    /// - Returns: the changed keys, the withdrawn one first; nothing when it has been withdrawn already.
    /// - Throws: ``RetirementRefusal``.
    public static func emergency(
        withdrawing id: KeyID,
        among existing: [SigningKeyRecord],
        replacement: SigningKeyRecord? = nil,
        at now: Timestamp
    ) throws(RetirementRefusal) -> [SigningKeyRecord] {
        guard let stolen = existing.first(where: { $0.id == id }) else { throw .unknown(id) }
        guard stolen.state(at: now) != .retired else { return [] }
        var withdrawn = stolen
        withdrawn.retires = stolen.retires.map { min($0, now) } ?? now
        withdrawn.removed = now
        let peers = existing.filter { $0.id != id && $0.algorithm == stolen.algorithm }
        // What was to end because of this key goes on.
        let reopened = peers.filter {
            $0.state(at: now) == .active && $0.retires.map { $0 == stolen.activates } ?? false
        }
        .map { key in
            var key = key
            (key.retires, key.removed) = (nil, nil)
            return key
        }
        if stolen.state(at: now) != .active || peers.contains(where: { $0.state(at: now) == .active }) {
            return [withdrawn] + reopened
        }
        if var next = peers.filter({ $0.state(at: now) == .next }).min(by: { $0.activates < $1.activates }) {
            next.activates = now
            return [withdrawn, next]
        }
        guard var replacement, replacement.algorithm == stolen.algorithm else {
            throw .onlyActive(id, stolen.algorithm)
        }
        replacement.activates = now
        return [withdrawn, replacement]
    }
}

extension SigningKeyRecord {
    /// What the ledger remembers of a change in the timetable.
    public func ledgerDetails(reason: String? = nil) -> JSONObject {
        var details: JSONObject = [
            "kid": .string(id.rawValue), "alg": .string(algorithm.rawValue), "activates": .string("\(activates)"),
        ]
        details["retires"] = retires.map { .string("\($0)") }
        details["removed"] = removed.map { .string("\($0)") }
        details["reason"] = reason.map(JSONValue.string)
        return details
    }
}

/// Keeps the timetable of the signing keys inside an open transaction.
public protocol SigningKeyStore: SigningKeyReader {
    /// Stores a new key's timetable, or the changed times of one that is there.
    func store(_ key: SigningKeyRecord) throws
}
