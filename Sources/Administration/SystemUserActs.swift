import AuditLedger
public import Delegations
public import FoundationEssentials
import JOSE
public import Vocabulary

// Requests for system users, and what becomes of them.
extension Administration where Transaction: SystemUserStore & DecisionReader {
    /// Asks a customer for a system user; `vendor` is the organisation that calls, nil for the operator.
    ///
    /// An older request of the same triple that has lost its force is replaced.
    ///
    /// - Throws: `SystemUserRefusal` for the first rule that is broken.
    @discardableResult
    public func requestSystemUser(
        _ draft: SystemUserRequestDraft,
        kind: SystemUserKind,
        by vendor: OrganisationNumber? = nil,
        identifiers: UUIDSource = .system
    ) throws -> AdministrationOutcome<SystemUserRequest> {
        _ = try living(draft.system, of: vendor)
        guard try transaction.standing(of: draft.customer) != nil else {
            throw SystemUserRefusal(.customerUnknown, about: "\(draft.customer)")
        }
        let warnings = try warnings(about: draft.customer)
        let request = try SystemUserRules(transaction).request(draft, kind: kind, id: identifiers.next(), at: now)
        if let old = try transaction.systemUserRequest(
            system: request.system,
            customer: request.customer,
            externalRef: request.externalRef
        ) {
            try transaction.deleteSystemUserRequest(old.id)
        }
        try transaction.put(request)
        try record(.systemUserRequested, details(of: request)) { $0.concern(request) }
        return AdministrationOutcome(request, warnings: warnings)
    }

