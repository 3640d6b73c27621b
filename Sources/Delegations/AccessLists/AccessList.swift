public import Vocabulary

/// The name of an access list: its owner, and the owner's identifier for it.
public struct AccessListID: Sendable, Hashable, Comparable {
    /// The text is no identifier of an access list.
    public struct ParseError: Error, Equatable, Sendable {}

    /// The longest identifier, in bytes.
    public static let maximumLength = 64

    /// The organisation that keeps the list.
    public let owner: OrganisationNumber
    /// The owner's identifier: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
    public let identifier: String

    /// The name of an owner's list.
    ///
    /// - Throws: `ParseError` when the identifier is empty, too long or holds another character.
    public init(owner: OrganisationNumber, parsing identifier: some StringProtocol) throws(ParseError) {
        guard (1...Self.maximumLength).contains(identifier.utf8.count),
            identifier.utf8.allSatisfy(Self.isAllowed)
        else { throw ParseError() }
        self.owner = owner
        self.identifier = String(identifier)
    }

    /// Parses `<organisation number>:<identifier>`, the value of `urn:altinn:access-list` in policies.
    ///
    /// - Throws: `ParseError` for anything else.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let owner = try? OrganisationNumber(parsing: parts[0]) else { throw ParseError() }
        try self.init(owner: owner, parsing: parts[1])
    }

    /// Orders by owner, then by identifier.
    public static func < (left: AccessListID, right: AccessListID) -> Bool {
        (left.owner, left.identifier) < (right.owner, right.identifier)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension AccessListID: CustomStringConvertible {
    /// `<organisation number>:<identifier>`.
    public var description: String { "\(owner):\(identifier)" }
}

/// A list of organisations that may be given rights on the resources it is connected to (tilgangsliste).
public struct AccessList: Sendable, Hashable {
    /// Its name.
    public let id: AccessListID
    /// What people call it.
    public var name: String
    /// What it is for.
    public var description: String
    /// When it was made.
    public let created: Timestamp
    /// When its own texts were last changed.
    public var lastUpdated: Timestamp

    /// A list.
    public init(id: AccessListID, name: String, description: String = "", created: Timestamp) {
        self.id = id
        self.name = name
        self.description = description
        self.created = created
        lastUpdated = created
    }
}

/// An organisation on a list.
public struct AccessListMember: Sendable, Hashable {
    /// The organisation.
    public let organisation: OrganisationNumber
    /// Since when.
    public let since: Timestamp

    /// A member.
    public init(organisation: OrganisationNumber, since: Timestamp) {
        self.organisation = organisation
        self.since = since
    }
}

/// That a list counts for a resource.
public struct AccessListConnection: Sendable, Hashable {
    /// The resource.
    public let resource: ResourceID
    /// The actions that the list counts for, compared without case; empty: all.
    public let actions: [String]

    /// A connection.
    public init(resource: ResourceID, actions: [String] = []) {
        self.resource = resource
        self.actions = actions
    }

    /// Whether the list counts for that action.
    public func covers(_ action: String) -> Bool {
        actions.isEmpty || actions.contains { $0.lowercased() == action.lowercased() }
    }
}

/// Which lists are meant; what is nil does not matter.
public struct AccessListQuery: Sendable, Hashable {
    /// Those of that owner.
    public var owner: OrganisationNumber?
    /// Those that organisation is on.
    public var member: OrganisationNumber?
    /// Those that count for that resource.
    public var resource: ResourceID?

    /// Lists.
    public init(
        owner: OrganisationNumber? = nil,
        member: OrganisationNumber? = nil,
        resource: ResourceID? = nil
    ) {
        self.owner = owner
        self.member = member
        self.resource = resource
    }
}

/// Reads access lists inside an open transaction or snapshot; blocks.
public protocol AccessListReader {
    /// The list of that name.
    func accessList(_ id: AccessListID) throws -> AccessList?

    /// The lists asked for, by name.
    func accessLists(_ query: AccessListQuery) throws -> [AccessList]

    /// Who is on a list, by number.
    func members(of list: AccessListID) throws -> [AccessListMember]

    /// For which resources a list counts, by identifier.
    func connections(of list: AccessListID) throws -> [AccessListConnection]

    /// The lists that an organisation is on and that count for a resource, each with its connection, by name.
    func accessLists(
        admitting member: OrganisationNumber,
        to resource: ResourceID
    ) throws -> [(list: AccessListID, connection: AccessListConnection)]
}

/// Keeps access lists inside an open transaction; blocks.
///
/// It keeps what it is given: rules, revision and ledger are for whoever calls it.
public protocol AccessListStore: AccessListReader {
    /// Keeps a list, new or with new texts.
    func put(_ list: AccessList) throws

    /// Forgets a list, its members and its connections.
    func deleteAccessList(_ id: AccessListID) throws

    /// Puts an organisation on a list; one that is on it stays as it is.
    func add(_ member: AccessListMember, to list: AccessListID) throws

    /// Takes an organisation off a list.
    func remove(_ member: OrganisationNumber, from list: AccessListID) throws

    /// Makes a list count for a resource, new or with other actions.
    func connect(_ connection: AccessListConnection, to list: AccessListID) throws

    /// Makes a list count for a resource no more.
    func disconnect(_ resource: ResourceID, from list: AccessListID) throws
}
