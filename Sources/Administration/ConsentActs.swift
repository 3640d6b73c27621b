import AuditLedger
public import Delegations
public import FoundationEssentials
import JOSE
public import Vocabulary

// Consents.
extension Administration where Transaction: ConsentStore & DecisionReader & RoleStore {
    /// Asks somebody for consent; the same identifier with the same parties gives the request that is stored.
    ///
    /// `organisation` is the one that calls (nil for the operator), and must be the one that asks; `supplier` calls on its
    /// behalf.
    ///
    /// - Throws: `ConsentFaults` with every fault; `ConsentProblem`: `.identifierTaken`, `.notAuthorised`.
    @discardableResult
    public func requestConsent(
        _ draft: ConsentDraft,
        under key: PseudonymKey,
        by organisation: OrganisationNumber? = nil,
        handledBy supplier: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<ConsentRequest> {
        if let organisation, let to = draft.to, organisation != to { throw ConsentProblem.notAuthorised }
        if let id = draft.id, let from = draft.from, let to = draft.to, let stored = try transaction.consent(id) {
            guard stored.from == from.party(under: key), stored.to == to else { throw ConsentProblem.identifierTaken }
            return AdministrationOutcome(stored, hasChanged: false)
        }
        let consent = try rules.request(draft, under: key, handledBy: supplier, at: now) { number in
            try transaction.standing(of: number) != nil
        }
        // A person who is named by nothing but this must be found again by UUID, and keeps the key of pseudonyms needed.
        for person in [consent.from.person, consent.requiredDelegator].compactMap({ $0 }) {
            try transaction.remember(person)
        }
        // The operator asks in nobody's name.
        let by: Party? = organisation == nil ? nil : .organisation(supplier ?? consent.to)
        return try keep(consent, event: .created, as: .consentRequested, by: by, [:])
    }

    /// Gives consent; one that was given stays so.
    ///
    /// - Throws: `ConsentProblem`: `.notFound`, `.notAuthorised`, `.cannotBeAccepted`.
    @discardableResult
    public func acceptConsent(_ id: UUID, on right: ActingRight) throws -> AdministrationOutcome<ConsentRequest> {
        try answer(id, on: right, with: .accepted, as: .consentAccepted) { try rules.accepted($0, by: right, at: now) }
    }

    /// Refuses consent.
    ///
    /// - Throws: `ConsentProblem`: `.notFound`, `.notAuthorised`, `.cannotBeRejected`.
    @discardableResult
    public func rejectConsent(_ id: UUID, on right: ActingRight) throws -> AdministrationOutcome<ConsentRequest> {
        try answer(id, on: right, with: .rejected, as: .consentRejected) { try rules.rejected($0, by: right, at: now) }
    }

    /// Withdraws consent: no token rests on it from now on; one that was withdrawn stays so.
    ///
    /// - Throws: `ConsentProblem`: `.notFound`, `.notAuthorised`, `.cannotBeRevoked`.
    @discardableResult
    public func revokeConsent(_ id: UUID, on right: ActingRight) throws -> AdministrationOutcome<ConsentRequest> {
        try answer(id, on: right, with: .revoked, as: .consentRevoked) { try rules.revoked($0, by: right, at: now) }
    }

    /// Takes a request back that nobody has answered: the organisation that asked, or on its behalf the supplier that handles it.
    ///
    /// - Throws: `ConsentProblem`: `.notFound`, `.cannotBeRejected`.
    @discardableResult
    public func deleteConsent(
        _ id: UUID,
        by organisation: OrganisationNumber,
        through supplier: OrganisationNumber? = nil
    ) throws -> AdministrationOutcome<ConsentRequest> {
        let after = try existing(consent: id).takenBack(by: organisation, through: supplier, at: now)
        return try keep(after, event: .deleted, as: .consentDeleted, by: .organisation(supplier ?? organisation), [:])
    }

    // MARK: Parts

    private var rules: ConsentRules<Transaction, DecisionAuthority<Transaction>> {
        ConsentRules(transaction, authority: DecisionAuthority(transaction, at: now))
    }

    private func existing(consent id: UUID) throws -> ConsentRequest {
        guard let consent = try transaction.consent(id) else { throw ConsentProblem.notFound }
        return consent
    }

    /// What a person or the operator says to a consent; nothing is recorded when it was said before.
    private func answer(
        _ id: UUID,
        on right: ActingRight,
        with event: ConsentEvent.Kind,
        as kind: LedgerEvent.Kind,
        rule: (ConsentRequest) throws -> ConsentRequest
    ) throws -> AdministrationOutcome<ConsentRequest> {
        let before = try existing(consent: id)
        let after = try rule(before)
        guard after != before else { return AdministrationOutcome(before, hasChanged: false) }
        var details = JSONObject()
        details.name(right)
        var by: Party?
        if case .person(let person, _) = right { by = .person(person) }
        return try keep(after, event: event, as: kind, by: by, details)
    }

    private func keep(
        _ consent: ConsentRequest,
        event: ConsentEvent.Kind,
        as kind: LedgerEvent.Kind,
        by party: Party?,
        _ details: JSONObject
    ) throws -> AdministrationOutcome<ConsentRequest> {
        try transaction.put(consent)
        try transaction.append(ConsentEvent(consent: consent.id, kind: event, time: now, by: party))
        var details = details
        details["consent"] = .string(consent.id.text)
        details["from"] = .string(consent.from.ledgerText)
        details["resources"] = .strings(consent.rights.map(\.resource.rawValue))
        details["valid_to"] = .string("\(consent.validTo)")
        try record(kind, details) { event in
            event.consumer = consent.to
            event.supplier = consent.handledBy
        }
        return AdministrationOutcome(consent)
    }
}

extension Party {
    /// The organisation's number, or the whole pseudonym.
    var ledgerText: String {
        switch self {
        case .organisation(let number): "\(number)"
        case .person(let person): "person \(person)"
        }
    }
}
