public import FoundationEssentials
public import XACML

/// A decision, and all that it was made on.
public struct DecisionOutcome: Sendable {
    /// What decided in the end.
    public enum Basis: Sendable, Hashable {
        /// A rule of the resource's policy.
        case rule(String)
        /// A delegation of the resource to the organisation that asks, or for which the person that asks has that key role.
        case delegation(DelegationID, keyRole: RoleAssignment?)
        /// A single right of a system user.
        case systemUserRight(UUID)
        /// The resource's access lists: the party is on none.
        case accessList
        /// The request, which could not be decided.
        case request
        /// The resource's policy as a whole: no rule of it, none that could be evaluated, or none at all.
        case policy
    }

    /// One step of the way to the decision, in order.
    public struct Step: Sendable, Hashable {
        /// Which step.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// What was asked.
            case question
            /// What the subject has.
            case subject
            /// What the policy said.
            case policy
            /// What delegations said.
            case delegation
            /// What the register said of the organisations.
            case party
            /// What the access lists said.
            case accessList = "access_list"
        }

        /// Which step.
        public let kind: Kind
        /// What came of it, in one line; lower case, values in backticks, no person named.
        public let text: String
    }

    /// The answer.
    public var result: XACMLResult
    /// What was asked; nil when the request did not name it.
    public let question: DecisionQuestion?
    /// What decided.
    public let basis: Basis
    /// What the subject had for the party, as far as the policy asks for it.
    public let held: [HeldAttribute]
    /// What the policy came to; nil when there is none.
    public let evaluation: XACMLEvaluation?
    let policy: XACMLPolicy?
    let laterSteps: [Step]

    /// Whether access is granted, under the obligations of the result.
    public var isPermitted: Bool { result.decision == .permit }
}
