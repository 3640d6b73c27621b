public import Vocabulary
public import XACML

/// Which resources a list is about; what is nil does not matter.
public struct ResourceQuery: Sendable, Hashable {
    /// Those of that type.
    public var type: ResourceType?
    /// Those of that competent authority.
    public var owner: OrganisationNumber?
    /// Those that bundle that scope.
    public var scope: ScopeName?

    /// All resources that are stored.
    public init() {}
}

/// Reads the resource registry inside an open transaction or snapshot; blocks.
///
/// A scope whose delegations are registered here has a resource of its own from the start; a reader gives it like any other
/// until one of the same identifier is stored in its place (``InternalResources``).
public protocol ResourceReader {
    /// The newest version of that resource; nil when there is none, or when it was deleted.
    func resource(_ id: ResourceID) throws -> Resource?

    /// The resource's policy; nil when it has none.
    func policy(of id: ResourceID) throws -> XACMLPolicy?

    /// The resources that bundle that scope, by identifier.
    func resources(referencing scope: ScopeName) throws -> [Resource]

    /// The resources asked for, by identifier.
    func resources(_ query: ResourceQuery) throws -> [Resource]
}

/// Reads the resource registry as it was written, old versions and all.
public protocol ResourceRecordReader: ResourceReader {
    /// The resource's policy as the document that was uploaded; nil when it has none.
    func policyDocument(of id: ResourceID) throws -> [UInt8]?

    /// All versions of a resource, the oldest first, also of a deleted one.
    func versions(of id: ResourceID) throws -> [Resource]
}

/// Keeps the resource registry inside an open transaction; blocks.
///
/// It keeps what it is given: rules, revision and ledger are for whoever calls it.
public protocol ResourceStore: ResourceRecordReader {
    /// Keeps a new version of a resource, the first one of a new resource; its number is the next.
    ///
    /// - Returns: the resource with the number that it got.
    @discardableResult
    func put(_ resource: Resource, at now: Timestamp) throws -> Resource

    /// Keeps the resource's policy, as the XML document that was uploaded; nil takes it away.
    func setPolicy(_ document: [UInt8]?, of id: ResourceID, at now: Timestamp) throws

    /// Takes the resource out of the registry; its versions stay.
    func deleteResource(_ id: ResourceID, at now: Timestamp) throws
}
