public import Clients
public import Delegations
public import Scopes
public import Vocabulary

/// Who looks: every inquiry shows only what is the viewer's to see.
public enum Viewer: Sendable, Hashable {
    /// The operator, who sees everything.
    case `operator`
    /// An organisation, which sees what it owns, may use or takes part in.
    case organisation(OrganisationNumber)

    /// The organisation that looks; nil for the operator.
    public var organisation: OrganisationNumber? {
        guard case .organisation(let number) = self else { return nil }
        return number
    }

    /// Whether it is one of those that something concerns.
    public func isOne(of parties: OrganisationNumber?...) -> Bool {
        guard let organisation else { return true }
        return parties.contains(organisation)
    }

    /// Whether a list of scopes shows it one, given its own grant.
    public func sees(_ scope: Scope, access: ScopeAccess?) -> Bool {
        if isOne(of: scope.owner) { return true }
        return switch scope.visibility {
        case .everyone: true
        case .restricted: access?.state == .approved
        case .internal: false
        }
    }

    /// Whether it sees a client with its keys: its owner, and the supplier that registered it.
    public func sees(_ client: Client) -> Bool { isOne(of: client.owner, client.supplier) }

    /// Whether it sees a delegation: both sides, and the owner of what is delegated.
    public func sees(_ delegation: ScopeDelegation, owner: OrganisationNumber?) -> Bool {
        isOne(of: delegation.consumer, delegation.supplier, owner)
    }
}
