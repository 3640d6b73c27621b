import AuditLedger
public import Clients
public import JOSE
import Scopes
public import Vocabulary

// Clients.
extension Administration {
    /// Registers a client, with its first keys if it has any.
    ///
    /// Without a key it authenticates by its organisation's enterprise certificate.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownOrganisation`, `.client` with every fault, `.key`.
    @discardableResult
    public func createClient(
        _ draft: ClientDraft,
        keys: [JWK] = [],
        identifiers: ClientIDSource = .system
    ) throws -> AdministrationOutcome<Client> {
        var warnings = try warnings(about: draft.owner)
        if let supplier = draft.supplier { warnings += try self.warnings(about: supplier) }
        var faults = ClientRules.faults(in: draft, operatorOrganisation: try transaction.operatorOrganisation)
        faults += try scopeFaults(in: draft, on: nil)
        if let id = draft.id, try transaction.client(id) != nil { faults.append(.identifierTaken(id)) }
        guard faults.isEmpty else { throw AdministrationRefusal.client(faults) }
        var client = Client(draft, id: try draft.id ?? identifiers.next(), created: now)
        let registered = try keys.map { try registration(of: $0) }
        for key in registered { try add(key, to: &client) }
        try transaction.insert(client)
        try record(.clientCreated, ["after": .object(client.jsonObject)]) { $0.concern(client) }
        for key in client.keys { try recordAddition(.added, of: key, to: client) }
        return AdministrationOutcome(client, warnings: try warnings + keyWarnings(about: client))
    }

    /// Makes a client what the draft says; what cannot be changed must stay as it is.
    ///
    /// Scopes that are on the client already are not looked at again: a withdrawn grant refuses tokens, not changes.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownClient`, `.client` with every fault.
    @discardableResult
    public func changeClient(_ id: ClientID, to draft: ClientDraft) throws -> AdministrationOutcome<Client> {
        let before = try existing(id)
        var rest = draft
        // An old identifier of a form that is refused today stays.
        rest.id = nil
        var faults = ClientRules.immutableFaults(changing: before, to: draft)
        faults += ClientRules.faults(in: rest, operatorOrganisation: try transaction.operatorOrganisation)
        faults += try scopeFaults(in: draft, on: before)
        guard faults.isEmpty else { throw AdministrationRefusal.client(faults) }
        var client = before
        client.adopt(draft)
        return try keep(client, insteadOf: before, as: .clientChanged)
    }

    /// Disables a client: it gets no tokens from now on.
    ///
    /// Its keys and scopes stay.
    ///
    /// - Throws: `AdministrationRefusal.unknownClient`.
    @discardableResult
    public func disableClient(_ id: ClientID) throws -> AdministrationOutcome<Client> {
        let before = try existing(id)
        var client = before
        client.isActive = false
        return try keep(client, insteadOf: before, as: .clientDisabled)
    }

    /// Lets a disabled client get tokens again.
    ///
    /// - Throws: `AdministrationRefusal.unknownClient`.
    @discardableResult
    public func enableClient(_ id: ClientID) throws -> AdministrationOutcome<Client> {
        let before = try existing(id)
        var client = before
        client.isActive = true
        return try keep(client, insteadOf: before, as: .clientEnabled, warnings: try warnings(about: client.owner))
    }

    // MARK: Parts

    /// The client of that identifier.
    func existing(_ id: ClientID) throws -> Client {
        guard let client = try transaction.client(id) else { throw AdministrationRefusal.unknownClient(id) }
        return client
    }

    /// Keeps a client's new values, unless they are the old ones.
    func keep(
        _ after: Client,
        insteadOf before: Client,
        as kind: LedgerEvent.Kind,
        warnings: [AdministrationWarning] = []
    ) throws -> AdministrationOutcome<Client> {
        guard after != before else { return AdministrationOutcome(before, hasChanged: false, warnings: warnings) }
        var client = after
        client.lastUpdated = now
        try transaction.update(client)
        var changes = JSONObject()
        let (old, new) = (before.jsonObject, client.jsonObject)
        for name in Set(old.names + new.names).subtracting(["last_updated"]).sorted() where old[name] != new[name] {
            changes[name] = change(old[name], new[name])
        }
        if before.authentication != client.authentication {
            changes["authentication"] = change(
                .string(before.authentication.rawValue),
                .string(client.authentication.rawValue)
            )
        }
        try record(kind, ["changes": .object(changes)]) { $0.concern(client) }
        return AdministrationOutcome(client, warnings: warnings)
    }

    private func scopeFaults(in draft: ClientDraft, on client: Client?) throws -> [ClientFault] {
        let holder = draft.supplier ?? draft.owner
        let names = ClientRules.scopesToCheck(in: draft, on: client)
        return try ClientRules.scopeFaults(adding: names, to: draft) { name in
            guard let scope = try transaction.scope(name) else { return nil }
            let access = try transaction.access(to: name, of: holder)
            // Not yet begun or unaccepted terms hinder tokens, not registrations; a grant that is over is none.
            let isOver = access?.validUntil.map { now >= $0 } ?? false
            return ScopeEligibility(
                name: name,
                isActive: scope.isActive(at: now),
                allowedIntegrationTypes: scope.allowedIntegrationTypes,
                isAccessibleForAll: scope.isAccessibleForAll,
                hasDelegationSource: scope.delegationSource != nil,
                isGranted: access?.state == .approved && !isOver
            )
        }
    }
}

extension LedgerEvent {
    mutating func concern(_ client: Client) {
        self.client = client.id
        consumer = client.owner
        supplier = client.supplier
    }
}
