import AuditLedger
public import Delegations
public import FoundationEssentials
import JOSE
public import Vocabulary

// Change requests, and the clients of agents.
extension Administration where Transaction: SystemUserStore & DecisionReader {
    /// Asks the owner of a system user for a change; `vendor` is the organisation that calls, nil for the operator.
    ///
    /// - Throws: `SystemUserRefusal` for the first rule that is broken.
    @discardableResult
    public func requestSystemUserChange(
        _ draft: SystemUserChangeDraft,
        of user: UUID,
        by vendor: OrganisationNumber? = nil,
        identifiers: UUIDSource = .system
    ) throws -> AdministrationOutcome<SystemUserChangeRequest> {
        let user = try livingUser(user)
        if let vendor, vendor != user.system.vendor { throw SystemUserRefusal(.notOwned) }
        let request = try SystemUserRules(transaction).changeRequest(draft, of: user, id: identifiers.next(), at: now)
        try transaction.put(request)
        try record(.systemUserChangeRequested, details(of: request, user)) { $0.concern(user) }
        return AdministrationOutcome(request)
    }

    /// Takes a change request back.
    ///
    /// - Throws: `SystemUserRefusal`: `.requestNotFound`, `.notOwned`.
    @discardableResult
    public func deleteChangeRequest(
        _ id: UUID,
        by vendor: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<SystemUserChangeRequest> {
        guard let request = try transaction.changeRequest(id), let user = try transaction.systemUser(request.systemUser)
        else { throw SystemUserRefusal(.requestNotFound) }
        if let vendor, vendor != user.system.vendor { throw SystemUserRefusal(.notOwned) }
        try transaction.deleteChangeRequest(id)
        try record(.systemUserRequestDeleted, details(of: request, user)) { $0.concern(user) }
        return AdministrationOutcome(request)
    }

    /// Approves a change: what is required is checked and added, what is unwanted is taken away.
    ///
    /// - Throws: `SystemUserRefusal`, as ``approveSystemUserRequest(_:expecting:of:on:)``; `.missingRights` when nothing would
    ///   be left.
    @discardableResult
    public func approveChangeRequest(
        _ id: UUID,
        of customer: OrganisationNumber? = nil,
        on right: ActingRight
    ) throws -> AdministrationOutcome<SystemUser> {
        var (request, user) = try waitingChange(id, to: customer)
        try approval.check(
            try SystemUserRules(transaction).living(user.system),
            rights: request.requiredRights,
            packages: request.requiredPackages,
            for: user.kind,
            of: user.owner,
            by: right
        )
        let before = user
        user.rights.removeAll { held in request.unwantedRights.contains { $0.isSame(as: held) } }
        // Names of packages are compared without case, here as everywhere.
        let unwanted = Set(request.unwantedPackages.map { $0.lowercased() })
        user.packages.removeAll { unwanted.contains($0.lowercased()) }
        for wanted in request.requiredRights where !user.rights.contains(where: { $0.isSame(as: wanted) }) {
            user.rights.append(wanted)
        }
        for wanted in request.requiredPackages
        where !user.packages.contains(where: { $0.lowercased() == wanted.lowercased() }) {
            user.packages.append(wanted)
        }
        if user.kind == .agent, user.packages.isEmpty { throw SystemUserRefusal(.missingPackage) }
        if user.rights.isEmpty, user.packages.isEmpty { throw SystemUserRefusal(.missingRights) }
        request.answer = .accepted
        request.answered = now
        try transaction.put(request)
        try transaction.put(user)
        var details = details(of: request, user, on: right)
        details["changes"] = [
            "rights": change(
                .strings(before.rights.map(\.description)),
                .strings(user.rights.map(\.description))
            ),
            "packages": change(.strings(before.packages), .strings(user.packages)),
        ]
        try record(.systemUserChanged, details) { $0.concern(user) }
        return AdministrationOutcome(user)
    }

    /// Refuses a change.
    ///
    /// - Throws: `SystemUserRefusal`: `.requestNotFound`, `.partyMismatch`, `.requestNotNew`, `.missingRole`.
    @discardableResult
    public func rejectChangeRequest(
        _ id: UUID,
        of customer: OrganisationNumber? = nil,
        on right: ActingRight
    ) throws -> AdministrationOutcome<SystemUserChangeRequest> {
        var (request, user) = try waitingChange(id, to: customer)
        try approval.checkGate(of: user.owner, by: right)
        request.answer = .rejected
        request.answered = now
        try transaction.put(request)
        try record(.systemUserRejected, details(of: request, user, on: right)) { $0.concern(user) }
        return AdministrationOutcome(request)
    }

    // MARK: Clients of agents

    /// Lets an agent act for a client of its owner, with all packages that it requires; one that it acts for stays.
    ///
    /// - Throws: `SystemUserRefusal`: `.systemUserNotFound`, `.notOwned`, `.missingRole`, `.agentExpected`, `.clientUnknown`,
    ///   `.clientLacksPackages`.
    @discardableResult
    public func addClient(
        _ client: OrganisationNumber,
        to agent: UUID,
        of owner: OrganisationNumber? = nil,
        on right: ActingRight,
        identifiers: UUIDSource = .system
    ) throws -> AdministrationOutcome<ClientDelegation> {
        let user = try administeredAgent(agent, of: owner, on: right)
        if let present = try transaction.clientDelegations(of: agent).first(where: { $0.client == client }) {
            return AdministrationOutcome(present, hasChanged: false)
        }
        try ClientRelations(transaction).check(client, for: user)
        let delegation = ClientDelegation(
            id: identifiers.next(),
            agent: agent,
            client: client,
            packages: user.packages,
            basis: right.basis,
            created: now
        )
        try transaction.insert(delegation)
        var details = details(of: user, on: right)
        details["client"] = .string("\(client)")
        details["packages"] = .strings(delegation.packages)
        try record(.clientDelegated, details) { $0.concern(user) }
        return AdministrationOutcome(delegation)
    }

    /// Ends what an agent does for a client; works also when the relation that it came from is over.
    ///
    /// - Throws: `SystemUserRefusal`: `.systemUserNotFound`, `.notOwned`, `.missingRole`, `.agentExpected`,
    ///   `.clientDelegationNotFound`.
    @discardableResult
    public func removeClient(
        _ client: OrganisationNumber,
        from agent: UUID,
        of owner: OrganisationNumber? = nil,
        on right: ActingRight
    ) throws -> AdministrationOutcome<ClientDelegation> {
        let user = try administeredAgent(agent, of: owner, on: right)
        guard let present = try transaction.clientDelegations(of: agent).first(where: { $0.client == client }) else {
            throw SystemUserRefusal(.clientDelegationNotFound, about: "\(client)")
        }
        try transaction.deleteClientDelegation(present.id)
        var details = details(of: user, on: right)
        details["client"] = .string("\(client)")
        try record(.clientDelegationRemoved, details) { $0.concern(user) }
        return AdministrationOutcome(present)
    }

    /// Whether somebody may read or write the clients of an organisation's agents (`altinn_client_administration`).
    public func mayAdministerClients(
        of owner: OrganisationNumber,
        _ action: String,
        on right: ActingRight
    ) throws -> Bool {
        guard case .person(let person, let level) = right else { return true }
        return try DecisionAuthority(transaction, at: now)
            .permits(action, on: .clientAdministration, to: person, level: level, for: .organisation(owner))
    }

    // MARK: Parts

    private func livingUser(_ id: UUID) throws -> SystemUser {
        guard let user = try transaction.systemUser(id), !user.isDeleted else {
            throw SystemUserRefusal(.systemUserNotFound)
        }
        return user
    }

    private func administeredAgent(
        _ id: UUID,
        of owner: OrganisationNumber?,
        on right: ActingRight
    ) throws -> SystemUser {
        let user = try livingUser(id)
        if let owner, owner != user.owner { throw SystemUserRefusal(.notOwned) }
        guard user.kind == .agent else { throw SystemUserRefusal(.agentExpected) }
        guard try mayAdministerClients(of: user.owner, "write", on: right) else {
            throw SystemUserRefusal(.missingRole)
        }
        return user
    }

    private func waitingChange(
        _ id: UUID,
        to customer: OrganisationNumber?
    ) throws -> (SystemUserChangeRequest, SystemUser) {
        guard let request = try transaction.changeRequest(id) else { throw SystemUserRefusal(.requestNotFound) }
        let user = try livingUser(request.systemUser)
        if let customer, customer != user.owner { throw SystemUserRefusal(.partyMismatch) }
        guard request.status(at: now) == .new else { throw SystemUserRefusal(.requestNotNew) }
        return (request, user)
    }

    private func details(
        of request: SystemUserChangeRequest,
        _ user: SystemUser,
        on right: ActingRight? = nil
    ) -> JSONObject {
        var details: JSONObject = [
            "request": .string(request.id.text),
            "system_user": .string(user.id.text),
            "system": .string(user.system.rawValue),
            "required_rights": .strings(request.requiredRights.map(\.description)),
            "unwanted_rights": .strings(request.unwantedRights.map(\.description)),
            "required_packages": .strings(request.requiredPackages),
            "unwanted_packages": .strings(request.unwantedPackages),
        ]
        if let right { details.name(right) }
        return details
    }
}
