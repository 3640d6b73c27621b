import Clients
import Delegations
public import Vocabulary

// Whether a token that was issued could still be: the decision taken again, on today's facts.
extension IssuancePolicy {
    /// What stands against a token that was issued on those grounds; nil when it would be issued today.
    ///
    /// The same rules as for issuing, but for those of the request itself (credential, `pid`, audience) and for a
    /// one-time consent, which the token itself has used up.
    public func impediment(to grounds: TokenGrounds, given facts: IssuanceFacts, at now: Timestamp) -> Refusal? {
        do throws(Refusal) {
            try checkStanding(of: grounds, given: facts, at: now)
            return nil
        } catch {
            return error
        }
    }

    private func checkStanding(
        of grounds: TokenGrounds,
        given facts: IssuanceFacts,
        at now: Timestamp
    ) throws(Refusal) {
        guard let client = facts.client else { throw .clientUnknown(grounds.client.rawValue) }
        guard client.isActive else { throw .clientDisabled(client.id) }
        guard let actingFor = grounds.actingFor(client), let parties = GrantParties(of: client, actingFor: actingFor),
            parties.consumer == grounds.consumer, parties.supplier == grounds.supplier
        else { throw .onBehalfOfUnknown }
        if let supplier = parties.supplier { try checkStanding(facts.supplier, of: supplier) }
        try checkStanding(facts.consumer, of: parties.consumer)
        _ = try ScopeJudgement(client: client, parties: parties, issuer: issuer, now: now).grants(facts.scopes)
        try checkDetail(of: grounds, given: facts, at: now)
    }

    private func checkDetail(
        of grounds: TokenGrounds,
        given facts: IssuanceFacts,
        at now: Timestamp
    ) throws(Refusal) {
        switch (grounds.detail, facts.detail) {
        case (nil, _): return
        case (.systemUser(let id), .systemUser(.success(let user), let standing)?) where user.id == id:
            try checkStanding(standing, of: user.owner)
        case (.systemUser, .systemUser(.failure(let failure), _)?):
            throw .systemUser(failure, owner: grounds.consumer)
        case (.systemUser, _): throw .systemUser(.noSystemUser, owner: grounds.consumer)
        case (.consent(let id), .consent(let consent?, let standing)?) where consent.id == id:
            let faults = faults(of: consent, to: grounds.consumer, at: now).filter { $0 != .used }
            guard faults.isEmpty else { throw .consent(faults) }
            if let organisation = consent.from.organisation { try checkStanding(standing, of: organisation) }
        case (.consent, _): throw .consent([.unknown])
        }
    }
}
