import AuditLedger
public import Delegations
import JOSE

extension Administration {
    /// Remembers that the actor was told all that is kept about a person, who finds this among it.
    ///
    /// No fact changes by it, and no decision need be taken again. `person` is nil where nobody is known.
    public func notePersonReport(on person: PersonPseudonym?) throws {
        var event = LedgerEvent(time: now, kind: .personReported, details: [:])
        event.details["person"] = person.map { .string("\($0)") }
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        try transaction.append(event, claiming: [])
    }
}
