import Clients
import Delegations
import Scopes
import Vocabulary

/// Whether scopes can be had by a client for its consumer: registration, the owner's grant, the consumer's delegation.
///
/// In Maskinporten's order (spec §2.7, §7.1): the scope on the client (MP-200, MP-201), the grant to the consumer (MP-250),
/// the delegation to the supplier (MP-251).
struct ScopeJudgement {
    /// The client, as it is now.
    let client: Client
    /// Who acts for whom.
    let parties: GrantParties
    /// This server, whose register of delegations is the only one that it can look into.
    let issuer: Issuer
    /// The time of the decision.
    let now: Timestamp

    /// A scope that can be had, and the delegation that it rests on.
    struct Grant {
        let scope: Scope
        let delegation: ScopeDelegation?
    }

    /// `consumer_org` is no word for the client's own organisation, nor for a consumer that the client was not made for.
    ///
    /// - Throws: `.scopes` where a scope is not on the client, which is told first (spec §2.7 items 6, 7); `.acting`.
    func checkActing(asking asked: [IssuanceFacts.ScopeFacts]) throws(Refusal) {
        let fault: Refusal.ActingFault
        switch parties.consumer {
        case client.holder: fault = .own
        case _ where client.supplier != nil: fault = .fixed
        default: return
        }
        try each(of: asked) { (facts) throws(Refusal.ScopeFault) in try registered(facts) }
        throw .acting(for: parties.consumer, fault)
    }

    /// The scopes, each with what it rests on.
    ///
    /// - Throws: `.scopes`: one scope refused refuses the request, and every refused one is named with its own reason.
    func grants(_ asked: [IssuanceFacts.ScopeFacts]) throws(Refusal) -> [Grant] {
        try each(of: asked) { (facts) throws(Refusal.ScopeFault) in try grant(facts) }
    }

    @discardableResult
    private func each<Value>(
        of asked: [IssuanceFacts.ScopeFacts],
        _ judge: (IssuanceFacts.ScopeFacts) throws(Refusal.ScopeFault) -> Value
    ) throws(Refusal) -> [Value] {
        var values: [Value] = []
        var refused: [Refusal.ScopeRefusal] = []
        for facts in asked {
            do { values.append(try judge(facts)) } catch {
                refused.append(Refusal.ScopeRefusal(scope: facts.name, fault: error, consumer: parties.consumer))
            }
        }
        guard refused.isEmpty else { throw .scopes(refused) }
        return values
    }

    private func grant(_ facts: IssuanceFacts.ScopeFacts) throws(Refusal.ScopeFault) -> Grant {
        let scope = try registered(facts)
        switch parties.pattern {
        case .direct:
            try checkAccess(facts, to: scope)
            return Grant(scope: scope, delegation: nil)
        case .unproven:
            try checkUnproven(facts, to: scope)
            return Grant(scope: scope, delegation: nil)
        case .delegated:
            switch scope.delegationRegister(at: issuer) {
            case nil: throw .notDelegable
            case .other(let source): throw .otherRegister(source)
            case .own: break
            }
            guard let delegation = longest(facts) else {
                // A stranger learns that the consumer has no access, and nothing else of what was between it and the owner.
                do { try checkAccess(facts, to: scope) } catch { throw .notGranted }
                throw notDelegated(facts)
            }
            try checkAccess(facts, to: scope)
            return Grant(scope: scope, delegation: delegation)
        }
    }

    /// The scope exists, stands on the client, gives tokens, and to such clients.
    private func registered(_ facts: IssuanceFacts.ScopeFacts) throws(Refusal.ScopeFault) -> Scope {
        guard let scope = facts.scope else { throw .unknown }
        guard client.scopes.contains(scope.name) else { throw .notOnClient }
        guard scope.isActive else { throw .inactive }
        let types = scope.allowedIntegrationTypes
        guard types.isEmpty || types.contains(client.integrationType.rawValue) else {
            throw .integrationType(allowed: types)
        }
        return scope
    }

    /// The owner's grant to the consumer (MP-250).
    private func checkAccess(
        _ facts: IssuanceFacts.ScopeFacts,
        to scope: Scope
    ) throws(Refusal.ScopeFault) {
        if scope.isAccessibleForAll, scope.requiredTermsVersion == nil { return }
        guard let access = facts.access else { throw .notGranted }
        if let impediment = access.impediment(at: now, requiredTerms: scope.requiredTermsVersion) {
            throw .impeded(impediment)
        }
    }

    /// Without the consumer's own act the scope's owner must allow it, and have granted the scope to both (DESIGN §8).
    private func checkUnproven(
        _ facts: IssuanceFacts.ScopeFacts,
        to scope: Scope
    ) throws(Refusal.ScopeFault) {
        // Scopes with a register of delegations cannot be consumed through on-behalf-of (spec §6.7).
        if client.supplier == nil, scope.delegationSource != nil { throw .needsDelegation }
        guard scope.allowsUnprovenSupplier, let supplier = parties.supplier else { throw .unprovenSupplier }
        try checkAccess(facts, to: scope)
        if scope.isAccessibleForAll, scope.requiredTermsVersion == nil { return }
        guard let access = facts.supplierAccess else { throw .supplierNotGranted(supplier) }
        if let impediment = access.impediment(at: now, requiredTerms: scope.requiredTermsVersion) {
            throw .supplierImpeded(supplier, impediment)
        }
    }

    /// The consumer's delegations to the supplier.
    ///
    /// INVARIANT: the facts hold delegations between exactly these two numbers; it is asked again, since a token for another
    /// organisation's data is the worst that this server could issue.
    private func fitting(_ facts: IssuanceFacts.ScopeFacts) -> [ScopeDelegation] {
        facts.delegations.filter { $0.consumer == parties.consumer && $0.supplier == parties.supplier }
    }

    /// The delegation in force that lasts longest, the oldest of such; nil when there is none.
    private func longest(_ facts: IssuanceFacts.ScopeFacts) -> ScopeDelegation? {
        fitting(facts).filter { $0.isInForce(at: now) }.max { left, right in
            (left.until?.seconds ?? .max, right.since) < (right.until?.seconds ?? .max, left.since)
        }
    }

    /// That no delegation is in force (MP-251).
    private func notDelegated(_ facts: IssuanceFacts.ScopeFacts) -> Refusal.ScopeFault {
        guard let supplier = parties.supplier else { return .notDelegable }
        guard let end = fitting(facts).compactMap(\.until).max() else { return .notDelegated(to: supplier) }
        return .delegationEnded(to: supplier, until: end)
    }
}
