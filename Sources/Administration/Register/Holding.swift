public import Organisations
public import Vocabulary

/// Something that hangs on an organisation: it is whose, or one of the two whose.
public struct Holding: Sendable, Hashable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A scope prefix, with all scopes under it.
        case prefix
        /// A grant of access to a scope.
        case access
        /// A client.
        case client
        /// An on-behalf-of entry of a client.
        case onBehalfOf = "on_behalf_of"
        /// A delegation of a resource to a supplier.
        case delegation
        /// A supplier relation.
        case supplier
        /// A resource of the resource registry.
        case resource
        /// An access list.
        case accessList = "access_list"
        /// A place on an access list.
        case accessListMember = "access_list_member"
        /// A system of the system register.
        case system
        /// A system user.
        case systemUser = "system_user"
        /// A client that an agent system user acts for.
        case clientDelegation = "client_delegation"
        /// A consent that was given or is asked for.
        case consent
    }

    /// Which part the organisation has in it.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// It owns it.
        case owner
        /// It consumes, or lets a supplier do so.
        case consumer
        /// It acts for another.
        case supplier
        /// It stands on a list, or is acted for.
        case member
        /// It was asked.
        case asked
        /// It asked.
        case recipient
        /// It asks for another.
        case handler
    }

    /// What it is.
    public let kind: Kind
    /// What names it: a scope, a client, an identifier.
    public let id: String
    /// Which part the organisation has in it.
    public let part: Part
    /// The organisation on the other side, where there is one.
    public let other: OrganisationNumber?
    /// Since when it is.
    public let since: Timestamp?

    /// Something that hangs on an organisation.
    public init(kind: Kind, id: String, part: Part, other: OrganisationNumber?, since: Timestamp?) {
        self.kind = kind
        self.id = id
        self.part = part
        self.other = other
        self.since = since
    }
}

/// Tells what hangs on organisations, and what happened to units, in one snapshot; blocks.
public protocol HoldingReader: RegisterReader {
    /// All organisations that something hangs on which is valid now or later, by number.
    func holders(at now: Timestamp) throws -> [OrganisationNumber]

    /// What of that hangs on one of them.
    func holdings(of number: OrganisationNumber, at now: Timestamp) throws -> [Holding]

    /// When a unit was last seen to be closed; nil when that is not remembered.
    func closingSeen(of number: OrganisationNumber) throws -> Timestamp?

    /// The last move of a unit from one unit above to another, as far as it is remembered.
    func lastMove(of number: OrganisationNumber) throws -> SeenOrganisationChange?

    /// The units that went elsewhere from below a unit, the newest first, at most `limit` of them.
    func moves(from number: OrganisationNumber, limit: Int) throws -> [SeenOrganisationChange]
}
