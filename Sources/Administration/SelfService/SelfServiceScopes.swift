public import Scopes
public import Vocabulary

// Scopes and access to them, as their owner sees them (spec §6).
extension AdministrativeReader {
    /// The scope, if the organisation owns it; another's is like one that does not exist.
    ///
    /// - Throws: `SelfServiceRefusal.noScope`.
    public func scope(_ name: ScopeName, ownedBy owner: OrganisationNumber) throws -> Scope {
        guard let scope = try scope(name), scope.owner == owner else { throw SelfServiceRefusal.noScope(name) }
        return scope
    }

    /// An organisation's grant to a scope of that owner, in any state.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noScope`, `.noAccess`.
    public func access(
        to name: ScopeName,
        of consumer: OrganisationNumber,
        givenBy owner: OrganisationNumber
    ) throws -> ScopeAccess {
        _ = try scope(name, ownedBy: owner)
        guard let access = try access(to: name, of: consumer) else { throw SelfServiceRefusal.noAccess(name, consumer) }
        return access
    }
}

extension Administration {
    /// Where what comes through the API says that it was declared.
    private static var origin: String { "api" }

    /// Creates a scope under a prefix of the organisation's.
    ///
    /// - Throws: `SelfServiceRefusal.foreignPrefix`; what ``createScope(_:_:origin:)`` throws.
    public func createScope(
        _ name: ScopeName,
        _ fields: [ScopeField: ScopeFieldValue],
        by owner: OrganisationNumber
    ) throws -> AdministrationOutcome<Scope> {
        guard try transaction.prefixAssignment(name.prefix)?.owner == owner else {
            throw SelfServiceRefusal.foreignPrefix(name.prefix)
        }
        return try createScope(name, fields, origin: Self.origin)
    }

    /// Changes the fields that are named of a scope of the organisation's.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noScope`, `.stale`; what ``changeScope(_:_:)`` throws.
    public func changeScope(
        _ name: ScopeName,
        _ fields: [ScopeField: ScopeFieldValue],
        by owner: OrganisationNumber,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<Scope> {
        try precondition.check(try transaction.scope(name, ownedBy: owner).version)
        return try changeScope(name, fields)
    }

    /// Grants access to a scope of the organisation's, or changes the limits that are named of a grant in force.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noScope`, `.stale`; what ``grantAccess(to:for:_:origin:)`` throws.
    public func grantAccess(
        to name: ScopeName,
        for consumer: OrganisationNumber,
        _ fields: [AccessField: AccessFieldValue],
        by owner: OrganisationNumber,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<ScopeAccess> {
        _ = try transaction.scope(name, ownedBy: owner)
        try precondition.check(try transaction.access(to: name, of: consumer)?.version)
        return try grantAccess(to: name, for: consumer, fields, origin: Self.origin)
    }

    /// Withdraws access to a scope of the organisation's.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noScope`, `.noAccess`, `.stale`.
    public func revokeAccess(
        to name: ScopeName,
        for consumer: OrganisationNumber,
        by owner: OrganisationNumber,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<ScopeAccess> {
        let before = try transaction.access(to: name, of: consumer, givenBy: owner)
        try precondition.check(before.version)
        let outcome = try revokeAccess(to: name, for: consumer)
        return AdministrationOutcome(
            outcome.value ?? before,
            hasChanged: outcome.hasChanged,
            warnings: outcome.warnings
        )
    }
}