    /// Takes a request back, so that its triple is free; the system user that came of it stays.
    ///
    /// - Throws: `SystemUserRefusal`: `.requestNotFound`, `.notOwned`.
    @discardableResult
    public func deleteSystemUserRequest(
        _ id: UUID,
        by vendor: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<SystemUserRequest> {
        let request = try existingRequest(id)
        if let vendor, vendor != request.system.vendor { throw SystemUserRefusal(.notOwned) }
        try transaction.deleteSystemUserRequest(id)
        try record(.systemUserRequestDeleted, details(of: request)) { $0.concern(request) }
        return AdministrationOutcome(request)
    }

    /// Passes a request on to whoever may approve it; needs no right.
    ///
    /// - Throws: `SystemUserRefusal`: `.requestNotFound`, `.partyMismatch`, `.requestNotNew`.
    @discardableResult
    public func escalateSystemUserRequest(
        _ id: UUID,
        of customer: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<SystemUserRequest> {
        var request = try waitingRequest(id, to: customer)
        guard !request.isEscalated else { return AdministrationOutcome(request, hasChanged: false) }
        request.isEscalated = true
        try transaction.put(request)
        try record(.systemUserRequestEscalated, details(of: request)) { $0.concern(request) }
        return AdministrationOutcome(request)
    }

    /// Approves a request: the system user comes to be, with exactly what was asked for.
    ///
    /// - Throws: `SystemUserRefusal`: `.requestNotFound`, `.partyMismatch`, `.notAgentRequest` when another kind is expected,
    ///   `.requestNotNew`, and why something in it may not be given by whoever approves.
    @discardableResult
    public func approveSystemUserRequest(
        _ id: UUID,
        expecting kind: SystemUserKind? = nil,
        of customer: OrganisationNumber? = nil,
        on right: ActingRight
    ) throws -> AdministrationOutcome<SystemUser> {
        var request = try waitingRequest(id, to: customer)
        if let kind, kind != request.kind { throw SystemUserRefusal(.notAgentRequest) }
        let system = try SystemUserRules(transaction).living(request.system)
        try approval.check(
            system,
            rights: request.rights,
            packages: request.packages,
            for: request.kind,
            of: request.customer,
            by: right
        )
        let user = SystemUser(
            id: request.id,
            kind: request.kind,
            system: request.system,
            owner: request.customer,
            externalRef: request.externalRef,
            integrationTitle: request.integrationTitle ?? system.name.preferred ?? system.id.rawValue,
            rights: request.rights,
            packages: request.packages,
            basis: right.basis,
            created: now
        )
        request.answer = .accepted
        request.answered = now
        try transaction.put(request)
        try transaction.put(user)
        try record(.systemUserApproved, details(of: request, on: right)) { $0.concern(request) }
        return AdministrationOutcome(user, warnings: try warnings(about: user.owner))
    }

    /// Refuses a request.
    ///
    /// - Throws: `SystemUserRefusal`: `.requestNotFound`, `.partyMismatch`, `.requestNotNew`, `.missingRole`.
    @discardableResult
    public func rejectSystemUserRequest(
        _ id: UUID,
        of customer: OrganisationNumber? = nil,
        on right: ActingRight
    ) throws -> AdministrationOutcome<SystemUserRequest> {
        var request = try waitingRequest(id, to: customer)
        try approval.checkGate(of: request.customer, by: right)
        request.answer = .rejected
        request.answered = now
        try transaction.put(request)
        try record(.systemUserRejected, details(of: request, on: right)) { $0.concern(request) }
        return AdministrationOutcome(request)
    }

    /// Deletes a system user; one that is deleted already stays so.
    ///
    /// - Throws: `SystemUserRefusal`: `.systemUserNotFound`, `.notOwned`, `.missingRole`, `.agentHasClients`.
    @discardableResult
    public func deleteSystemUser(
        _ id: UUID,
        of owner: OrganisationNumber? = nil,
        on right: ActingRight
    ) throws -> AdministrationOutcome<SystemUser> {
        guard let user = try transaction.systemUser(id) else { throw SystemUserRefusal(.systemUserNotFound) }
        if let owner, owner != user.owner { throw SystemUserRefusal(.notOwned) }
        try approval.checkGate(of: user.owner, by: right)
        guard !user.isDeleted else { return AdministrationOutcome(user, hasChanged: false) }
        guard try transaction.clientDelegations(of: id).isEmpty else { throw SystemUserRefusal(.agentHasClients) }
        try end(user)
        try record(.systemUserDeleted, details(of: user, on: right)) { $0.concern(user) }
        return AdministrationOutcome(try transaction.systemUser(id) ?? user)
    }

    // MARK: Parts

    /// The rules of approval over this transaction.
    var approval: SystemUserApproval<Transaction, DecisionAuthority<Transaction>> {
        SystemUserApproval(transaction, authority: DecisionAuthority(transaction, at: now))
    }

    private func existingRequest(_ id: UUID) throws -> SystemUserRequest {
        guard let request = try transaction.systemUserRequest(id) else { throw SystemUserRefusal(.requestNotFound) }
        return request
    }

    private func waitingRequest(_ id: UUID, to customer: OrganisationNumber?) throws -> SystemUserRequest {
        let request = try existingRequest(id)
        if let customer, customer != request.customer { throw SystemUserRefusal(.partyMismatch) }
        guard request.status(at: now) == .new else { throw SystemUserRefusal(.requestNotNew) }
        return request
    }

    private func details(of request: SystemUserRequest, on right: ActingRight? = nil) -> JSONObject {
        var details: JSONObject = [
            "request": .string(request.id.text),
            "user_type": .string(request.kind.rawValue),
            "system": .string(request.system.rawValue),
            "external_ref": .string(request.externalRef),
            "rights": .strings(request.rights.map(\.description)),
            "packages": .strings(request.packages),
        ]
        if let right { details.name(right) }
        return details
    }
}

extension Administration {
    /// What the ledger says of a system user.
    func details(of user: SystemUser, on right: ActingRight) -> JSONObject {
        var details: JSONObject = [
            "system_user": .string(user.id.text),
            "user_type": .string(user.kind.rawValue),
            "system": .string(user.system.rawValue),
            "external_ref": .string(user.externalRef),
        ]
        details.name(right)
        return details
    }
}

extension JSONObject {
    /// Says on whose right an act was done: the operator's, or a person's, by pseudonym.
    mutating func name(_ right: ActingRight) {
        switch right {
        case .operatorsAct: self["basis"] = "operator"
        case .person(let person, let level):
            self["basis"] = "person"
            self["person"] = .string("\(person)")
            self["level"] = .integer(Int64(level))
        }
    }
}

extension LedgerEvent {
    /// The customer is the one that the act concerns, the vendor acts for it.
    mutating func concern(_ request: SystemUserRequest) {
        consumer = request.customer
        supplier = request.system.vendor
    }

    /// The owner is the one that the act concerns, the vendor acts for it.
    mutating func concern(_ user: SystemUser) {
        consumer = user.owner
        supplier = user.system.vendor
    }
}
