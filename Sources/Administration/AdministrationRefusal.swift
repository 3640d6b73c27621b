public import Clients
public import Delegations
public import Scopes
public import Vocabulary

/// Why an act of administration is not done; nothing of it is kept.
public enum AdministrationRefusal: Error, Equatable, Sendable {
    /// The register does not know the organisation.
    case unknownOrganisation(OrganisationNumber)
    /// The prefix belongs to another organisation.
    case prefixTaken(ScopePrefix, owner: OrganisationNumber)
    /// The prefix is reserved to the operator's organisation.
    case prefixReserved(ScopePrefix)
    /// The prefix belongs to nobody yet.
    case prefixUnassigned(ScopePrefix)
    /// There is no scope of that name.
    case unknownScope(ScopeName)
    /// There is a scope of that name, perhaps deactivated.
    case scopeExists(ScopeName, isActive: Bool)
    /// The scope would break these rules.
    case scope([ScopeFault])
    /// The grant would break these rules.
    case access([AccessFault])
    /// The grant would be over already.
    case accessEndsInThePast(until: Timestamp)
    /// The request for access, its answer, or what goes with it, is not taken.
    case accessRequest(AccessRequestFault)
    /// There is no client of that identifier.
    case unknownClient(ClientID)
    /// The client would break these rules.
    case client([ClientFault])
    /// The key cannot be registered, or taken away.
    case key(ClientKeyFault)
    /// The delegation may not be given, or the supplier not removed.
    case delegation(DelegationRefusal)
    /// There is a resource of that identifier.
    case resourceExists(ResourceID)
    /// There is no resource of that identifier, or none that is stored.
    case unknownResource(ResourceID)
    /// The resource would break these rules.
    case resource([ResourceFault])
    /// The resource bundles scopes under prefixes that its owner does not have (`InvalidPrefix`).
    case foreignScopes([ScopeName])
    /// The resource has delegations in force, so many, and was not to take them along.
    case resourceInUse(ResourceID, delegations: Int)
    /// The organisation is not the competent authority of the resource.
    case notResourceOwner(ResourceID, OrganisationNumber)
    /// The policy cannot be read, or says nothing about the resource.
    case policy(String)
    /// The on-behalf-of entry would break a rule.
    case onBehalfOf(OnBehalfOfFault)
    /// Store or files are others than when the plan was made.
    case stalePlan
}

extension AdministrationRefusal: CustomStringConvertible {
    /// What to mend; a line for each fault.
    public var description: String {
        switch self {
        case .unknownOrganisation(let number): "the register does not know the organisation `\(number)`"
        case .prefixTaken(let prefix, let owner): "the prefix `\(prefix)` belongs to `\(owner)`"
        case .prefixReserved(let prefix): "the prefix `\(prefix)` is reserved to the operator's organisation"
        case .prefixUnassigned(let prefix): "the prefix `\(prefix)` is not assigned to anybody"
        case .unknownScope(let name): "there is no scope `\(name)`"
        case .scopeExists(let name, let isActive):
            "there is a scope `\(name)` already" + (isActive ? "" : ", deactivated: activate it")
        case .scope(let faults): faults.map(\.description).joined(separator: "\n")
        case .access(let faults): faults.map(\.description).joined(separator: "\n")
        case .accessEndsInThePast(let until): "the grant would end at `\(until)`, which is past"
        case .accessRequest(let fault): "\(fault)"
        case .unknownClient(let id): "there is no client `\(id)`"
        case .client(let faults): faults.map(\.description).joined(separator: "\n")
        case .key(let fault): "\(fault)"
        case .delegation(let refusal): "\(refusal)"
        case .resourceExists(let id): "there is a resource `\(id)` already"
        case .unknownResource(let id): "there is no resource `\(id)` in the registry"
        case .resource(let faults): faults.map(\.description).joined(separator: "\n")
        case .foreignScopes(let scopes):
            "the competent authority does not own the prefixes of \(scopes.map { "`\($0)`" }.joined(separator: ", "))"
        case .resourceInUse(let id, let count):
            "the resource `\(id)` has \(count) delegation\(count == 1 ? "" : "s"), which would end with it"
        case .notResourceOwner(let id, let number): "`\(number)` is not the competent authority of `\(id)`"
        case .policy(let fault): fault
        case .onBehalfOf(let fault): "\(fault)"
        case .stalePlan: "the plan is stale: what it was made of has changed meanwhile"
        }
    }
}

/// Something worth knowing about an act that was done all the same.
public enum AdministrationWarning: Sendable, Hashable {
    /// The organisation is deleted from the register, on that day where it is known; it gets no token.
    case organisationDeleted(OrganisationNumber, CalendarDate?)
    /// The organisation's main unit is deleted or unknown; it gets no token.
    case mainUnitDeleted(OrganisationNumber, mainUnit: OrganisationNumber)
    /// The organisation is bankrupt or being wound up.
    case organisationInDistress(OrganisationNumber)
    /// The scope is deactivated: nobody gets tokens.
    case scopeInactive(ScopeName)
    /// The scope is open to all: no grant is needed.
    case scopeOpenToAll(ScopeName)
    /// Certificates name the main unit, so that a sub-unit's client needs a registered key.
    case subUnitNeedsKey(ClientID, OrganisationNumber)
    /// The consumer accepted another version of the terms than the one in force: no token until it accepts that one.
    case termsOutdated(ScopeName, OrganisationNumber, required: String)
    /// The client has no usable key left and cannot authenticate.
    case noKeyLeft(ClientID)
}

extension AdministrationWarning: CustomStringConvertible {
    /// What to know, in one line.
    public var description: String {
        switch self {
        case .organisationDeleted(let number, let day):
            "`\(number)` is deleted from the register\(day.map { " since \($0)" } ?? ""): it gets no token"
        case .mainUnitDeleted(let number, let mainUnit):
            "the main unit `\(mainUnit)` of `\(number)` is deleted or unknown: it gets no token"
        case .organisationInDistress(let number): "`\(number)` is bankrupt or being wound up"
        case .scopeInactive(let name): "the scope `\(name)` is deactivated: nobody gets tokens"
        case .scopeOpenToAll(let name): "the scope `\(name)` is open to all: no grant is needed"
        case .subUnitNeedsKey(let client, let owner):
            "`\(owner)` is a sub-unit, which certificates do not name: register a key on `\(client)`"
        case .termsOutdated(let name, let consumer, let required):
            "`\(consumer)` must accept version `\(required)` of the terms of `\(name)` before it gets a token"
        case .noKeyLeft(let client): "`\(client)` has no key left and cannot authenticate"
        }
    }
}

/// What came of an act.
public struct AdministrationOutcome<Value: Sendable>: Sendable {
    /// What is in the store now.
    public let value: Value
    /// Whether the act changed anything; false when it was so already.
    public let hasChanged: Bool
    /// What is worth knowing.
    public let warnings: [AdministrationWarning]

    init(_ value: Value, hasChanged: Bool = true, warnings: [AdministrationWarning] = []) {
        self.value = value
        self.hasChanged = hasChanged
        self.warnings = warnings
    }
}
