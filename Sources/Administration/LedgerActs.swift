public import AuditLedger
public import Delegations
import JOSE
public import Vocabulary

// Acts on the ledger itself. They change no fact that a token rests on, so that no revision is raised.
extension Administration {
    /// Remembers that another key signs checkpoints, by what they are checked with.
    ///
    /// - Throws: what the store throws.
    public func noteCheckpointKey(before: CheckpointVerifier?, after: CheckpointVerifier) throws {
        try note(
            .checkpointKeyReplaced,
            ["key": change(before.map { .string("\($0)") }, .string("\(after)"))]
        )
    }

    /// Remembers that somebody looked for what the ledger says of a person, under the pseudonym.
    ///
    /// - Throws: what the store throws.
    public func notePersonSearch(for person: PersonPseudonym, found: Int) throws {
        try note(.personSearched, ["person": .string("\(person)"), "found": .integer(Int64(found))])
    }

    /// Remembers that entries were let go.
    ///
    /// - Parameters:
    ///   - cut: Where the ledger begins from now on.
    ///   - before: Where it began; nil: at its first entry.
    ///   - root: The root that the checkpoint was signed for, in base64.
    ///   - time: The entries were older than that.
    /// - Throws: what the store throws.
    public func notePruning(_ cut: LedgerCut, before: LedgerCut?, root: String, olderThan time: Timestamp) throws {
        try note(
            .ledgerPruned,
            [
                "first_entry": change(.integer((before?.size ?? 0) + 1), .integer(cut.size + 1)),
                "entries": .integer(cut.size - (before?.size ?? 0)), "root": .string(root),
                "older_than": .string("\(time)"),
            ]
        )
    }

    private func note(_ kind: LedgerEvent.Kind, _ details: JSONObject) throws {
        var event = LedgerEvent(time: now, kind: kind, details: details)
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        try transaction.append(event, claiming: [])
    }
}
