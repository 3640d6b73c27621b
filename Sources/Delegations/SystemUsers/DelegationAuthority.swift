public import Vocabulary

/// Why a person may not give an action of a resource on.
public enum DelegationObstacle: String, Sendable, Hashable, CaseIterable {
    /// No role of theirs gives it.
    case missingRole = "missing_role"
    /// They have access, but not by something that may be passed on.
    case missingDelegation = "missing_delegation"
    /// They have logged in at too low a level.
    case levelTooLow = "level_too_low"
    /// The resource cannot be delegated.
    case notDelegable = "not_delegable"
    /// The party is on no access list of the resource.
    case accessList = "access_list"
    /// The policy is missing, or could not be evaluated.
    case undecided
}

/// Whether one action of a resource may be given on.
public struct ActionDelegability: Sendable, Hashable {
    /// The action, as the policy writes it.
    public let action: String
    /// Why it may not; nil when it may.
    public let obstacle: DelegationObstacle?

    /// An action.
    public init(action: String, obstacle: DelegationObstacle?) {
        self.action = action
        self.obstacle = obstacle
    }
}

/// Answers what persons and organisations may do: the decision point, as the rules of this slice see it.
public protocol DelegationAuthority {
    /// Whether a person may do an action on a resource of the delegation system itself, for a party.
    func permits(
        _ action: String,
        on resource: ResourceID,
        to person: PersonPseudonym,
        level: Int,
        for party: Party
    ) throws -> Bool

    /// Whether an organisation may do an action on a resource, in its own name.
    func permits(_ action: String, on resource: ResourceID, to organisation: OrganisationNumber) throws -> Bool

    /// Every action of a resource, and whether the person may give it on for the party.
    func delegability(
        of resource: ResourceID,
        by person: PersonPseudonym,
        level: Int,
        for party: Party
    ) throws -> [ActionDelegability]
}
