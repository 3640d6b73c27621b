public import Vocabulary

/// Which scopes a list is about; what is nil does not matter.
public struct ScopeQuery: Sendable, Hashable {
    /// Those under that prefix.
    public var prefix: ScopePrefix?
    /// Those that the organisation owns.
    public var owner: OrganisationNumber?
    /// Inactive ones as well.
    public var includesInactive = false
    /// Those that were made or changed at that time or later.
    public var changedSince: Timestamp?

    /// All active scopes.
    public init() {}
}

/// Which grants of access a list is about; what is nil does not matter.
public struct AccessQuery: Sendable, Hashable {
    /// Those of that scope.
    public var scope: ScopeName?
    /// Those of scopes under that prefix.
    public var prefix: ScopePrefix?
    /// Those to that organisation.
    public var consumer: OrganisationNumber?
    /// Those to scopes that the organisation owns.
    public var owner: OrganisationNumber?
    /// Those that end before that time.
    public var endingBefore: Timestamp?
    /// Those that have not ended at that time: with ``endingBefore`` those that are about to end.
    public var endingAfter: Timestamp?
    /// Withdrawn and requested ones as well.
    public var includesUnapproved = false
    /// Of all those in their order the ones at these places: a popular scope has a million.
    public var part: Range<Int>?

    /// All approved grants.
    public init() {}
}

/// Reads scopes and access inside an open transaction or snapshot; blocks.
public protocol ScopeReader {
    /// Who owns that prefix; nil when it is free.
    func prefixAssignment(_ prefix: ScopePrefix) throws -> ScopePrefixAssignment?

    /// All assigned prefixes, in order.
    func prefixAssignments() throws -> [ScopePrefixAssignment]

    /// The scope of that name.
    func scope(_ name: ScopeName) throws -> Scope?

    /// The scopes asked for, by name.
    func scopes(_ query: ScopeQuery) throws -> [Scope]

    /// The organisation's grant to that scope, in any state.
    func access(to scope: ScopeName, of consumer: OrganisationNumber) throws -> ScopeAccess?

    /// The grants asked for, by scope and consumer.
    func accesses(_ query: AccessQuery) throws -> [ScopeAccess]

    /// How many grants there are that are asked for, whatever part of them.
    func accessCount(_ query: AccessQuery) throws -> Int

    /// How many organisations have an approved grant, by scope; a scope without any is not named.
    func consumerCounts() throws -> [ScopeName: Int]

    /// The organisation's newest request for access to that scope, in any state.
    func accessRequest(to scope: ScopeName, of consumer: OrganisationNumber) throws -> AccessRequest?

    /// The requests asked for, the newest of each organisation and scope, those made last first.
    func accessRequests(_ query: AccessRequestQuery) throws -> [AccessRequest]

    /// The agreement of these two on that scope; nil when there is none.
    func processorAgreement(
        on scope: ScopeName,
        of consumer: OrganisationNumber,
        with supplier: OrganisationNumber
    ) throws -> ProcessorAgreement?

    /// The agreements asked for, by scope, consumer and supplier.
    func processorAgreements(_ query: ProcessorAgreementQuery) throws -> [ProcessorAgreement]
}

/// Keeps scopes and access inside an open transaction; blocks.
///
/// It keeps what it is given: rules, revision and ledger are for whoever calls it.
public protocol ScopeStore: ScopeReader {
    /// Keeps a new assignment; the prefix must be free.
    func insert(_ assignment: ScopePrefixAssignment) throws

    /// Keeps a new scope; its prefix must be assigned, its name free.
    func insert(_ scope: Scope) throws

    /// Keeps the scope's new values.
    func update(_ scope: Scope) throws

    /// Keeps a new grant, or the new values of one.
    func put(_ access: ScopeAccess) throws

    /// Keeps a new request, or another in its place.
    func put(_ request: AccessRequest) throws

    /// Keeps a new agreement, or another in its place.
    func put(_ agreement: ProcessorAgreement) throws

    /// Forgets an agreement; the ledger remembers it.
    func remove(_ agreement: ProcessorAgreement) throws
}
