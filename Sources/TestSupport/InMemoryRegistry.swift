public import Delegations
public import Vocabulary
public import XACML

/// Roles, resources and delegations in memory: what a test says, and what the system has of its own.
public struct InMemoryRegistry: RoleReader, ResourceReader, DelegationReader {
    /// The role facts.
    public var roles = InMemoryRoles()
    /// The stored resources.
    public var stored: [ResourceID: Resource] = [:]
    /// The documents of their policies.
    public var policies: [ResourceID: [UInt8]] = [:]
    /// The delegations that were not revoked.
    public var delegations: [ScopeDelegation] = []
    /// The suppliers.
    public var suppliers: [SupplierRelation] = []

    /// No facts.
    public init() {}

    // MARK: Roles

    /// The unit of that number.
    public func unit(_ number: OrganisationNumber) -> Unit? { roles.unit(number) }

    /// What an organisation has assigned.
    public func assignments(of organisation: OrganisationNumber) -> [RoleAssignment] {
        roles.assignments(of: organisation)
    }

    /// What a party has been assigned.
    public func assignments(heldBy party: Party) -> [RoleAssignment] { roles.assignments(heldBy: party) }

    /// Whether a test says so.
    public func hasUnlinkedPersons(in organisation: OrganisationNumber) -> Bool {
        roles.hasUnlinkedPersons(in: organisation)
    }

    /// Whether a person is known.
    public func knows(_ person: PersonPseudonym) -> Bool { roles.knows(person) }

    /// The party of that UUID.
    public func party(named uuid: PartyUUID) -> Party? { roles.party(named: uuid) }

    /// The party of that number.
    public func party(numbered partyID: Int64) -> Party? { roles.party(numbered: partyID) }

    // MARK: Resources

    /// The stored resource, or the system's own.
    public func resource(_ id: ResourceID) -> Resource? { stored[id] ?? SystemResources.resource(id) }

    /// The policy of a stored resource, or of one of the system's own.
    public func policy(of id: ResourceID) throws -> XACMLPolicy? {
        guard let document = policies[id] ?? SystemResources.policyDocument(of: id) else { return nil }
        return try XACMLPolicy(parsing: document)
    }

    /// The stored resources that bundle a scope.
    public func resources(referencing scope: ScopeName) -> [Resource] {
        stored.values.filter { $0.scopes.contains(scope) }.sorted { $0.identifier < $1.identifier }
    }

    /// The stored resources asked for.
    public func resources(_ query: ResourceQuery) -> [Resource] {
        stored.values.filter { resource in
            (query.type == nil || resource.type == query.type)
                && (query.owner == nil || resource.competentAuthority?.organisation == query.owner)
                && (query.scope.map { resource.scopes.contains($0) } ?? true)
        }.sorted { $0.identifier < $1.identifier }
    }

    // MARK: Delegations

    /// The delegations asked for.
    public func delegations(_ query: DelegationQuery) -> [ScopeDelegation] {
        delegations.filter { delegation in
            (query.consumer == nil || delegation.consumer == query.consumer)
                && (query.supplier == nil || delegation.supplier == query.supplier)
                && (query.resource == nil || delegation.resource == query.resource)
                && (query.scope.map { stored[delegation.resource]?.scopes.contains($0) ?? false } ?? true)
        }
    }

    /// The delegation of exactly these.
    public func delegation(
        of resource: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) -> ScopeDelegation? {
        delegations.first { $0.resource == resource && $0.consumer == consumer && $0.supplier == supplier }
    }

    /// The relation of these two.
    public func supplierRelation(
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) -> SupplierRelation? {
        suppliers.first { $0.consumer == consumer && $0.supplier == supplier }
    }

    /// The relations of these.
    public func supplierRelations(
        consumer: OrganisationNumber?,
        supplier: OrganisationNumber?
    ) -> [SupplierRelation] {
        suppliers.filter { relation in
            (consumer == nil || relation.consumer == consumer) && (supplier == nil || relation.supplier == supplier)
        }
    }
}
