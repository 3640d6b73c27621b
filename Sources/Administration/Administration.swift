import AuditLedger
import JOSE
import Organisations
public import Vocabulary

/// The acts of administrators, inside one open transaction.
///
/// Each act checks its rules, keeps what it changes together with its ledger entry and raises the revision; one that would
/// change nothing does none of these. Whoever opens the transaction decides how many acts stand or fall together.
public struct Administration<Transaction: AdministrativeTransaction> {
    /// The open transaction, for whoever wants to read in it what an act depends on.
    public let transaction: Transaction
    let actor: Actor
    let now: Timestamp
    let reason: String?

    /// Acts of `actor` at `now`, for a reason that the ledger keeps.
    public init(in transaction: Transaction, by actor: Actor, at now: Timestamp, reason: String? = nil) {
        self.transaction = transaction
        self.actor = actor
        self.now = now
        self.reason = reason
    }

    /// The same acts, for another reason.
    public func with(reason: String) -> Administration {
        Administration(in: transaction, by: actor, at: now, reason: reason)
    }

    /// Appends the act to the ledger and lets no decision rest on what was.
    func record(_ kind: LedgerEvent.Kind, _ details: JSONObject, _ fill: (inout LedgerEvent) -> Void) throws {
        var event = LedgerEvent(time: now, kind: kind, details: details)
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        fill(&event)
        try transaction.append(event, claiming: [])
        try transaction.raiseRevision()
    }

    /// What to say of an organisation that gets a right; one that the register does not know gets none (DESIGN §7).
    func warnings(about number: OrganisationNumber) throws -> [AdministrationWarning] {
        guard let standing = try transaction.standing(of: number) else {
            throw AdministrationRefusal.unknownOrganisation(number)
        }
        switch standing.impediment {
        case .deleted(let day): return [.organisationDeleted(number, day)]
        case .mainUnitDeleted(let mainUnit): return [.mainUnitDeleted(number, mainUnit: mainUnit)]
        case nil: return standing.distress.isPresent ? [.organisationInDistress(number)] : []
        }
    }

    /// Whether the organisation is a sub-unit.
    func isSubUnit(_ number: OrganisationNumber) throws -> Bool {
        try transaction.organisation(number)?.kind == .subUnit
    }

    /// A value before and after an act, as the ledger shows it.
    func change(_ before: JSONValue?, _ after: JSONValue?) -> JSONValue {
        ["before": before ?? .null, "after": after ?? .null]
    }
}
