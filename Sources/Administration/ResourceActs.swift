import AuditLedger
public import Delegations
import JOSE
import LibCrypto
import Scopes
public import Vocabulary
import XACML

// The resource registry (spec of Altinn §3.2).
extension Administration {
    /// For whom the registry is changed.
    public enum ResourceCaller: Sendable, Hashable {
        /// An organisation, for resources of its own and scopes under these prefixes (`consumer_prefix`).
        case organisation(OrganisationNumber, prefixes: Set<ScopePrefix>)
        /// An administrator of the registry (`altinn:resourceregistry/resource.admin`): any organisation's resources.
        case administrator
    }

    /// Puts a new resource into the registry, or its own record in the place of a resource that a scope has from the start.
    ///
    /// - Throws: `AdministrationRefusal`: `.resourceExists`, `.resource` with every fault, `.foreignScopes`,
    ///   `.unknownOrganisation`.
    @discardableResult
    public func createResource(
        _ resource: Resource,
        for caller: ResourceCaller
    ) throws -> AdministrationOutcome<Resource> {
        if let present = try transaction.resource(resource.identifier), present.versionID > 0 {
            throw AdministrationRefusal.resourceExists(resource.identifier)
        }
        return try keep(resource, insteadOf: nil, for: caller)
    }

    /// Puts a new version of a resource into the registry; the old ones stay.
    ///
    /// A resource that a scope has from the start is changed likewise: from then on the stored record stands in its place.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownResource`, `.resource` with every fault, `.foreignScopes`.
    @discardableResult
    public func updateResource(
        _ resource: Resource,
        for caller: ResourceCaller
    ) throws -> AdministrationOutcome<Resource> {
        guard let before = try transaction.resource(resource.identifier) else {
            throw AdministrationRefusal.unknownResource(resource.identifier)
        }
        guard before.record != resource.record || before.versionID == 0 else {
            return AdministrationOutcome(before, hasChanged: false)
        }
        return try keep(resource, insteadOf: before, for: caller)
    }

    /// Takes a resource out of the registry; its versions stay on record.
    ///
    /// What stood in the place of a scope's own resource leaves that one behind, with its delegations.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownResource`, `.resourceInUse` where delegations would end and
    ///   `endingDelegations` is false, `.foreignScopes`.
    /// - Returns: The delegations that ended with it.
    @discardableResult
    public func deleteResource(
        _ id: ResourceID,
        endingDelegations: Bool,
        for caller: ResourceCaller
    ) throws -> AdministrationOutcome<[ScopeDelegation]> {
        let resource = try stored(id, for: caller)
        let ended = try leavesOwn(id) ? [] : transaction.delegations(DelegationQuery(resource: id))
        let inForce = ended.filter { $0.isInForce(at: now) }
        guard inForce.isEmpty || endingDelegations else {
            throw AdministrationRefusal.resourceInUse(id, delegations: inForce.count)
        }
        for delegation in ended { try revoke(delegation, on: nil, by: nil) }
        try transaction.deleteResource(id, at: now)
        try record(.resourceDeleted, resource, ["delegations_ended": .integer(Int64(ended.count))])
        return AdministrationOutcome(ended)
    }

    /// Keeps the policy of a resource: an XACML 3.0 document with a rule about the resource.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownResource`, `.policy` when it says nothing about it, or permits anybody what
    ///   only a named subject may do.
    /// - Returns: The policy; `hasChanged` is false when it is the same document.
    @discardableResult
    public func setPolicy(
        _ document: PolicyDocument,
        of id: ResourceID,
        for caller: ResourceCaller
    ) throws -> AdministrationOutcome<ResourceID> {
        let resource = try stored(id, for: caller)
        if let fault = document.fault(for: resource) { throw AdministrationRefusal.policy(fault) }
        let before = try transaction.policyDocument(of: id)
        if before == document.content {
            return AdministrationOutcome(id, hasChanged: false)
        }
        try transaction.setPolicy(document.content, of: id, at: now)
        try record(
            .resourcePolicyChanged,
            resource,
            [
                "policy": .string(document.policy.identifier),
                "sha256": change(before.map { digest(of: $0) }, digest(of: document.content)),
            ]
        )
        return AdministrationOutcome(id)
    }

    // MARK: Parts

    /// Whether the resource stands in the place of one that a scope has of its own.
    private func leavesOwn(_ id: ResourceID) throws -> Bool {
        try id.ownScope.flatMap { try transaction.scope($0) }?.delegationSource
            == ScopeRules.internalDelegationSource
    }

    private func keep(
        _ resource: Resource,
        insteadOf before: Resource?,
        for caller: ResourceCaller
    ) throws -> AdministrationOutcome<Resource> {
        var faults = ResourceRules.faults(in: resource)
        if let before { faults += ResourceRules.faults(changing: before, to: resource) }
        guard faults.isEmpty else { throw AdministrationRefusal.resource(faults) }
        try checkOwner(of: resource, for: caller)
        let warnings = try resource.competentAuthority.map { try self.warnings(about: $0.organisation) } ?? []
        let stored = try transaction.put(resource, at: now)
        var details: JSONObject = ["version": .integer(stored.versionID)]
        details[before == nil ? "after" : "changes"] = changes(from: before, to: stored)
        try record(before == nil ? .resourceCreated : .resourceChanged, stored, details)
        return AdministrationOutcome(stored, warnings: warnings)
    }

    /// The members that differ, each before and after; of a new resource all that it has.
    private func changes(from before: Resource?, to after: Resource) -> JSONValue {
        var (old, new) = (before?.record ?? [:], after.record)
        var changes = JSONObject()
        // Contact points name persons, who have no place in what is never changed.
        if old["contactPoints"] != new["contactPoints"], before != nil { changes["contactPoints"] = "changed" }
        old["contactPoints"] = nil
        new["contactPoints"] = nil
        guard before != nil else { return .object(new) }
        for name in Set(old.names + new.names).sorted() where old[name] != new[name] {
            changes[name] = change(old[name], new[name])
        }
        return .object(changes)
    }

    /// A resource that is stored, and that the caller may change.
    private func stored(_ id: ResourceID, for caller: ResourceCaller) throws -> Resource {
        guard let resource = try transaction.resource(id), resource.versionID > 0 else {
            throw AdministrationRefusal.unknownResource(id)
        }
        if case .organisation(let number, _) = caller, resource.competentAuthority?.organisation != number {
            throw AdministrationRefusal.notResourceOwner(id, number)
        }
        return resource
    }

    /// The caller is the competent authority and owns the prefix of every scope (`InvalidPrefix` else).
    private func checkOwner(of resource: Resource, for caller: ResourceCaller) throws {
        guard case .organisation(let number, let prefixes) = caller else { return }
        guard resource.competentAuthority?.organisation == number else {
            throw AdministrationRefusal.notResourceOwner(resource.identifier, number)
        }
        let foreign = ResourceRules.foreignScopes(in: resource, owning: prefixes)
        guard foreign.isEmpty else { throw AdministrationRefusal.foreignScopes(foreign) }
    }

    private func record(_ kind: LedgerEvent.Kind, _ resource: Resource, _ more: JSONObject) throws {
        var details: JSONObject = ["resource": .string("\(resource.identifier)")]
        for member in more.members { details[member.name] = member.value }
        try record(kind, details) { event in
            event.consumer = resource.competentAuthority?.organisation
            event.scopes = resource.scopes
        }
    }
}

// A policy may be long; its digest tells it from every other one, and the store keeps the text.
private func digest(of document: [UInt8]) -> JSONValue {
    .string(Base64URL.encode(HashFunction.sha256.digest(document)))
}
