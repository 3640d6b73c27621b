import Clients
import Scopes
public import Vocabulary

extension IssuancePolicy {
    /// Answers a question by the conditions of the decision itself, all of them and not only the first that fails.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - facts: The facts of its ``ExplanationQuestion/query``, as they are at the moment.
    ///   - now: The present time; a question with a time of its own is answered for that one, on today's facts.
    /// - Returns: every condition with what came of it.
    public func explain(
        _ question: ExplanationQuestion,
        given facts: IssuanceFacts,
        at now: Timestamp
    ) -> IssuanceExplanation {
        var run = ExplanationRun(policy: self, question: question, facts: facts, now: question.time ?? now)
        return run.explanation()
    }
}

/// One pass over all conditions.
private struct ExplanationRun {
    let policy: IssuancePolicy
    let question: ExplanationQuestion
    let facts: IssuanceFacts
    let now: Timestamp
    var findings = IssuanceFindings()
    var conditions: [IssuanceExplanation.Condition] = []
    var refusal: Refusal?

    init(policy: IssuancePolicy, question: ExplanationQuestion, facts: IssuanceFacts, now: Timestamp) {
        self.policy = policy
        self.question = question
        self.facts = facts
        self.now = now
    }

    mutating func explanation() -> IssuanceExplanation {
        for condition in IssuanceCondition.inOrder {
            // Nothing of it can be asked about: how an assertion is addressed is the client's own doing.
            if condition == .addressee { continue }
            let isReached = refusal == nil
            let failure = judge(condition)
            if condition == .scopes {
                explainScopes(isReached: isReached)
                // What lies behind is judged on the scopes that there are, whether or not they can be had.
                findings.scopes = facts.scopes.compactMap(\.scope)
            } else {
                conditions.append(condition.explained(result(of: condition, failure), failure, self, isReached))
            }
            refusal = refusal ?? failure
        }
        let parties = findings.parties
        return IssuanceExplanation(
            question: question,
            time: now,
            clientHolder: facts.client?.holder,
            clientOwner: facts.client?.owner,
            consumer: parties?.consumer,
            supplier: parties?.supplier,
            scopeOwners: Dictionary(
                facts.scopes.compactMap { found in found.scope.map { (found.name, $0.owner) } },
                uniquingKeysWith: { first, _ in first }
            ),
            refusal: refusal,
            lifetime: refusal == nil ? policy.lifetime(of: findings.client, with: findings.scopes) : nil,
            audience: refusal == nil ? findings.audience : nil,
            conditions: conditions
        )
    }

    private mutating func judge(_ condition: IssuanceCondition) -> Refusal? {
        do throws(Refusal) {
            var credential: AuthenticatedGrant.Credential?
            if condition == .credential, let client = findings.client {
                credential = try question.credential(of: client, at: now)
            }
            try policy.judge(
                condition,
                of: question.asked,
                by: credential,
                given: facts,
                at: now,
                into: &findings
            )
            return nil
        } catch {
            return error
        }
    }

    private func result(of condition: IssuanceCondition, _ failure: Refusal?) -> IssuanceExplanation.Result {
        if let failure {
            return .no(code: failure.code, reason: failure.reason, text: failure.explanation)
        }
        switch condition {
        case .clientKnown: return .yes
        case .credential:
            guard let client = findings.client else { return .notJudged }
            return client.authentication == .certificate ? .atRequest : .yes
        case .clientActive, .addressee, .onBehalfOf: return findings.client == nil ? .notJudged : .yes
        case .supplierStanding, .acting, .consumerStanding, .scopes, .detail:
            return findings.parties == nil ? .notJudged : .yes
        case .company, .clientCertificate, .possession, .person, .headerType, .resource, .algorithm:
            // A scope that does not exist has no rules that could be kept.
            let isKnown = facts.scopes.allSatisfy { $0.scope != nil }
            return findings.client == nil || !isKnown ? .notJudged : .yes
        }
    }

    private mutating func explainScopes(isReached: Bool) {
        for found in facts.scopes {
            guard let client = findings.client, let parties = findings.parties else {
                conditions.append(ScopeCondition.exists.explained(.notJudged, nil, found, self, isTold: false))
                continue
            }
            let judgement = ScopeJudgement(client: client, parties: parties, issuer: policy.issuer, now: now)
            guard let scope = found.scope else {
                let fault = Refusal.ScopeFault.unknown
                conditions.append(
                    ScopeCondition.exists.explained(
                        result(of: fault, on: found.name, for: parties),
                        fault,
                        found,
                        self,
                        isTold: isReached
                    )
                )
                continue
            }
            var isTold = isReached
            for condition in ScopeCondition.all(of: parties.pattern) {
                let fault = judgement.fault(of: scope, found, under: condition)
                let result = fault.map { self.result(of: $0, on: found.name, for: parties) } ?? .yes
                conditions.append(condition.explained(result, fault, found, self, isTold: isTold))
                if fault != nil { isTold = false }
            }
        }
    }

    private func result(
        of fault: Refusal.ScopeFault,
        on scope: ScopeName,
        for parties: GrantParties
    ) -> IssuanceExplanation.Result {
        let refusal = Refusal.ScopeRefusal(scope: scope, fault: fault, consumer: parties.consumer)
        return .no(code: fault.code, reason: fault.reason, text: refusal.explanation)
    }
}

extension ScopeCondition {
    /// All that is asked of a scope, in order, by the way in which somebody acts.
    static func all(of pattern: GrantParties.Pattern) -> [ScopeCondition] {
        [.exists] + registration + rights(of: pattern)
    }

    /// Whether it depends on the scope's own rules and its owner's grants alone.
    private var isScopeOwners: Bool {
        switch self {
        case .exists, .active, .integrationType, .delegable, .ownAct, .unprovenSupplier, .access, .supplierAccess: true
        case .onClient, .delegation, .processorAgreement: false
        }
    }

    fileprivate func explained(
        _ result: IssuanceExplanation.Result,
        _ fault: Refusal.ScopeFault?,
        _ facts: IssuanceFacts.ScopeFacts,
        _ run: ExplanationRun,
        isTold: Bool
    ) -> IssuanceExplanation.Condition {
        let parties = run.findings.parties
        let people = Concerned(client: run.findings.client, parties: parties, scope: facts.scope)
        return IssuanceExplanation.Condition(
            name: rawValue,
            scope: facts.name,
            result: result,
            menders: fault.map { people.menders(of: $0) } ?? [],
            holders: people.holders(of: self),
            isTold: isTold,
            isScopeOwners: isScopeOwners
        )
    }
}

extension IssuanceCondition {
    fileprivate func explained(
        _ result: IssuanceExplanation.Result,
        _ failure: Refusal?,
        _ run: ExplanationRun,
        _ isTold: Bool
    ) -> IssuanceExplanation.Condition {
        let people = Concerned(client: run.findings.client, parties: run.findings.parties, scope: nil)
        return IssuanceExplanation.Condition(
            name: rawValue,
            scope: nil,
            result: result,
            menders: failure.map { people.menders(of: $0, under: self, scopes: run.facts.scopes) } ?? [],
            holders: people.holders(of: self, scopes: run.facts.scopes),
            isTold: isTold,
            isScopeOwners: [.company, .person, .headerType, .resource, .algorithm].contains(self)
        )
    }
}
