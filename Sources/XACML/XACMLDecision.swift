/// The four answers to a request (XACML 3.0 section 5.53).
///
/// Whoever enforces must take everything but `permit` for a refusal.
public enum XACMLDecision: String, Sendable, Hashable, CaseIterable {
    /// Access is granted, under the obligations that come with it.
    case permit = "Permit"
    /// Access is refused by a rule.
    case deny = "Deny"
    /// The request could not be evaluated.
    case indeterminate = "Indeterminate"
    /// No rule speaks of the request.
    case notApplicable = "NotApplicable"
}

/// What a rule says when it holds.
public enum XACMLEffect: String, Sendable, Hashable, CaseIterable {
    /// Access is granted.
    case permit = "Permit"
    /// Access is refused.
    case deny = "Deny"
}

/// A decision with the extended set of Indeterminate (XACML 3.0 section 7.10).
public enum XACMLOutcome: Sendable, Hashable, CaseIterable {
    /// Permit.
    case permit
    /// Deny.
    case deny
    /// NotApplicable.
    case notApplicable
    /// Indeterminate{P}: without the error it could have been Permit, but not Deny.
    case indeterminatePermit
    /// Indeterminate{D}: without the error it could have been Deny, but not Permit.
    case indeterminateDeny
    /// Indeterminate{DP}: without the error it could have been either.
    case indeterminateBoth

    /// The decision, the extended set folded together.
    public var decision: XACMLDecision {
        switch self {
        case .permit: .permit
        case .deny: .deny
        case .notApplicable: .notApplicable
        case .indeterminatePermit, .indeterminateDeny, .indeterminateBoth: .indeterminate
        }
    }

    /// The outcome of a rule that holds.
    public init(_ effect: XACMLEffect) {
        switch effect {
        case .permit: self = .permit
        case .deny: self = .deny
        }
    }

    /// The outcome of a rule that could not be evaluated.
    public init(indeterminate effect: XACMLEffect) {
        switch effect {
        case .permit: self = .indeterminatePermit
        case .deny: self = .indeterminateDeny
        }
    }
}
