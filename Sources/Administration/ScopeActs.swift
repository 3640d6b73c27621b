import AuditLedger
import JOSE
public import Scopes
public import Vocabulary

// Prefixes and scopes.
extension Administration {
    /// Assigns a free prefix to an organisation; a prefix that it has already stays.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownOrganisation`, `.prefixTaken`, `.prefixReserved`.
    @discardableResult
    public func assignPrefix(
        _ prefix: ScopePrefix,
        to owner: OrganisationNumber
    ) throws -> AdministrationOutcome<ScopePrefixAssignment> {
        let warnings = try warnings(about: owner)
        if let assignment = try transaction.prefixAssignment(prefix) {
            guard assignment.owner == owner else {
                throw AdministrationRefusal.prefixTaken(prefix, owner: assignment.owner)
            }
            return AdministrationOutcome(assignment, hasChanged: false, warnings: warnings)
        }
        // DESIGN §11: these administer, or are the operator's by name.
        if prefix.isReserved, try transaction.operatorOrganisation != owner {
            throw AdministrationRefusal.prefixReserved(prefix)
        }
        let assignment = ScopePrefixAssignment(prefix: prefix, owner: owner, created: now, lastUpdated: now)
        try transaction.insert(assignment)
        try record(.prefixAssigned, ["prefix": .string(prefix.rawValue)]) { $0.consumer = owner }
        return AdministrationOutcome(assignment, warnings: warnings)
    }

    /// Creates a scope under a prefix that is assigned; the prefix's owner owns it.
    ///
    /// - Throws: `AdministrationRefusal`: `.prefixUnassigned`, `.scopeExists` (also for a deactivated one), `.scope`.
    @discardableResult
    public func createScope(
        _ name: ScopeName,
        _ fields: [ScopeField: ScopeFieldValue],
        origin: String
    ) throws -> AdministrationOutcome<Scope> {
        guard let assignment = try transaction.prefixAssignment(name.prefix) else {
            throw AdministrationRefusal.prefixUnassigned(name.prefix)
        }
        if let scope = try transaction.scope(name) {
            throw AdministrationRefusal.scopeExists(name, isActive: scope.isActive)
        }
        let blank = Scope(name: name, owner: assignment.owner, description: "", created: now, origin: origin)
        let scope = try changed(blank, fields)
        try transaction.insert(scope)
        var after = JSONObject()
        for field in ScopeField.allCases where scope[field] != blank[field] {
            after[field.rawValue] = scope[field].json
        }
        try record(.scopeCreated, ["after": .object(after), "origin": .string(origin)]) { event in
            event.scopes = [name]
            event.consumer = scope.owner
        }
        return AdministrationOutcome(scope)
    }

    /// Changes some fields of a scope; the others stay as they are.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownScope`, `.scope`.
    @discardableResult
    public func changeScope(
        _ name: ScopeName,
        _ fields: [ScopeField: ScopeFieldValue]
    ) throws -> AdministrationOutcome<Scope> {
        let before = try existing(name)
        var scope = try changed(before, fields)
        let altered = ScopeField.allCases.filter { scope[$0] != before[$0] }
        guard !altered.isEmpty else { return AdministrationOutcome(before, hasChanged: false) }
        scope.lastUpdated = now
        try transaction.update(scope)
        var changes = JSONObject()
        for field in altered { changes[field.rawValue] = change(before[field].json, scope[field].json) }
        try record(Self.kind(of: altered, in: scope), ["changes": .object(changes)]) { event in
            event.scopes = [name]
            event.consumer = scope.owner
        }
        if before.isAccessibleForAll, !scope.isAccessibleForAll { try endAcceptances(of: name) }
        return AdministrationOutcome(scope)
    }

    /// Deactivates a scope, or activates it again; access stays as it is (spec §6.7).
    ///
    /// - Throws: `AdministrationRefusal.unknownScope`.
    @discardableResult
    public func setScope(_ name: ScopeName, active isActive: Bool) throws -> AdministrationOutcome<Scope> {
        // What is switched now has no end that was set before.
        try changeScope(name, [.isActive: .flag(isActive), .activeUntil: .absent])
    }

    /// The scope of that name.
    func existing(_ name: ScopeName) throws -> Scope {
        guard let scope = try transaction.scope(name) else { throw AdministrationRefusal.unknownScope(name) }
        return scope
    }

    private func changed(_ before: Scope, _ fields: [ScopeField: ScopeFieldValue]) throws -> Scope {
        var scope = before
        var faults: [ScopeFault] = []
        for field in ScopeField.allCases {
            guard let value = fields[field] else { continue }
            do { try scope.set(field, to: value) } catch { faults.append(error) }
        }
        // A field whose value was not even taken needs no second fault.
        let fields = Set(faults.map(\.field))
        faults += ScopeRules.faults(in: scope).filter { !fields.contains($0.field) }
        guard faults.isEmpty else { throw AdministrationRefusal.scope(faults) }
        return scope
    }

    // An act that only switches a scope has a name of its own in the ledger.
    private static func kind(of altered: [ScopeField], in scope: Scope) -> LedgerEvent.Kind {
        guard altered.contains(.isActive), Set(altered).isSubset(of: [.isActive, .activeUntil]) else {
            return .scopeChanged
        }
        return scope.isActive ? .scopeActivated : .scopeDeactivated
    }
}
