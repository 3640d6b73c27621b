import AuditLedger
import Clients
public import Delegations
import JOSE
public import Vocabulary

// The system register.
extension Administration where Transaction: SystemUserStore & DecisionReader {
    /// Registers a system; `vendor` is the organisation that calls, nil for the operator.
    ///
    /// - Throws: `SystemFaults` with every fault, `SystemUserRefusal.notOwned`, `AdministrationRefusal.unknownOrganisation`.
    @discardableResult
    public func registerSystem(
        _ draft: SystemDraft,
        by vendor: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<RegisteredSystem> {
        let faults = try SystemRules(transaction).faults(inNew: draft, ownsClient: owns)
        guard faults.isEmpty, let system = RegisteredSystem(draft, created: now) else { throw SystemFaults(faults) }
        try check(system, belongsTo: vendor)
        let warnings = try warnings(about: system.vendor)
        try transaction.put(system)
        try note(.create, on: system, ["after": .object(system.jsonObject)])
        try record(.systemRegistered, ["after": .object(system.jsonObject)]) { $0.consumer = system.vendor }
        return AdministrationOutcome(system, warnings: warnings)
    }

    /// Gives a system new values; identifier and vendor stay.
    ///
    /// System users that have rights or packages taken away here keep them: those were given by their owners.
    ///
    /// - Throws: `SystemFaults` with every fault, `SystemUserRefusal`: `.systemNotFound`, `.notOwned`.
    @discardableResult
    public func changeSystem(
        _ id: SystemID,
        to draft: SystemDraft,
        by vendor: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<RegisteredSystem> {
        let before = try living(id, of: vendor)
        let faults = try SystemRules(transaction).faults(in: draft, changing: before, ownsClient: owns)
        guard faults.isEmpty else { throw SystemFaults(faults) }
        var system = before
        system.name = draft.name
        system.description = draft.description
        system.rights = draft.rights
        system.packages = draft.packages
        system.clients = draft.clients
        system.isVisible = draft.isVisible
        system.allowedRedirectURLs = draft.allowedRedirectURLs
        return try keep(system, insteadOf: before, as: .update)
    }

    /// Gives a system other rights (`PUT …/rights`).
    ///
    /// - Throws: as ``changeSystem(_:to:by:)``.
    @discardableResult
    public func setRights(
        _ rights: [SystemRight],
        ofSystem id: SystemID,
        by vendor: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<RegisteredSystem> {
        let before = try living(id, of: vendor)
        let faults = try SystemRules(transaction).faults(inRights: rights, at: "")
        guard faults.isEmpty else { throw SystemFaults(faults) }
        var system = before
        system.rights = rights
        return try keep(system, insteadOf: before, as: .rightsUpdate)
    }

    /// Gives a system other access packages, by slug (`PUT …/accesspackages`).
    ///
    /// - Throws: as ``changeSystem(_:to:by:)``.
    @discardableResult
    public func setPackages(
        _ packages: [String],
        ofSystem id: SystemID,
        by vendor: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<RegisteredSystem> {
        let before = try living(id, of: vendor)
        let faults = SystemRules(transaction).faults(inPackages: packages, at: "")
        guard faults.isEmpty else { throw SystemFaults(faults) }
        var system = before
        system.packages = packages
        return try keep(system, insteadOf: before, as: .accessPackagesUpdate)
    }

    /// Deletes a system: its clients are free, requests that wait are denied, its system users are deleted.
    ///
    /// The record stays, and so does its identifier.
    ///
    /// - Throws: `SystemUserRefusal`: `.systemNotFound`, `.notOwned`.
    /// - Returns: the system as it is now.
    @discardableResult
    public func deleteSystem(
        _ id: SystemID,
        by vendor: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<RegisteredSystem> {
        let before = try living(id, of: vendor)
        var denied = 0
        for var request in try transaction.systemUserRequests(of: id) where request.status(at: now) == .new {
            request.answer = .denied
            request.answered = now
            try transaction.put(request)
            denied += 1
        }
        let users = try transaction.systemUsers(ofSystem: id)
        for user in users { try end(user) }
        var system = before
        system.isDeleted = true
        system.clients = []
        system.lastUpdated = now
        try transaction.put(system)
        try note(.delete, on: system, [:])
        let details: JSONObject = [
            "system": .string(id.rawValue),
            "denied_requests": .integer(Int64(denied)),
            "deleted_system_users": .strings(users.map { $0.id.text }),
        ]
        try record(.systemDeleted, details) { $0.consumer = before.vendor }
        return AdministrationOutcome(system)
    }

    // MARK: Parts

    /// The living system of that identifier, which must be the caller's.
    func living(_ id: SystemID, of vendor: OrganisationNumber?) throws -> RegisteredSystem {
        let system = try SystemUserRules(transaction).living(id)
        try check(system, belongsTo: vendor)
        return system
    }

    /// Marks a system user as deleted, and ends what it was given by clients.
    func end(_ user: SystemUser) throws {
        for delegation in try transaction.clientDelegations(of: user.id) {
            try transaction.deleteClientDelegation(delegation.id)
        }
        var user = user
        user.deleted = now
        try transaction.put(user)
    }

    private func check(_ system: RegisteredSystem, belongsTo vendor: OrganisationNumber?) throws {
        if let vendor, vendor != system.vendor { throw SystemUserRefusal(.notOwned, about: system.id.rawValue) }
    }

    private func owns(_ client: ClientID, _ vendor: OrganisationNumber) throws -> Bool {
        try transaction.client(client)?.owner == vendor
    }

    private func keep(
        _ after: RegisteredSystem,
        insteadOf before: RegisteredSystem,
        as kind: SystemChange.Kind
    ) throws -> AdministrationOutcome<RegisteredSystem> {
        guard after != before else { return AdministrationOutcome(before, hasChanged: false) }
        var system = after
        system.lastUpdated = now
        try transaction.put(system)
        var changes = JSONObject()
        let (old, new) = (before.jsonObject, system.jsonObject)
        for name in new.names where name != "lastUpdated" && old[name] != new[name] {
            changes[name] = change(old[name], new[name])
        }
        try note(kind, on: system, changes)
        try record(.systemChanged, ["system": .string(system.id.rawValue), "changes": .object(changes)]) {
            $0.consumer = system.vendor
        }
        return AdministrationOutcome(system)
    }

    private func note(_ kind: SystemChange.Kind, on system: RegisteredSystem, _ changes: JSONObject) throws {
        try transaction.append(
            SystemChange(system: system.id, time: now, kind: kind, actor: "\(actor)", changes: changes)
        )
    }
}
