package import AuditLedger
package import Delegations
import JOSE
package import Organisations
package import Vocabulary

extension SyncBatch {
    /// What the ledger remembers of a page of a feed that changed something: counts, and neither units nor persons.
    package func ledgerEvent(
        of applied: SyncReport.Applied,
        by actor: Actor,
        reason: String? = nil,
        at now: Timestamp
    ) -> LedgerEvent {
        var event = LedgerEvent(time: now, kind: .registerSynced)
        event.details = [
            "feed": .string(feed.rawValue), "cursor": .string(cursor.place),
            "added": .integer(Int64(applied.added)), "changed": .integer(Int64(applied.changed)),
            "closed": .integer(Int64(applied.closed)), "purged": .integer(Int64(applied.purged)),
            "unchanged": .integer(Int64(applied.unchanged)), "not_found": .integer(Int64(notFound)),
            "unusable": .integer(Int64(unusable.count)),
        ]
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        return event
    }
}

extension FeedCursor {
    /// The place in the feed alone, for people: an identifier or a time.
    package var place: String {
        switch self {
        case .since(let time): "\(time)"
        case .after(let id): "\(id)"
        case .through(let time, _): time
        }
    }
}

extension RoleSetRecord {
    /// What is kept of a unit's roles: the register's own codes, and persons under pseudonyms, as an import keeps them.
    package init(_ registered: RegisteredRoles, under key: PseudonymKey) {
        let roles = registered.roles.compactMap { role -> UnitRoles.Role? in
            // Only the register's own codes: no answer can hand out a role of Altinn.
            guard let code = RoleCode(parsing: role.code), RegisterRole.named(code) != nil else { return nil }
            let holder: UnitRoles.Holder =
                switch role.holder {
                case .organisation(let number): .organisation(number)
                case .person(let number): .person(key.pseudonym(of: number))
                case .named(let name, let birthDate):
                    .unlinkedPerson(
                        key.pseudonym(inUnit: registered.number, role: code, name: name, birthDate: birthDate)
                    )
                }
            return UnitRoles.Role(code: code, holder: holder)
        }
        self.init(UnitRoles(number: registered.number, roles: roles))
    }
}
