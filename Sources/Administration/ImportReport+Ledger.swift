public import AuditLedger
internal import JOSE
public import Organisations
public import Vocabulary

extension ImportReport {
    /// What the ledger remembers of the import: counts, never the units themselves.
    public func ledgerEvent(by actor: Actor, reason: String? = nil, at now: Timestamp) -> LedgerEvent {
        var event = LedgerEvent(time: now, kind: .organisationsImported)
        event.details = [
            "document": .string(document.rawValue), "mode": .string(mode.rawValue),
            "kinds": .strings(kinds.map(\.rawValue).sorted()), "read": .integer(Int64(unitCount)),
            "added": .integer(Int64(added)), "changed": .integer(Int64(changed)), "closed": .integer(Int64(closed)),
            "unchanged": .integer(Int64(unchanged)), "malformed": .integer(Int64(malformedCount)),
        ]
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        return event
    }
}
