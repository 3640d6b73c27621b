public import Delegations
public import TokenIssuance
internal import Foundation
internal import RelationalStorage
public import Vocabulary

/// Delegations of scopes, and suppliers.
extension SQLiteReader: DelegationReader {
    /// The delegations asked for that were not revoked, by consumer, supplier and resource; those that are over as well.
    public func delegations(_ query: DelegationQuery) throws -> [ScopeDelegation] {
        var filter = SQLFilter()
        filter.require("revoked IS NULL")
        filter.require("consumer = ?", query.consumer?.integer)
        filter.require("supplier = ?", query.supplier?.integer)
        filter.require("resource = ?", query.resource?.rawValue)
        if let scope = query.scope {
            let resources = try resources(referencing: scope).map(\.identifier.rawValue)
            guard !resources.isEmpty else { return [] }
            filter.require("resource IN", anyOf: resources)
        }
        return try Self.delegations.all(in: database, filter, orderedBy: "consumer, supplier, resource")
    }

    /// The delegation of exactly these two numbers that was not revoked.
    public func delegation(
        of resource: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) throws -> ScopeDelegation? {
        try Self.delegations.first(
            in: database,
            "WHERE consumer = ? AND supplier = ? AND resource = ? AND revoked IS NULL",
            [consumer.integer, supplier.integer, resource.rawValue]
        )
    }

    /// The relation of these two organisations.
    public func supplierRelation(
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) throws -> SupplierRelation? {
        try supplierRelations(consumer: consumer, supplier: supplier).first
    }

    /// The relations of a consumer, a supplier or both, by consumer and supplier; what is nil does not matter.
    public func supplierRelations(
        consumer: OrganisationNumber?,
        supplier: OrganisationNumber?
    ) throws -> [SupplierRelation] {
        var filter = SQLFilter()
        filter.require("consumer = ?", consumer?.integer)
        filter.require("supplier = ?", supplier?.integer)
        return try Self.relations.all(in: database, filter, orderedBy: "consumer, supplier")
    }

    // MARK: Rows

    private static let delegations = StoredRecord(
        """
        SELECT id, consumer, supplier, resource, since, until, basis, last_used FROM scope_delegation
        """,
        read: storedDelegation
    )
    private static let relations = StoredRecord(
        "SELECT consumer, supplier, since, basis FROM supplier_relation",
        read: relation
    )

    static func storedDelegation(_ row: Row) throws -> ScopeDelegation {
        let bytes: Data = row[0]
        guard let id = DelegationID(bytes: bytes), let resource = try? ResourceID(parsing: row[3] as String) else {
            throw StorageError.corrupt(detail: "a delegation of `\(row[3] as String)` is malformed")
        }
        return ScopeDelegation(
            id: id,
            consumer: try StoredValue.organisation(row[1], of: "delegation `\(id)`"),
            supplier: try StoredValue.organisation(row[2], of: "delegation `\(id)`"),
            resource: resource,
            since: Timestamp(seconds: row[4]),
            until: (row[5] as Int64?).map { Timestamp(seconds: $0) },
            basis: try basis(row[6], of: "delegation `\(id)`"),
            lastUsed: (row[7] as Int64?).map { Timestamp(seconds: $0) }
        )
    }

    private static func relation(_ row: Row) throws -> SupplierRelation {
        SupplierRelation(
            consumer: try StoredValue.organisation(row[0], of: "a supplier relation"),
            supplier: try StoredValue.organisation(row[1], of: "a supplier relation"),
            since: Timestamp(seconds: row[2]),
            basis: try basis(row[3], of: "a supplier relation")
        )
    }

    private static func basis(_ bytes: Data?, of owner: String) throws -> DelegationBasis {
        guard let bytes else { return .operator }
        guard let person = PersonPseudonym(bytes: bytes) else {
            throw StorageError.corrupt(detail: "the basis of \(owner) is malformed")
        }
        return .person(person)
    }
}

extension SQLiteTransaction: DelegationStore {
    /// Keeps a new delegation; there must be none of the same resource and organisations that was not revoked.
    public func insert(_ delegation: ScopeDelegation) throws {
        try database.execute(
            sql: """
                INSERT INTO scope_delegation (id, consumer, supplier, resource, since, until, basis, last_used)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Data(delegation.id.bytes), delegation.consumer.integer, delegation.supplier.integer,
                delegation.resource.rawValue, delegation.since.seconds, delegation.until?.seconds,
                delegation.basis.stored, delegation.lastUsed?.seconds,
            ]
        )
    }

    /// Keeps another end of a delegation, and on whose act it rests since.
    public func setEnd(of delegation: DelegationID, to until: Timestamp?, by basis: DelegationBasis) throws {
        try database.execute(
            sql: "UPDATE scope_delegation SET until = ?, basis = ? WHERE id = ?",
            arguments: [until?.seconds, basis.stored, Data(delegation.bytes)]
        )
    }

    /// Marks a delegation as revoked; its row stays.
    public func revoke(_ delegation: DelegationID, at now: Timestamp) throws {
        try database.execute(
            sql: "UPDATE scope_delegation SET revoked = ? WHERE id = ? AND revoked IS NULL",
            arguments: [now.seconds, Data(delegation.bytes)]
        )
    }

    /// Keeps a new relation; there must be none of the same organisations.
    public func insert(_ relation: SupplierRelation) throws {
        try database.execute(
            sql: "INSERT INTO supplier_relation (consumer, supplier, since, basis) VALUES (?, ?, ?, ?)",
            arguments: [
                relation.consumer.integer, relation.supplier.integer, relation.since.seconds, relation.basis.stored,
            ]
        )
    }

    /// Takes a relation away.
    public func removeSupplierRelation(
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) throws {
        try database.execute(
            sql: "DELETE FROM supplier_relation WHERE consumer = ? AND supplier = ?",
            arguments: [consumer.integer, supplier.integer]
        )
    }
}

extension SQLiteTransaction: DelegationUseStore {
    /// Notes that a token rests on these delegations; written at most once a day for each.
    ///
    /// No fact that a decision rests on: the revision stays.
    public func noteUse(of delegations: [ScopeDelegation], at now: Timestamp) throws {
        for delegation in delegations {
            // The facts may come from a cache and be older than the row; never newer.
            if let lastUsed = delegation.lastUsed, now - lastUsed < .days(1) { continue }
            let statement = try database.cachedStatement(
                sql: "UPDATE scope_delegation SET last_used = ? WHERE id = ? AND coalesce(last_used, 0) <= ?"
            )
            try statement.execute(
                arguments: [now.seconds, Data(delegation.id.bytes), (now - .days(1)).seconds]
            )
        }
    }
}

extension DelegationBasis {
    /// The pseudonym's bytes; nil for an act of the operator.
    fileprivate var stored: Data? {
        switch self {
        case .person(let person): Data(person.bytes)
        case .operator: nil
        }
    }
}
