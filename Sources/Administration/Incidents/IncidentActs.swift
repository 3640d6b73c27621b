public import AuditLedger
import Clients
public import JOSE
public import Vocabulary

// Incidents: what may be in other hands is stopped, and the ledger says so.
extension Administration where Transaction: IncidentStore & LedgerReader {
    /// Stops what an incident is about, ends the tokens that rest on it, and enters it: all or nothing.
    ///
    /// - Parameters:
    ///   - subject: What has fallen into other hands.
    ///   - since: From when on.
    ///   - longestLife: No token lives longer.
    ///   - former: What the caller has done in this transaction: the timetable of signing keys is not kept here.
    /// - Returns: the incident, and everything that was done.
    /// - Throws: `AdministrationRefusal`: `.unknownClient`, `.key(.unknown)`, `.unknownOrganisation`.
    public func declareIncident(
        _ subject: IncidentSubject,
        since: Timestamp,
        longestLife: Seconds,
        measures former: [IncidentMeasure] = []
    ) throws -> (incident: Incident, measures: [IncidentMeasure]) {
        var measures = former
        switch subject {
        case .signingKey:
            // Which key signed a token with a place stands nowhere; whoever is honest fetches another token.
            let count = try transaction.endAllStatusEntries(at: now)
            measures.append(IncidentMeasure(.statusEntriesEnded, "\(count)", hasChanged: count > 0))
        case .clientKey(let id):
            let clients = try transaction.clients(withKey: id)
            for client in clients { measures += try stop(key: id, of: client, longestLife) }
        case .client(let id): measures += try stop(id, longestLife)
        case .certificate(let thumbprint): measures += try stop(certificate: thumbprint, longestLife)
        case .organisation(let number):
            _ = try warnings(about: number)
            for id in try clients(of: number) { measures += try stop(id, longestLife) }
        }
        var incident = Incident(id: 0, kind: subject.kind, subject: subject.identifier, since: since, declared: now)
        incident.id = try transaction.keep(incident)
        let details: JSONObject = [
            "incident": .integer(incident.id), "subject_kind": .string(subject.kind),
            "subject": .string(subject.identifier), "since": .string("\(since)"),
            "measures": .array(
                measures.filter(\.hasChanged).prefix(Self.mostMeasures)
                    .map { ["measure": .string($0.kind.rawValue), "subject": .string($0.subject)] }
            ),
        ]
        try record(.incidentDeclared, details) { event in
            switch subject {
            case .client(let id): event.client = id
            case .organisation(let number): event.consumer = number
            case .signingKey, .clientKey, .certificate: break
            }
        }
        return (incident, measures)
    }

    /// Lets a certificate that was blocked prove its organisation's clients again.
    ///
    /// - Returns: whether it was blocked.
    /// - Throws: What the store throws.
    public func unblockCertificate(_ thumbprint: String) throws -> Bool {
        guard try transaction.unblock(certificate: thumbprint) else { return false }
        try record(.certificateUnblocked, ["certificate": .string(thumbprint)]) { _ in }
        return true
    }

    /// Enters a change in the timetable of signing keys.
    public func recordSigningKey(_ details: JSONObject) throws { try record(.signingKeyScheduled, details) { _ in } }

    // MARK: Parts

    /// More of them stand in the ledger's other entries of the same moment.
    private static var mostMeasures: Int { 100 }

    private func stop(_ id: ClientID, _ longestLife: Seconds) throws -> [IncidentMeasure] {
        let disabled = try disableClient(id)
        return [
            IncidentMeasure(.clientDisabled, id.rawValue, hasChanged: disabled.hasChanged),
            try endTokens(of: id, longestLife),
        ]
    }

    private func stop(key: KeyID, of id: ClientID, _ longestLife: Seconds) throws -> [IncidentMeasure] {
        _ = try removeKey(key, from: id)
        return [IncidentMeasure(.clientKeyRemoved, "\(id)/\(key)"), try endTokens(of: id, longestLife)]
    }

    /// The certificate, and the tokens of the clients that used it or have a key registered with it.
    private func stop(certificate thumbprint: String, _ longestLife: Seconds) throws -> [IncidentMeasure] {
        let isNew = try transaction.block(certificate: thumbprint, at: now)
        if isNew { try record(.certificateBlocked, ["certificate": .string(thumbprint)]) { _ in } }
        var measures = [IncidentMeasure(.certificateBlocked, thumbprint, hasChanged: isNew)]
        var query = LedgerQuery()
        query.kinds = [.tokenIssued]
        query.since = now - longestLife
        // What lives by it is in the ledger; the certificate itself is nowhere else.
        // Keys that were registered with it stay and prove nobody either, as long as it is blocked.
        var users = Set(try transaction.keys(boundToCertificate: thumbprint).map(\.client))
        try transaction.visitEntries(query, after: 0) { content in
            if case .certificate(thumbprint, _)? = content.event.credential, let id = content.event.client,
                // The holder of a European seal is nobody's client: its tokens rest on nothing that could be ended before `exp`.
                id.rawValue != thumbprint
            {
                users.insert(id)
            }
            return true
        }
        for id in users.sorted(by: { $0.rawValue < $1.rawValue }) {
            measures.append(try endTokens(of: id, longestLife))
        }
        return measures
    }

    private func endTokens(of id: ClientID, _ longestLife: Seconds) throws -> IncidentMeasure {
        let outcome = try revokeTokens(of: .client(id), longestLife: longestLife)
        return IncidentMeasure(.tokensRevoked, id.rawValue, hasChanged: outcome.hasChanged)
    }

    private func clients(of number: OrganisationNumber) throws -> [ClientID] {
        var owned = ClientQuery()
        owned.owner = number
        owned.includesInactive = true
        var held = ClientQuery()
        held.supplier = number
        held.includesInactive = true
        let clients = try transaction.clients(owned) + transaction.clients(held)
        return Set(clients.map(\.id)).sorted { $0.rawValue < $1.rawValue }
    }
}
