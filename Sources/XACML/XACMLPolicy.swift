/// One policy: which requests it speaks of, its rules, and how they are combined (XACML 3.0 section 5.14).
public struct XACMLPolicy: Sendable {
    /// One rule.
    public struct Rule: Sendable {
        /// Its identifier, unique in the policy.
        public let identifier: String
        /// What it says when it holds.
        public let effect: XACMLEffect
        /// What people are told of it; nil when the policy does not say.
        public let description: String?
        let target: Target
        let condition: Expression?
        let duties: [ObligationExpression]
    }

    /// Its identifier.
    public let identifier: String
    /// Its version; `1.0` when the document does not say.
    public let version: String
    /// What people are told of it; nil when it does not say.
    public let description: String?
    /// How the rules are combined.
    public let combining: XACMLCombiningAlgorithm
    /// The rules in order.
    public let rules: [Rule]
    let target: Target
    let variables: [String: Expression]
    let duties: [ObligationExpression]
    /// Every attribute that its targets, conditions and duties take from a request.
    let mentioned: [XACMLCategory: [String: XACMLMention]]
    /// Every combination of subject, resource and action that its targets spell out.
    public let combinations: [XACMLCombination]
}

/// What came of evaluating one rule.
public struct XACMLRuleTrace: Sendable, Hashable {
    /// The rule.
    public let rule: String
    /// What it came to.
    public let outcome: XACMLOutcome
    /// Why it could not be evaluated; nil when it could.
    public let fault: XACMLStatus?
}

/// What came of evaluating a policy.
public struct XACMLEvaluation: Sendable, Hashable {
    /// What the policy came to.
    public let outcome: XACMLOutcome
    /// Ok, or why it is Indeterminate.
    public let status: XACMLStatus
    /// What must be done, in order: the policy's own after those of the rules.
    public let obligations: [XACMLObligation]
    /// What may be done.
    public let advice: [XACMLObligation]
    /// The rules that were looked at, in order, up to the one that decided.
    public let trace: [XACMLRuleTrace]

    /// The decision.
    public var decision: XACMLDecision { outcome.decision }

    /// The rules whose effect is the decision.
    public var decidingRules: [String] {
        trace.filter { $0.outcome == outcome }.map(\.rule)
    }
}
