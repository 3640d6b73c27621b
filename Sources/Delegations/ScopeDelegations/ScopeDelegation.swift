public import FoundationEssentials
public import Vocabulary

/// The identifier of a delegation: a random UUID, written in lower case.
public struct DelegationID: Sendable, Hashable, CustomStringConvertible {
    /// The UUID.
    public let uuid: UUID

    /// The identifier of a UUID.
    public init(_ uuid: UUID) { self.uuid = uuid }

    /// Parses a UUID; nil for anything else.
    public init?(parsing text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// The identifier of 16 bytes; nil for any other number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var uuid: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &uuid) { $0.copyBytes(from: bytes) }
        self.uuid = UUID(uuid: uuid)
    }

    /// The 16 bytes.
    public var bytes: [UInt8] { withUnsafeBytes(of: uuid.uuid) { Array($0) } }

    /// The UUID in lower case.
    public var description: String { uuid.uuidString.lowercased() }
}

/// Draws identifiers for new delegations.
public struct DelegationIDSource: Sendable {
    private let draw: @Sendable () -> UUID

    /// A source that takes its UUIDs from `draw`.
    public init(_ draw: @escaping @Sendable () -> UUID) { self.draw = draw }

    /// The system's random UUIDs (RFC 9562 §5.4).
    public static let system = DelegationIDSource { UUID() }

    /// A new identifier.
    public func next() -> DelegationID { DelegationID(draw()) }
}

/// Whose act a delegation rests on.
public enum DelegationBasis: Sendable, Hashable {
    /// A person's, whose right was checked.
    case person(PersonPseudonym)
    /// The operator's, on the data folder; no person's right was checked (DESIGN §8).
    case `operator`
}

/// That a consumer lets a supplier act for it with the scopes of one resource.
///
/// It counts for exactly these two organisation numbers: main units and sub-units inherit nothing, and a supplier cannot pass
/// it on.
public struct ScopeDelegation: Sendable, Hashable {
    /// Its identifier, which the ledger names with each token that rests on it.
    public let id: DelegationID
    /// The organisation that gave it (offered by).
    public let consumer: OrganisationNumber
    /// The organisation that got it (covered by).
    public let supplier: OrganisationNumber
    /// What was given.
    public let resource: ResourceID
    /// When it was given.
    public let since: Timestamp
    /// When it ends; nil: when it is revoked.
    public var until: Timestamp?
    /// Whose act it rests on: the last one that gave it or moved its end.
    public var basis: DelegationBasis
    /// When a token was last issued on it, to the day; nil: never.
    public var lastUsed: Timestamp?

    /// A delegation.
    public init(
        id: DelegationID,
        consumer: OrganisationNumber,
        supplier: OrganisationNumber,
        resource: ResourceID,
        since: Timestamp,
        until: Timestamp? = nil,
        basis: DelegationBasis,
        lastUsed: Timestamp? = nil
    ) {
        self.id = id
        self.consumer = consumer
        self.supplier = supplier
        self.resource = resource
        self.since = since
        self.until = until
        self.basis = basis
        self.lastUsed = lastUsed
    }

    /// Whether it counts at that time; at `until` it is over.
    public func isInForce(at now: Timestamp) -> Bool { until.map { now < $0 } ?? true }
}

/// That a consumer has an organisation among its suppliers (role `supplier`), which the newer API wants before a delegation.
public struct SupplierRelation: Sendable, Hashable {
    /// The consumer.
    public let consumer: OrganisationNumber
    /// The supplier.
    public let supplier: OrganisationNumber
    /// When it became one.
    public let since: Timestamp
    /// Whose act it rests on.
    public let basis: DelegationBasis

    /// A relation.
    public init(
        consumer: OrganisationNumber,
        supplier: OrganisationNumber,
        since: Timestamp,
        basis: DelegationBasis
    ) {
        self.consumer = consumer
        self.supplier = supplier
        self.since = since
        self.basis = basis
    }
}
