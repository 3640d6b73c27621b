public import Vocabulary

/// What came of asking whether a person may delegate a resource for an organisation (spec of Altinn §3.4).
///
/// Two gates, both required: the system resource ``ResourceID/scopeDelegation``, and the resource's own policy. Every
/// condition says yes or no and names what decided: the role path, the rule, the record.
public struct DelegationCheckResult: Sendable, Hashable {
    /// One thing that must hold.
    public struct Condition: Sendable, Hashable {
        /// Which condition.
        public let kind: Kind
        /// Whether it holds.
        public let holds: Bool
        /// What decided, in one line: a role path, a rule, a record; lower case, values in backticks.
        public let explanation: String

        /// A condition.
        public init(_ kind: Kind, holds: Bool, explanation: String) {
            self.kind = kind
            self.holds = holds
            self.explanation = explanation
        }
    }

    /// What must hold, in the order in which it is asked.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The resource is in the registry.
        case resourceKnown = "resource_known"
        /// It is a schema of scopes.
        case resourceType = "resource_type"
        /// It may be delegated.
        case resourceDelegable = "resource_delegable"
        /// Gate 1: the person may write delegations for the organisation.
        case administrationGate = "administration_gate"
        /// Where gate 1 is closed: nobody of the organisation waits to be tied to a national identity number.
        case personNotLinked = "person_not_linked"
        /// Gate 1: the login level reaches that of the system resource.
        case administrationLevel = "administration_level"
        /// Gate 2: the person has a right to give on the resource.
        case resourceGate = "resource_gate"
        /// Gate 2: the login level reaches that of the resource's policy.
        case resourceLevel = "resource_level"
    }

    /// Whether one action of the resource may be delegated.
    public struct Right: Sendable, Hashable {
        /// The action, `ScopeAccess`.
        public let action: String
        /// Whether it may.
        public let isDelegable: Bool
        /// What decided on the right itself, in one line.
        public let explanation: String

        /// An action.
        public init(action: String, isDelegable: Bool, explanation: String) {
            self.action = action
            self.isDelegable = isDelegable
            self.explanation = explanation
        }
    }

    /// The resource asked about.
    public let resource: ResourceID
    /// The organisation for which it would be delegated.
    public let consumer: OrganisationNumber
    /// All conditions that could be judged, in order.
    public let conditions: [Condition]
    /// The actions of the resource; empty when there is no such resource or it has no policy.
    public let rights: [Right]

    /// A result.
    public init(
        resource: ResourceID,
        consumer: OrganisationNumber,
        conditions: [Condition],
        rights: [Right]
    ) {
        self.resource = resource
        self.consumer = consumer
        self.conditions = conditions
        self.rights = rights
    }

    /// Whether the person may delegate: every condition holds, and there is something to give.
    public var isDelegable: Bool { conditions.allSatisfy(\.holds) && rights.contains(where: \.isDelegable) }

    /// The first condition that does not hold.
    public var obstacle: Condition? { conditions.first { !$0.holds } }
}
