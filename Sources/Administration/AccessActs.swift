import AuditLedger
import JOSE
public import Scopes
public import Vocabulary

// Access of organisations to scopes.
extension Administration {
    /// Grants an organisation access to a scope, or changes the limits of a grant in force.
    ///
    /// A grant in force to which nothing is changed stays as it is. One that was withdrawn, or only asked for, begins a
    /// new life without the limits of the old one.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownScope`, `.unknownOrganisation`, `.access`, `.accessEndsInThePast`.
    @discardableResult
    public func grantAccess(
        to name: ScopeName,
        for consumer: OrganisationNumber,
        _ fields: [AccessField: AccessFieldValue] = [:],
        origin: String
    ) throws -> AdministrationOutcome<ScopeAccess> {
        let access = try grant(name, consumer, fields, origin: origin)
        if access.hasChanged, let until = access.value.validUntil, until <= now {
            throw AdministrationRefusal.accessEndsInThePast(until: until)
        }
        return access
    }

    /// As ``grantAccess(to:for:_:origin:)``, for files: in them a grant may stand when its days are over.
    func grant(
        _ name: ScopeName,
        _ consumer: OrganisationNumber,
        _ fields: [AccessField: AccessFieldValue],
        origin: String
    ) throws -> AdministrationOutcome<ScopeAccess> {
        let scope = try existing(name)
        var warnings = try warnings(about: consumer)
        if !scope.isActive(at: now) { warnings.append(.scopeInactive(name)) }
        if scope.isAccessibleForAll { warnings.append(.scopeOpenToAll(name)) }
        let before = try transaction.access(to: name, of: consumer)
        let isInForce = before?.state == .approved
        var access = before ?? ScopeAccess(scope: name, consumer: consumer, created: now, origin: origin)
        if !isInForce { access.begin(from: origin) }
        // What somebody had by accepting terms alone is now the owner's grant, and stays when the scope is closed.
        if access.origin == Self.termsOrigin { access.origin = origin }
        try set(fields, on: &access)
        if isInForce, access == before {
            return AdministrationOutcome(access, hasChanged: false, warnings: warnings)
        }
        access.lastUpdated = now
        try answer(.approved, to: name, consumer) { request in
            // Whoever asked has accepted terms, and need not do so again.
            access.acceptedTermsVersion = request.wanted.acceptedTermsVersion ?? access.acceptedTermsVersion
        }
        try transaction.put(access)
        try record(.accessGranted, details(before: before, after: access)) { event in
            event.scopes = [name]
            event.consumer = consumer
        }
        return AdministrationOutcome(access, warnings: warnings)
    }

    /// Withdraws an organisation's access to a scope; the row stays, and what was withdrawn already stays so.
    ///
    /// Tokens issued before live until their `exp`.
    ///
    /// - Throws: `AdministrationRefusal.unknownScope`.
    /// - Returns: the grant as it is now; nil when there never was one.
    @discardableResult
    public func revokeAccess(
        to name: ScopeName,
        for consumer: OrganisationNumber
    ) throws -> AdministrationOutcome<ScopeAccess?> {
        _ = try existing(name)
        guard let before = try transaction.access(to: name, of: consumer), before.state != .denied else {
            return AdministrationOutcome(try transaction.access(to: name, of: consumer), hasChanged: false)
        }
        var access = before
        access.state = .denied
        access.reason = reason
        access.lastUpdated = now
        if before.state == .requested { try answer(.denied, to: name, consumer) { _ in } }
        try transaction.put(access)
        try record(.accessRevoked, details(before: before, after: access)) { event in
            event.scopes = [name]
            event.consumer = consumer
        }
        return AdministrationOutcome(access)
    }

    func set(_ fields: [AccessField: AccessFieldValue], on access: inout ScopeAccess) throws {
        var faults: [AccessFault] = []
        for field in AccessField.allCases {
            guard let value = fields[field] else { continue }
            do { try access.set(field, to: value) } catch { faults.append(error) }
        }
        let fields = Set(faults.map(\.field))
        faults += access.faults.filter { !fields.contains($0.field) }
        guard faults.isEmpty else { throw AdministrationRefusal.access(faults) }
    }

    func details(before: ScopeAccess?, after: ScopeAccess) -> JSONObject {
        var changes: JSONObject = [
            "state": change(before.map { .string($0.state.rawValue) }, .string(after.state.rawValue))
        ]
        for field in AccessField.allCases where before?[field] ?? .absent != after[field] {
            changes[field.rawValue] = change(before?[field].json, after[field].json)
        }
        return ["changes": .object(changes), "origin": .string(after.origin)]
    }
}
