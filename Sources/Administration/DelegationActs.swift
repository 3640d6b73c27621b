import AuditLedger
public import Delegations
import JOSE
public import Vocabulary

// Delegations of scopes (spec of Altinn §3.5, §3.6; DESIGN §8).
extension Administration {
    /// Gives a delegation; one in force keeps its end unless another is given, and one that is over begins anew.
    ///
    /// Whoever gives another end answers for the delegation from then on: its basis becomes that act.
    ///
    /// Giving makes the receiver a supplier of the giver, as in the older API; `wantsRelation` demands that it is one already,
    /// as the newer one does.
    ///
    /// - Parameters:
    ///   - id: The resource.
    ///   - consumer: The giver.
    ///   - supplier: The receiver.
    ///   - until: When it ends; nil: when it is revoked, or at the end that it has already.
    ///   - isEndless: Whether an end that it has already is taken away.
    ///   - right: On whose right; a person's is checked.
    ///   - wantsRelation: Whether the receiver must be a supplier already.
    ///   - identifiers: Draws the identifier.
    /// - Throws: `AdministrationRefusal.delegation`.
    /// - Returns: The delegation in force now.
    @discardableResult
    public func giveDelegation(
        of id: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber,
        until: Timestamp? = nil,
        isEndless: Bool = false,
        by right: ActingRight,
        wantsRelation: Bool = false,
        identifiers: DelegationIDSource = .system
    ) throws -> AdministrationOutcome<ScopeDelegation> {
        let resource = try refusing {
            try DelegationRules(transaction).checkGiving(
                id,
                from: consumer,
                to: supplier,
                until: until,
                by: right,
                at: now
            )
        }
        let warnings = try warnings(about: consumer) + self.warnings(about: supplier)
        if try transaction.supplierRelation(from: consumer, to: supplier) == nil {
            guard !wantsRelation else {
                throw AdministrationRefusal.delegation(.missingConnection(consumer: consumer, supplier: supplier))
            }
            try keepSupplier(supplier, of: consumer, by: right)
        }
        if let before = try transaction.delegation(of: id, from: consumer, to: supplier) {
            if before.isInForce(at: now) {
                return try keepEnd(
                    of: before,
                    isEndless ? nil : until ?? before.until,
                    on: resource,
                    by: right,
                    warnings: warnings
                )
            }
            try transaction.revoke(before.id, at: now)
        }
        let delegation = ScopeDelegation(
            id: identifiers.next(),
            consumer: consumer,
            supplier: supplier,
            resource: id,
            since: now,
            until: until,
            basis: right.basis
        )
        try transaction.insert(delegation)
        try record(.delegationGiven, delegation, of: resource, by: right)
        return AdministrationOutcome(delegation, warnings: warnings)
    }

    /// Takes a delegation back, or gives it up: a second time is harmless.
    ///
    /// It needs no resource that could still be delegated, nor one that still exists.
    ///
    /// - Parameters:
    ///   - id: The resource.
    ///   - consumer: The giver.
    ///   - supplier: The receiver.
    ///   - side: Who takes it back: a person must be able to act for that organisation.
    ///   - right: On whose right.
    /// - Throws: `AdministrationRefusal.delegation(.notAdministrator)`.
    /// - Returns: The delegation that was revoked; nil when there was none.
    @discardableResult
    public func revokeDelegation(
        of id: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber,
        on side: DelegationSide = .consumer,
        by right: ActingRight
    ) throws -> AdministrationOutcome<ScopeDelegation?> {
        try checkAdministration(of: side == .consumer ? consumer : supplier, by: right)
        guard let delegation = try transaction.delegation(of: id, from: consumer, to: supplier) else {
            return AdministrationOutcome(nil, hasChanged: false)
        }
        try revoke(delegation, on: side, by: right)
        return AdministrationOutcome(delegation)
    }

    // MARK: Suppliers

    /// Makes an organisation a supplier of another, which the newer API wants before a delegation.
    ///
    /// - Throws: `AdministrationRefusal.delegation`: `.sameParty`, `.unknownOrganisation`, `.notAdministrator`.
    @discardableResult
    public func addSupplier(
        _ supplier: OrganisationNumber,
        to consumer: OrganisationNumber,
        by right: ActingRight
    ) throws -> AdministrationOutcome<SupplierRelation> {
        try refusing { try DelegationRules(transaction).checkParties(from: consumer, to: supplier) }
        try checkAdministration(of: consumer, by: right)
        if let relation = try transaction.supplierRelation(from: consumer, to: supplier) {
            return AdministrationOutcome(relation, hasChanged: false)
        }
        return AdministrationOutcome(try keepSupplier(supplier, of: consumer, by: right))
    }

