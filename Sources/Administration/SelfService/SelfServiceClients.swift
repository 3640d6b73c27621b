public import Clients
public import Vocabulary

// Clients as their owners and suppliers see them (spec §5).
extension AdministrativeReader {
    /// The client, if the registrant sees it; another's is like one that does not exist.
    ///
    /// - Throws: `SelfServiceRefusal.noClient`.
    public func client(_ id: ClientID, seenBy registrant: Registrant) throws -> Client {
        guard let client = try client(id), registrant.sees(client) else { throw SelfServiceRefusal.noClient(id) }
        return client
    }

    /// All clients that the registrant sees, by owner and name.
    public func clients(seenBy registrant: Registrant, includingInactive: Bool) throws -> [Client] {
        var query = ClientQuery()
        query.includesInactive = includingInactive
        var found: [Client] = []
        if registrant.ownsClients {
            query.owner = registrant.organisation
            found = try clients(query)
        }
        if registrant.suppliesClients {
            query.owner = nil
            query.supplier = registrant.organisation
            let known = Set(found.map(\.id))
            found += try clients(query).filter { !known.contains($0.id) }
        }
        return found
    }
}

extension Administration {
    /// Registers a client for the registrant's own organisation, or as supplier for a customer.
    ///
    /// An identifier in the request is left alone: only the operator brings one along.
    ///
    /// - Throws: `SelfServiceRefusal.foreignOwner`, `.customerMissing`; what ``createClient(_:keys:identifiers:)`` throws.
    public func registerClient(
        _ request: ClientRequest,
        by registrant: Registrant
    ) throws -> AdministrationOutcome<Client> {
        var draft = try draft(of: request, by: registrant)
        draft.id = nil
        return try createClient(draft)
    }

    private func draft(of request: ClientRequest, by registrant: Registrant) throws -> ClientDraft {
        let organisation = registrant.organisation
        if registrant.ownsClients, request.owner ?? organisation == organisation {
            return request.draft(owner: organisation)
        }
        guard registrant.suppliesClients else {
            throw SelfServiceRefusal.foreignOwner(request.owner ?? organisation)
        }
        guard let owner = request.owner else { throw SelfServiceRefusal.customerMissing }
        // Its own clients it registers with another right.
        guard owner != organisation else { throw SelfServiceRefusal.foreignOwner(owner) }
        return request.draft(owner: owner, supplier: organisation)
    }

    /// Makes a client what a request says, in whole; `active` alone stays as it is when the request does not name it.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.clientOfSupplier`, `.stale`; what ``changeClient(_:to:)`` throws.
    public func changeClient(
        _ id: ClientID,
        to request: ClientRequest,
        by registrant: Registrant,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<Client> {
        let client = try held(id, by: registrant)
        try precondition.check(client.version)
        var outcome = try changeClient(
            id,
            to: request.draft(owner: request.owner ?? client.owner, supplier: client.supplier)
        )
        let warnings = outcome.warnings
        switch request.isActive {
        case true?: outcome = try merge(outcome, with: try enableClient(id), warnings)
        case false?: outcome = try merge(outcome, with: try disableClient(id), warnings)
        case nil: break
        }
        return outcome
    }

    private func merge(
        _ first: AdministrationOutcome<Client>,
        with second: AdministrationOutcome<Client>,
        _ warnings: [AdministrationWarning]
    ) throws -> AdministrationOutcome<Client> {
        AdministrationOutcome(
            second.value,
            hasChanged: first.hasChanged || second.hasChanged,
            warnings: warnings + second.warnings.filter { !warnings.contains($0) }
        )
    }

    /// Deactivates a client; the customer of a supplier's client may do that too.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.stale`.
    public func deactivateClient(
        _ id: ClientID,
        by registrant: Registrant,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<Client> {
        try precondition.check(try transaction.client(id, seenBy: registrant).version)
        return try disableClient(id)
    }

    /// The client, if the registrant may change it.
    func held(_ id: ClientID, by registrant: Registrant) throws -> Client {
        let client = try transaction.client(id, seenBy: registrant)
        guard registrant.holds(client) else { throw SelfServiceRefusal.clientOfSupplier(id) }
        return client
    }
}
