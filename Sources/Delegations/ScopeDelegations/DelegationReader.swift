public import Vocabulary

/// Which delegations a list is about; what is nil does not matter.
public struct DelegationQuery: Sendable, Hashable {
    /// Those that the organisation gave.
    public var consumer: OrganisationNumber?
    /// Those that the organisation got.
    public var supplier: OrganisationNumber?
    /// Those of that resource.
    public var resource: ResourceID?
    /// Those of resources that bundle that scope.
    public var scope: ScopeName?

    /// All delegations that were not revoked.
    public init(
        consumer: OrganisationNumber? = nil,
        supplier: OrganisationNumber? = nil,
        resource: ResourceID? = nil,
        scope: ScopeName? = nil
    ) {
        self.consumer = consumer
        self.supplier = supplier
        self.resource = resource
        self.scope = scope
    }
}

/// Reads delegations inside an open transaction or snapshot; blocks.
public protocol DelegationReader {
    /// The delegations asked for that were not revoked, by consumer, supplier and resource; those that are over as well.
    func delegations(_ query: DelegationQuery) throws -> [ScopeDelegation]

    /// The delegation of exactly these two numbers that was not revoked.
    func delegation(
        of resource: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) throws -> ScopeDelegation?

    /// The relation of these two organisations.
    func supplierRelation(
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) throws -> SupplierRelation?

    /// The relations of a consumer, a supplier or both, by consumer and supplier; what is nil does not matter.
    func supplierRelations(
        consumer: OrganisationNumber?,
        supplier: OrganisationNumber?
    ) throws -> [SupplierRelation]
}

/// Keeps delegations inside an open transaction; blocks.
///
/// It keeps what it is given: rules, revision and ledger are for whoever calls it.
public protocol DelegationStore: DelegationReader {
    /// Keeps a new delegation; there must be none of the same resource and organisations that was not revoked.
    func insert(_ delegation: ScopeDelegation) throws

    /// Keeps another end of a delegation, and on whose act it rests since.
    func setEnd(of delegation: DelegationID, to until: Timestamp?, by basis: DelegationBasis) throws

    /// Marks a delegation as revoked; its row stays.
    func revoke(_ delegation: DelegationID, at now: Timestamp) throws

    /// Keeps a new relation; there must be none of the same organisations.
    func insert(_ relation: SupplierRelation) throws

    /// Takes a relation away.
    func removeSupplierRelation(from consumer: OrganisationNumber, to supplier: OrganisationNumber) throws
}