    /// Ends the relation of a supplier, by either side; with `cascade` all its delegations from that consumer with it.
    ///
    /// - Throws: `AdministrationRefusal.delegation`: `.remainingResources` without `cascade`, `.notAdministrator`.
    /// - Returns: The delegations that were revoked with it; `hasChanged` is false when there was no relation.
    @discardableResult
    public func removeSupplier(
        _ supplier: OrganisationNumber,
        from consumer: OrganisationNumber,
        cascade: Bool,
        on side: DelegationSide = .consumer,
        by right: ActingRight
    ) throws -> AdministrationOutcome<[ScopeDelegation]> {
        try checkAdministration(of: side == .consumer ? consumer : supplier, by: right)
        let remaining = try transaction.delegations(DelegationQuery(consumer: consumer, supplier: supplier))
        let inForce = remaining.filter { $0.isInForce(at: now) }
        guard cascade || inForce.isEmpty else {
            throw AdministrationRefusal.delegation(.remainingResources(inForce.map(\.resource)))
        }
        let relation = try transaction.supplierRelation(from: consumer, to: supplier)
        guard relation != nil || !remaining.isEmpty else { return AdministrationOutcome([], hasChanged: false) }
        for delegation in remaining { try revoke(delegation, on: side, by: right) }
        if relation != nil {
            try transaction.removeSupplierRelation(from: consumer, to: supplier)
            try record(.supplierRemoved, ["basis": right.ledgerValue, "side": .string(side.rawValue)]) { event in
                event.consumer = consumer
                event.supplier = supplier
            }
        }
        return AdministrationOutcome(remaining)
    }

    // MARK: Parts

    /// Takes a delegation back whoever may, and records it; without a right when its resource goes.
    func revoke(_ delegation: ScopeDelegation, on side: DelegationSide?, by right: ActingRight?) throws {
        try transaction.revoke(delegation.id, at: now)
        try record(
            .delegationRevoked,
            delegation,
            of: try transaction.resource(delegation.resource),
            by: right,
            side.map { ["side": .string($0.rawValue)] } ?? ["cause": "resource_deleted"]
        )
    }

    private func keepEnd(
        of before: ScopeDelegation,
        _ until: Timestamp?,
        on resource: Resource,
        by right: ActingRight,
        warnings: [AdministrationWarning]
    ) throws -> AdministrationOutcome<ScopeDelegation> {
        guard before.until != until else { return AdministrationOutcome(before, hasChanged: false, warnings: warnings) }
        var delegation = before
        delegation.until = until
        delegation.basis = right.basis
        try transaction.setEnd(of: before.id, to: until, by: right.basis)
        let change = change(before.until.map { .string("\($0)") }, until.map { .string("\($0)") })
        try record(.delegationChanged, delegation, of: resource, by: right, ["changes": ["until": change]])
        return AdministrationOutcome(delegation, warnings: warnings)
    }

    @discardableResult
    private func keepSupplier(
        _ supplier: OrganisationNumber,
        of consumer: OrganisationNumber,
        by right: ActingRight
    ) throws -> SupplierRelation {
        let relation = SupplierRelation(consumer: consumer, supplier: supplier, since: now, basis: right.basis)
        try transaction.insert(relation)
        try record(.supplierAdded, ["basis": right.ledgerValue]) { event in
            event.consumer = consumer
            event.supplier = supplier
        }
        return relation
    }

    private func record(
        _ kind: LedgerEvent.Kind,
        _ delegation: ScopeDelegation,
        of resource: Resource?,
        by right: ActingRight?,
        _ more: JSONObject = [:]
    ) throws {
        var details: JSONObject = [
            "delegation": .string("\(delegation.id)"), "resource": .string("\(delegation.resource)"),
        ]
        details["basis"] = right?.ledgerValue
        details["until"] = delegation.until.map { .string("\($0)") }
        for member in more.members { details[member.name] = member.value }
        try record(kind, details) { event in
            event.consumer = delegation.consumer
            event.supplier = delegation.supplier
            event.scopes = resource?.scopes ?? []
        }
    }

    private func checkAdministration(of organisation: OrganisationNumber, by right: ActingRight) throws {
        try refusing {
            try DelegationRules(transaction).checkAdministration(of: organisation, .write, by: right, at: now)
        }
    }

    /// What the rules of delegation refuse, as an act's refusal.
    private func refusing<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let refusal as DelegationRefusal {
            throw AdministrationRefusal.delegation(refusal)
        }
    }
}

/// Which side of a delegation acts.
public enum DelegationSide: String, Sendable, Hashable {
    /// The giver.
    case consumer
    /// The receiver.
    case supplier
}

extension ActingRight {
    /// As the ledger shows it: `operator`, or the person's pseudonym.
    var ledgerValue: JSONValue {
        switch self {
        case .operatorsAct: "operator"
        case .person(let person, _): .string("\(person)")
        }
    }
}
