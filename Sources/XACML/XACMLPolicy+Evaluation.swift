public import Vocabulary

extension XACMLPolicy {
    /// Evaluates the policy on one request (XACML 3.0 sections 7.11 to 7.13).
    ///
    /// `now` is the present time for policies that ask for it and requests that do not say it.
    public func evaluate(_ context: XACMLContext, at now: Timestamp) -> XACMLEvaluation {
        var evaluator = Evaluator(context, variables: variables, at: now)
        var targetFault: XACMLStatus?
        do {
            guard try target.matches(evaluator) else { return Self.outcome(.notApplicable, .ok) }
        } catch { targetFault = error }
        guard combining.isKnown else {
            let status = XACMLStatus(.processingError, "the policy's combining algorithm is not known")
            return Self.outcome(.indeterminateBoth, targetFault ?? status)
        }
        var combination = Combination(combining)
        var trace: [XACMLRuleTrace] = []
        trace.reserveCapacity(rules.count)
        var permitted = Duties()
        var denied = Duties()
        for rule in rules {
            var duties = Duties()
            let step = rule.evaluate(&evaluator, &duties)
            trace.append(step)
            switch step.outcome {
            case .permit: permitted.append(duties)
            case .deny: denied.append(duties)
            default: break
            }
            if combination.add(step.outcome) { break }
        }
        if let targetFault {
            return Self.outcome(Self.underFaultyTarget(combination.result), targetFault, trace)
        }
        return finish(combination.result, permitted, denied, trace, &evaluator)
    }

    /// The policy's own obligations of that effect, for a decision that something else than its rules has made.
    ///
    /// - Throws: `XACMLStatus` when one of their expressions cannot be evaluated.
    public func obligations(
        on effect: XACMLEffect,
        _ context: XACMLContext,
        at now: Timestamp
    ) throws(XACMLStatus) -> [XACMLObligation] {
        var evaluator = Evaluator(context, variables: variables, at: now)
        var gathered = Duties()
        try gathered.gather(duties, on: effect, &evaluator)
        return gathered.obligations
    }

    /// Adds the policy's own obligations (section 7.18).
    private func finish(
        _ outcome: XACMLOutcome,
        _ permitted: Duties,
        _ denied: Duties,
        _ trace: [XACMLRuleTrace],
        _ evaluator: inout Evaluator
    ) -> XACMLEvaluation {
        let effect: XACMLEffect
        switch outcome {
        case .permit: effect = .permit
        case .deny: effect = .deny
        case .notApplicable: return Self.outcome(outcome, .ok, trace)
        case .indeterminatePermit, .indeterminateDeny, .indeterminateBoth:
            let fault = trace.lazy.compactMap(\.fault).first
            return Self.outcome(outcome, fault ?? XACMLStatus(.processingError), trace)
        }
        var gathered = effect == .permit ? permitted : denied
        do {
            try gathered.gather(duties, on: effect, &evaluator)
        } catch { return Self.outcome(XACMLOutcome(indeterminate: effect), error, trace) }
        return XACMLEvaluation(
            outcome: outcome,
            status: .ok,
            obligations: gathered.obligations,
            advice: gathered.advice,
            trace: trace
        )
    }

    /// Table 7: what rules come to when it cannot be known whether the policy speaks of the request.
    private static func underFaultyTarget(_ outcome: XACMLOutcome) -> XACMLOutcome {
        switch outcome {
        case .permit: .indeterminatePermit
        case .deny: .indeterminateDeny
        case .notApplicable, .indeterminatePermit, .indeterminateDeny, .indeterminateBoth: outcome
        }
    }

    private static func outcome(
        _ outcome: XACMLOutcome,
        _ status: XACMLStatus,
        _ trace: [XACMLRuleTrace] = []
    ) -> XACMLEvaluation {
        // Table 7: a policy whose target fails and whose rules do not apply is not applicable; that is no fault.
        let status = outcome == .notApplicable ? .ok : status
        return XACMLEvaluation(outcome: outcome, status: status, obligations: [], advice: [], trace: trace)
    }
}

extension XACMLPolicy.Rule {
    /// Evaluates the rule (XACML 3.0 section 7.11).
    func evaluate(_ evaluator: inout Evaluator, _ gathered: inout Duties) -> XACMLRuleTrace {
        do {
            guard try target.matches(evaluator) else { return trace(.notApplicable) }
            if let condition, try !evaluator.evaluate(condition).truth { return trace(.notApplicable) }
            try gathered.gather(duties, on: effect, &evaluator)
            return trace(XACMLOutcome(effect))
        } catch {
            return XACMLRuleTrace(rule: identifier, outcome: XACMLOutcome(indeterminate: effect), fault: error)
        }
    }

    private func trace(_ outcome: XACMLOutcome) -> XACMLRuleTrace {
        XACMLRuleTrace(rule: identifier, outcome: outcome, fault: nil)
    }
}

extension Duties {
    /// Adds all of another's.
    mutating func append(_ other: Duties) {
        obligations += other.obligations
        advice += other.advice
    }
}
