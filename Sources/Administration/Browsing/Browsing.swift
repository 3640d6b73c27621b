public import Clients
public import Delegations
public import Scopes
public import Vocabulary

/// A part of a list, and how long the whole of it is.
public struct Listed<Row: Sendable>: Sendable {
    /// The rows of this part, in the order asked.
    public let rows: [Row]
    /// How many rows the whole list has.
    public let total: Int

    /// A part of a list.
    public init(rows: [Row], total: Int) {
        self.rows = rows
        self.total = total
    }
}

/// Which part of a list is wanted, in which order.
public struct Paging<Order: Sendable & Hashable>: Sendable, Hashable {
    /// What it is sorted by; what is equal in it comes in the list's own order.
    public var order: Order
    /// From the highest to the lowest.
    public var isDescending = false
    /// How many rows come before this part.
    public var offset = 0
    /// At most so many rows.
    public var limit = 50

    /// The first part, in an order.
    public init(order: Order) { self.order = order }
}

/// Which grants of access are to be listed with their use; what is nil or false does not matter.
public struct AccessBrowsing: Sendable, Hashable {
    /// What such a list can be sorted by.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        case scope, consumer, since, until
        case lastToken = "last_token"
    }

    /// Whose they must be: the consumer's, or the scope's owner's.
    public var viewer: OrganisationNumber?
    /// To that scope, or to scopes under that prefix.
    public var scope: ScopeName?
    /// To scopes under that prefix.
    public var prefix: ScopePrefix?
    /// Of that organisation.
    public var consumer: OrganisationNumber?
    /// Those that the supplier may use for the consumer by a delegation.
    public var supplier: OrganisationNumber?
    /// To scopes of that owner.
    public var owner: OrganisationNumber?
    /// Those that end before that time.
    public var endingBefore: Timestamp?
    /// Those that no token was ever issued on.
    public var isNeverUsed = false
    /// Withdrawn and requested ones too; only without ``moment``.
    public var includesUnapproved = false
    /// What gave a right at that moment, rather than what is stored now.
    public var moment: Timestamp?
    /// Which part.
    public var paging = Paging(order: Order.scope)

    /// All approved grants.
    public init() {}
}

/// A grant of access and its use.
public struct AccessUse: Sendable, Hashable {
    /// The grant.
    public let access: ScopeAccess
    /// The last token on it; nil: never.
    public let lastToken: Timestamp?
    /// Tokens on it in the last 30 days.
    public let recentTokens: Int64
    /// The consumer's active clients that hold the scope.
    public let clients: Int

    /// A grant and its use.
    public init(access: ScopeAccess, lastToken: Timestamp?, recentTokens: Int64, clients: Int) {
        self.access = access
        self.lastToken = lastToken
        self.recentTokens = recentTokens
        self.clients = clients
    }
}

/// Which clients are to be listed; what is nil or false does not matter.
public struct ClientBrowsing: Sendable, Hashable {
    /// What such a list can be sorted by.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        case owner, name, created
        case keyExpiry = "nearest_key_expiry"
        case lastToken = "last_token"
    }

    /// Whose they must be: the owner's, or the supplier's that registered them.
    public var viewer: OrganisationNumber?
    /// Of that organisation.
    public var owner: OrganisationNumber?
    /// That hold that scope.
    public var scope: ScopeName?
    /// Whose name or identifier holds that text.
    public var text: String?
    /// With a key that ends before that time.
    public var keyEndingBefore: Timestamp?
    /// Disabled ones too.
    public var includesInactive = false
    /// Which part.
    public var paging = Paging(order: Order.owner)

    /// All active clients.
    public init() {}
}

/// Which scopes are to be listed; what is nil or false does not matter.
public struct ScopeBrowsing: Sendable, Hashable {
    /// What such a list can be sorted by.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        case scope, owner, created
    }

    /// Who must see them: the owner, whoever has access, everybody where they are public.
    public var viewer: OrganisationNumber?
    /// Whose name or description holds that text.
    public var text: String?
    /// Under that prefix.
    public var prefix: ScopePrefix?
    /// Of that organisation.
    public var owner: OrganisationNumber?
    /// Inactive ones too.
    public var includesInactive = false
    /// Which part.
    public var paging = Paging(order: Order.scope)

    /// All active scopes.
    public init() {}
}

/// A scope and its use.
public struct ScopeUse: Sendable, Hashable {
    /// The scope.
    public let scope: Scope
    /// How many organisations have access.
    public let consumers: Int
    /// How many active clients hold it.
    public let clients: Int
    /// The last token with it; nil: never.
    public let lastToken: Timestamp?

    /// A scope and its use.
    public init(scope: Scope, consumers: Int, clients: Int, lastToken: Timestamp?) {
        self.scope = scope
        self.consumers = consumers
        self.clients = clients
        self.lastToken = lastToken
    }
}

/// Which delegations are to be listed; what is nil does not matter.
public struct DelegationBrowsing: Sendable, Hashable {
    /// What such a list can be sorted by.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        case consumer, supplier, since, until
        case lastUsed = "last_used"
    }

    /// Whose they must be: either side's, or the resource's owner's.
    public var viewer: OrganisationNumber?
    /// Of that consumer.
    public var consumer: OrganisationNumber?
    /// To that supplier.
    public var supplier: OrganisationNumber?
    /// Of resources that bundle that scope.
    public var scope: ScopeName?
    /// Which part.
    public var paging = Paging(order: Order.consumer)

    /// All that were not revoked.
    public init() {}
}

/// Reads long lists part by part, sorted and filtered where they are stored.
public protocol BrowsingReader {
    /// Grants of access with their use.
    func browse(_ query: AccessBrowsing, at now: Timestamp) throws -> Listed<AccessUse>

    /// Clients.
    func browse(_ query: ClientBrowsing) throws -> Listed<Client>

    /// Scopes with their use.
    func browse(_ query: ScopeBrowsing) throws -> Listed<ScopeUse>

    /// Delegations that were not revoked.
    func browse(_ query: DelegationBrowsing) throws -> Listed<ScopeDelegation>

    /// The organisations that have something here, or deal with that viewer, by number.
    func parties(of viewer: OrganisationNumber?, offset: Int, limit: Int) throws -> Listed<PartyCounts>

    /// Who shares with an organisation; at most `limit` of each kind.
    func sharing(of organisation: OrganisationNumber, limit: Int) throws -> SharingPicture
}
