public import Vocabulary

/// Why a delegation is not given; nothing of it is kept (spec of Altinn §3.5).
public enum DelegationRefusal: Error, Equatable, Sendable {
    /// The register does not know the organisation.
    case unknownOrganisation(OrganisationNumber)
    /// Giver and receiver are the same.
    case sameParty(OrganisationNumber)
    /// There is no such resource.
    case unknownResource(String)
    /// No resource bundles the scope, so that there is nothing to delegate.
    case scopeWithoutResource(ScopeName)
    /// Several resources bundle the scope, and one must be named.
    case ambiguousScope(ScopeName, [ResourceID])
    /// The resource is no schema of scopes.
    case notSchema(ResourceID, ResourceType)
    /// The resource may not be delegated.
    case notDelegable(ResourceID)
    /// The person may not delegate it, for the reasons in the result.
    case notAllowed(DelegationCheckResult)
    /// The newer API wants the receiver among the giver's suppliers first (`MissingConnection`).
    case missingConnection(consumer: OrganisationNumber, supplier: OrganisationNumber)
    /// The supplier still has these resources, and the removal was not to take them along.
    case remainingResources([ResourceID])
    /// The delegation would be over already.
    case endsInThePast(until: Timestamp)
    /// The person may not administer delegations of the organisation.
    case notAdministrator(OrganisationNumber, explanation: String)
}

extension DelegationRefusal: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .unknownOrganisation(let number): "the register does not know the organisation `\(number)`"
        case .sameParty(let number): "`\(number)` cannot delegate to itself"
        case .unknownResource(let id): "there is no resource `\(id)`"
        case .scopeWithoutResource(let scope):
            "no resource bundles the scope `\(scope)`: set its `delegation_source`, or create a resource that refers to it"
        case .ambiguousScope(let scope, let resources):
            "several resources bundle the scope `\(scope)`; name one: \(resources.map { "`\($0)`" }.joined(separator: ", "))"
        case .notSchema(let id, let type):
            "the resource `\(id)` is of type `\(type.rawValue)`; only a `MaskinportenSchema` can be delegated to a supplier"
        case .notDelegable(let id): "the resource `\(id)` may not be delegated: its owner has set `delegable` to false"
        case .notAllowed(let result):
            "the person may not delegate `\(result.resource)` for `\(result.consumer)`"
                + (result.obstacle.map { ": \($0.explanation)" } ?? "")
        case .missingConnection(let consumer, let supplier):
            "`\(supplier)` is no supplier of `\(consumer)`: make it one first"
        case .remainingResources(let resources):
            "the supplier still has \(resources.map { "`\($0)`" }.joined(separator: ", ")): revoke them, or remove all at once"
        case .endsInThePast(let until): "the delegation would end at `\(until)`, which is past"
        case .notAdministrator(let number, let explanation):
            "the person may not administer delegations of `\(number)`: \(explanation)"
        }
    }
}

/// The rules of giving and taking back (spec of Altinn §3.5, §3.6), pure over the facts that a reader gives.
public struct DelegationRules<Reader: RoleReader & ResourceReader & DelegationReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// That the resource may be delegated by that act.
    ///
    /// The operator's own act asks for no person's right (DESIGN §8), but for everything else.
    ///
    /// - Throws: `DelegationRefusal` for the first rule that is broken.
    /// - Returns: the resource.
    @discardableResult
    public func checkGiving(
        _ id: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber,
        until: Timestamp?,
        by right: ActingRight,
        at now: Timestamp
    ) throws -> Resource {
        try checkParties(from: consumer, to: supplier)
        guard let resource = try reader.resource(id) else { throw DelegationRefusal.unknownResource(id.rawValue) }
        guard resource.type == .maskinportenSchema else { throw DelegationRefusal.notSchema(id, resource.type) }
        guard resource.isDelegable else { throw DelegationRefusal.notDelegable(id) }
        if let until, until <= now { throw DelegationRefusal.endsInThePast(until: until) }
        if case .person(let person, let level) = right {
            let result = try DelegationGates(reader).check(id, by: person, level: level, for: consumer, at: now)
            guard result.isDelegable else { throw DelegationRefusal.notAllowed(result) }
        }
        return resource
    }

    /// That both organisations are known and differ.
    ///
    /// - Throws: `DelegationRefusal`: `.sameParty`, `.unknownOrganisation`.
    public func checkParties(from consumer: OrganisationNumber, to supplier: OrganisationNumber) throws {
        guard consumer != supplier else { throw DelegationRefusal.sameParty(consumer) }
        for number in [consumer, supplier] where try reader.unit(number) == nil {
            throw DelegationRefusal.unknownOrganisation(number)
        }
    }

    /// That the act may read or write delegations of the organisation, as giver or as receiver: gate 1.
    ///
    /// - Throws: `DelegationRefusal.notAdministrator`.
    public func checkAdministration(
        of organisation: OrganisationNumber,
        _ action: AdministrationAction,
        by right: ActingRight,
        at now: Timestamp
    ) throws {
        guard case .person(let person, let level) = right else { return }
        let gate = try DelegableRights(reader).rights(
            on: .scopeDelegation,
            of: person,
            level: level,
            for: .organisation(organisation),
            at: now
        ).first { $0.action == action.rawValue }
        guard let gate, gate.isDelegable else {
            throw DelegationRefusal.notAdministrator(
                organisation,
                explanation: gate.map { $0.hasRight ? "the login level is too low" : "\($0.ground)" }
                    ?? "there is no such action"
            )
        }
    }

    /// What may be done with the delegations of an organisation.
    public enum AdministrationAction: String, Sendable, Hashable {
        /// Look at them.
        case read
        /// Give and take back.
        case write
    }

    /// The resource that stands for a scope where none is named: the only one, or the scope's own.
    ///
    /// - Throws: `DelegationRefusal`: `.scopeWithoutResource`, `.ambiguousScope`.
    public func resource(for scope: ScopeName) throws -> Resource {
        let resources = try reader.resources(referencing: scope).filter { $0.type == .maskinportenSchema }
        if let own = resources.first(where: { $0.identifier == ResourceID(of: scope) }) { return own }
        guard let first = resources.first else { throw DelegationRefusal.scopeWithoutResource(scope) }
        guard resources.count == 1 else {
            throw DelegationRefusal.ambiguousScope(scope, resources.map(\.identifier))
        }
        return first
    }
}
