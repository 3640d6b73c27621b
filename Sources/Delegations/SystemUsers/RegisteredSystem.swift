public import JOSE
public import Vocabulary

/// One right that a system may ask for: a resource, perhaps narrowed to one action.
public struct SystemRight: Sendable, Hashable {
    /// The resource of the registry.
    public let resource: ResourceID
    /// The action; nil: every action that the resource's policy has.
    public let action: String?

    /// A right.
    public init(resource: ResourceID, action: String? = nil) {
        self.resource = resource
        self.action = action
    }

    /// Whether it gives all that `other` asks for; actions are compared without case, as policies match them.
    public func covers(_ other: SystemRight) -> Bool {
        guard resource == other.resource else { return false }
        guard let action else { return true }
        return other.action?.lowercased() == action.lowercased()
    }
}

/// A vendor's product in the system register, tied to the clients that act as it (spec/altinn §6.2).
public struct RegisteredSystem: Sendable, Hashable {
    /// The identifier.
    public let id: SystemID
    /// The organisation that sells it; the one that the identifier begins with.
    public var vendor: OrganisationNumber { id.vendor }
    /// The name.
    public var name: LocalisedText
    /// What it is for.
    public var description: LocalisedText
    /// The single rights that its system users may be given.
    public var rights: [SystemRight]
    /// The access packages that its system users may be given, by slug.
    public var packages: [String]
    /// The clients that act as it; a client belongs to one system at most.
    public var clients: [ClientID]
    /// Whether customers find it in lists.
    public var isVisible: Bool
    /// Where a customer may be sent back to after a request.
    public var allowedRedirectURLs: [String]
    /// Whether it was deleted: nothing is asked for or issued with it.
    public var isDeleted: Bool
    /// When it was registered.
    public let created: Timestamp
    /// When it was last changed.
    public var lastUpdated: Timestamp

    /// A system.
    public init(
        id: SystemID,
        name: LocalisedText,
        description: LocalisedText = LocalisedText(),
        rights: [SystemRight] = [],
        packages: [String] = [],
        clients: [ClientID] = [],
        isVisible: Bool = false,
        allowedRedirectURLs: [String] = [],
        isDeleted: Bool = false,
        created: Timestamp
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.rights = rights
        self.packages = packages
        self.clients = clients
        self.isVisible = isVisible
        self.allowedRedirectURLs = allowedRedirectURLs
        self.isDeleted = isDeleted
        self.created = created
        self.lastUpdated = created
    }
}

/// One line of a system's change log.
public struct SystemChange: Sendable, Hashable {
    /// What was done; the raw values stand in stores for ever.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It was registered.
        case create
        /// Its record was changed.
        case update
        /// Its rights were changed.
        case rightsUpdate = "rights_update"
        /// Its access packages were changed.
        case accessPackagesUpdate = "access_packages_update"
        /// It was deleted.
        case delete
    }

    /// The system.
    public let system: SystemID
    /// When.
    public let time: Timestamp
    /// What was done.
    public let kind: Kind
    /// Who did it, as the ledger names the actor.
    public let actor: String
    /// The members that changed, each with `before` and `after`.
    public let changes: JSONObject

    /// A line.
    public init(system: SystemID, time: Timestamp, kind: Kind, actor: String, changes: JSONObject) {
        self.system = system
        self.time = time
        self.kind = kind
        self.actor = actor
        self.changes = changes
    }
}
