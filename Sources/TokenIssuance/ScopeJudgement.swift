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
        for condition in ScopeCondition.rights(of: parties.pattern) {
            if let fault = fault(of: scope, facts, under: condition) { throw fault }
        }
        return Grant(scope: scope, delegation: parties.pattern == .delegated ? longest(facts) : nil)
    }

    /// The scope exists, stands on the client, gives tokens, and to such clients.
    private func registered(_ facts: IssuanceFacts.ScopeFacts) throws(Refusal.ScopeFault) -> Scope {
        guard let scope = facts.scope else { throw .unknown }
        for condition in ScopeCondition.registration {
            if let fault = fault(of: scope, facts, under: condition) { throw fault }
        }
        return scope
    }

    /// What stands against a scope under one condition alone; nil when the condition holds.
    ///
    /// `scope` is the one of `facts`, which the first condition, that there is one, has found.
    func fault(
        of scope: Scope,
        _ facts: IssuanceFacts.ScopeFacts,
        under condition: ScopeCondition
    ) -> Refusal.ScopeFault? {
        switch condition {
        case .exists: return nil
        case .onClient: return client.scopes.contains(scope.name) ? nil : .notOnClient
        case .active: return scope.isActive(at: now) ? nil : .inactive
        case .integrationType:
            let types = scope.allowedIntegrationTypes
            return types.isEmpty || types.contains(client.integrationType.rawValue)
                ? nil : .integrationType(allowed: types)
        case .delegable: return delegability(of: scope)
        // Scopes with a register of delegations cannot be consumed through on-behalf-of (spec §6.7).
        case .ownAct: return client.supplier == nil && scope.delegationSource != nil ? .needsDelegation : nil
        case .unprovenSupplier:
            return scope.allowsUnprovenSupplier && parties.supplier != nil ? nil : .unprovenSupplier
        case .access:
            guard let fault = accessFault(of: scope, facts.access) else { return nil }
            // A stranger learns that the consumer has no access, and nothing else of what was between it and the owner.
            return parties.pattern == .delegated && !isDelegated(facts) ? .notGranted : fault
        case .supplierAccess: return supplierFault(of: scope, facts.supplierAccess)
        case .delegation: return isDelegated(facts) ? nil : notDelegated(facts)
        case .processorAgreement: return agreementFault(of: scope, facts.processorAgreement)
        }
    }

    private func delegability(of scope: Scope) -> Refusal.ScopeFault? {
        switch scope.delegationRegister(at: issuer) {
        case nil: .notDelegable
        case .other(let source): .otherRegister(source)
        case .own: nil
        }
    }

    /// The owner's grant to the consumer (MP-250).
    private func accessFault(of scope: Scope, _ access: ScopeAccess?) -> Refusal.ScopeFault? {
        if scope.isAccessibleForAll, scope.requiredTermsVersion == nil { return nil }
        guard let access else { return .notGranted }
        return access.impediment(at: now, requiredTerms: scope.requiredTermsVersion).map { .impeded($0) }
    }

    /// Without the consumer's own act the scope's owner must have granted the scope to the supplier too (DESIGN §8).
    private func supplierFault(of scope: Scope, _ access: ScopeAccess?) -> Refusal.ScopeFault? {
        if scope.isAccessibleForAll, scope.requiredTermsVersion == nil { return nil }
        guard let supplier = parties.supplier else { return .unprovenSupplier }
        guard let access else { return .supplierNotGranted(supplier) }
        return access.impediment(at: now, requiredTerms: scope.requiredTermsVersion)
            .map { .supplierImpeded(supplier, $0) }
    }

    /// The agreement between consumer and supplier that a scope's owner may require (DESIGN §7, GDPR article 28).
    private func agreementFault(of scope: Scope, _ agreement: ProcessorAgreement?) -> Refusal.ScopeFault? {
        guard scope.requiresProcessorAgreement, let supplier = parties.supplier else { return nil }
        guard let agreement, agreement.consumer == parties.consumer, agreement.supplier == supplier else {
            return .noProcessorAgreement(with: supplier)
        }
        guard let end = agreement.validUntil, now >= end else { return nil }
        return .processorAgreementEnded(with: supplier, until: end)
    }

    /// The consumer's delegations to the supplier.
    ///
    /// INVARIANT: the facts hold delegations between exactly these two numbers; it is asked again, since a token for another
    /// organisation's data is the worst that this server could issue.
    private func fitting(_ facts: IssuanceFacts.ScopeFacts) -> [ScopeDelegation] {
        facts.delegations.filter { $0.consumer == parties.consumer && $0.supplier == parties.supplier }
    }

    /// Whether a delegation is in force.
    private func isDelegated(_ facts: IssuanceFacts.ScopeFacts) -> Bool {
        facts.delegations.contains { delegation in
            delegation.consumer == parties.consumer && delegation.supplier == parties.supplier
                && delegation.isInForce(at: now)
        }
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
